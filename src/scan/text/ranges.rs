//! Plain files in ranges: each is read, gated and sifted by whatever thread is free, into a buffer that is used again. A
//! range owns the lines that start in it.

use std::fs::File;
use std::io;

use memchr::memchr;
use rayon::prelude::*;

use super::{LOOKAHEAD, TextRead, is_bare, sift_plain, stream};
use crate::intake::{self, Encoding};
use crate::scan::Scanner;
use crate::scan::assemble::Assembler;
use crate::scan::sift::Sifted;

/// Bytes of a range: small enough that what was read is still in the cache when it is searched.
const RANGE: u64 = 256 * 1024;
/// Ranges that a thread takes before they are assembled.
const EACH: usize = 8;

/// A range that is ready to be assembled.
struct Ready {
    buffer: Vec<u8>,
    /// Offsets in the buffer of the first line and behind the last.
    lines: (usize, usize),
    /// Where the last line ends in the file.
    end: u64,
    sifted: Sifted,
}

/// Scans a file; `None` where its bytes cannot be searched as they stand.
pub(super) fn scan(scanner: &Scanner<'_>, assembler: &mut Assembler<'_>, encoding: Encoding, file: &File, length: u64) -> Option<TextRead> {
    let ranges = length.div_ceil(RANGE);
    let first = read(scanner, file, length, 0, Vec::new()).ok().flatten()?;
    let head = first.buffer.get(..first.buffer.len().min(intake::HEAD)).unwrap_or_default();
    if !is_bare(encoding, head) {
        return None;
    }
    let mut at = 1;
    let mut end = 0;
    let mut ends_in_newline = true;
    let mut ready = vec![first];
    let mut free: Vec<Vec<u8>> = Vec::new();
    while !ready.is_empty() {
        let count = if ranges > 2 { (rayon::current_num_threads() * EACH) as u64 } else { 1 };
        let next = at..ranges.min(at + count);
        at = next.end;
        let mut buffers: Vec<(u64, Vec<u8>)> = next.map(|range| (range, free.pop().unwrap_or_default())).collect();
        let mut read_next = Vec::new();
        let mut assemble = |assembler: &mut Assembler<'_>| {
            for Ready { buffer, lines, end: reached, sifted } in ready.drain(..) {
                let bytes = buffer.get(lines.0..).unwrap_or_default();
                let own = lines.1 - lines.0;
                assembler.piece(bytes, own, &sifted);
                ends_in_newline = own == 0 || bytes.get(own - 1) == Some(&b'\n');
                end = reached;
                free.push(buffer);
            }
        };
        if buffers.len() < 2 {
            assemble(assembler);
            read_next.extend(buffers.pop().map(|(range, buffer)| read(scanner, file, length, range, buffer)));
        } else {
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| assemble(assembler));
                read_next = buffers.into_par_iter().map(|(range, buffer)| read(scanner, file, length, range, buffer)).collect();
            });
        }
        for read in read_next {
            match read {
                Ok(Some(next)) => ready.push(next),
                // From here on piece by piece.
                Ok(None) | Err(_) => {
                    for Ready { buffer, lines, end: reached, sifted } in ready.drain(..) {
                        assembler.piece(buffer.get(lines.0..).unwrap_or_default(), lines.1 - lines.0, &sifted);
                        end = reached;
                    }
                    return Some(stream::scan(scanner, assembler, intake::Sparse::new(file, end, length)));
                }
            }
        }
    }
    Some(TextRead { ends_in_newline, trouble: None })
}

/// Reads and sifts a range. `None` where it must be read otherwise: no line ends in it, there are NULs, or the file is
/// shorter than it was.
fn read(scanner: &Scanner<'_>, file: &File, length: u64, range: u64, mut buffer: Vec<u8>) -> io::Result<Option<Ready>> {
    // One byte before the range tells whether a line starts with it.
    let (start, stop) = (range * RANGE, length.min((range + 1) * RANGE));
    let from = start.saturating_sub(1);
    let wanted = usize::try_from(length.min(stop + LOOKAHEAD as u64) - from).unwrap_or(usize::MAX);
    if buffer.len() != wanted {
        buffer.resize(wanted, 0);
    }
    if intake::read_at(file, &mut buffer, from)? < wanted {
        return Ok(None);
    }
    let first = if range == 0 { 0 } else { memchr(b'\n', &buffer).map_or(wanted, |end| end + 1) };
    let behind = (stop - from) as usize;
    let last = if stop == length {
        wanted
    } else {
        // The last line starts before the range ends, and may end behind it.
        let ended = buffer.get(behind - 1) == Some(&b'\n');
        let rest = buffer.get(behind..).unwrap_or_default();
        match if ended { Some(behind) } else { memchr(b'\n', rest).map(|end| behind + end + 1) } {
            Some(last) => last,
            None => return Ok(None),
        }
    };
    if first >= behind && stop != length {
        return Ok(None);
    }
    let first = first.min(last);
    let (sifted, plain) = sift_plain(scanner, buffer.get(first..).unwrap_or_default(), last - first);
    if sifted.nul {
        return Ok(None);
    }
    let end = from + last as u64;
    Ok(Some(match plain {
        Some((buffer, own)) => Ready { buffer, lines: (0, own), end, sifted },
        None => Ready { buffer, lines: (first, last), end, sifted },
    }))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::intake::{Content, LogicalPath};
    use crate::rules::embedded;
    use crate::scan::empty_scan;

    /// A collector's log with lines that rules know, and what stands around them.
    fn log(lines: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for at in 0..lines {
            let body = match at % 97 {
                0 => {
                    "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name"
                }
                1 => "%SMART_LIC-5-COMM_RESTORED: Communications with the Cisco Smart Software Manager (CSSM) restored",
                _ => "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet1/0/24, changed state to up",
            };
            writeln!(text, "Mar  2 {:02}:{:02}:{:02}.{:03} UTC: {body}", at / 36_000 % 24, at / 600 % 60, at / 10 % 60, at % 10).unwrap();
        }
        text
    }

    fn both(text: &[u8]) {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        let assembler = || Assembler::new(&scanner, empty_scan(LogicalPath::input("case.log"), Content::Text(Encoding::Utf8)));
        let (mut in_ranges, mut in_pieces) = (assembler(), assembler());
        let read = scan(&scanner, &mut in_ranges, Encoding::Utf8, &file, text.len() as u64).unwrap();
        let streamed = stream::scan(&scanner, &mut in_pieces, text);
        assert_eq!(read.ends_in_newline, streamed.ends_in_newline);
        let (a, b) = (in_ranges.finish(read.ends_in_newline), in_pieces.finish(streamed.ends_in_newline));
        assert!(a.lines == b.lines && a.bytes == b.bytes && a == b, "{:?} {:?}", a.lines, b.lines);
        let ends = text.iter().filter(|byte| **byte == b'\n').count() as u64;
        assert_eq!(a.lines, Some(ends + u64::from(!text.is_empty() && !text.ends_with(b"\n"))));
    }

    #[test]
    fn a_file_gives_what_a_stream_gives() {
        let text = log(20_000);
        assert!(text.len() as u64 > 3 * RANGE);
        both(&text);
        both(text.trim_ascii_end());
        both(&text[..RANGE as usize]);
        both(&log(30));
        both(b"");
        // A range that ends with a line, and one that ends inside the next.
        for size in [RANGE, RANGE - 1, RANGE + 1] {
            let mut text = vec![b'.'; size as usize - 1];
            text.iter_mut().step_by(100).for_each(|byte| *byte = b'\n');
            text.push(b'\n');
            text.extend(log(9_000));
            both(&text);
        }
    }

    #[test]
    fn lines_longer_than_a_range_and_nuls_are_read_in_pieces() {
        let mut text = log(9_000);
        text.extend(vec![b'x'; 3 * RANGE as usize]);
        text.extend(log(3_000));
        both(&text);
        let mut text = log(20_000);
        // Behind the line that begins in the first range and ends in the second.
        text[RANGE as usize + 4_000] = 0;
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&text).unwrap();
        assert!(read(&scanner, &file, text.len() as u64, 0, Vec::new()).unwrap().is_some());
        assert!(read(&scanner, &file, text.len() as u64, 1, Vec::new()).unwrap().is_none());
        both(&text);
    }
}
