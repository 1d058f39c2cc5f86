//! The `.Z` files of compress(1): LZW with codes of 9 to 16 bits, least significant bit first.
//!
//! Codes come in groups of eight, that is as many bytes as a code has bits; when the width changes or the table is
//! cleared, what is left of the group is skipped. The format has no end mark, so a file that was cut cannot be told
//! from a whole one.

use super::{damaged, read_array, read_full};
use std::io::{self, BufRead, Read};

const CLEAR: usize = 256;
const TABLE: usize = 1 << 16;

pub(super) struct Reader<R> {
    input: R,
    table: Option<Box<Table>>,
}

struct Table {
    prefix: Vec<u16>,
    suffix: Vec<u8>,
    /// The string of the last code, last byte first: handed out from its end.
    stack: Vec<u8>,
    max_bits: u32,
    block_mode: bool,
    bits: u32,
    /// The next code to be given out.
    next: usize,
    /// The code before this one, if any since the last clear.
    previous: Option<usize>,
    first_byte: u8,
    group: [u8; 16],
    group_bits: usize,
    position: usize,
    ended: bool,
    /// What ended it, to be said once what was decoded before is handed out.
    fault: Option<io::Error>,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, table: None }
    }
}

impl Table {
    fn new(flags: u8) -> io::Result<Self> {
        let max_bits = u32::from(flags & 0x1f);
        if !(9..=16).contains(&max_bits) {
            return Err(damaged("unknown code width"));
        }
        let block_mode = flags & 0x80 != 0;
        Ok(Self {
            prefix: vec![0; TABLE],
            suffix: (0..TABLE).map(|code| u8::try_from(code).unwrap_or(0)).collect(),
            stack: Vec::new(),
            max_bits,
            block_mode,
            bits: 9,
            next: if block_mode { 257 } else { 256 },
            previous: None,
            first_byte: 0,
            group: [0; 16],
            group_bits: 0,
            position: 0,
            ended: false,
            fault: None,
        })
    }

    /// The next code; nothing at the end.
    fn code(&mut self, input: &mut impl BufRead) -> io::Result<Option<usize>> {
        // The last code of a width is given out before the width grows.
        if self.next > (1 << self.bits) - 1 && self.bits < self.max_bits {
            self.bits += 1;
            self.group_bits = 0;
        }
        let width = self.bits as usize;
        if self.position + width > self.group_bits || self.group_bits == 0 {
            let group = self.group.get_mut(..width).unwrap_or_default();
            self.group_bits = read_full(input, group)? * 8;
            self.position = 0;
            if self.group_bits < width {
                return Ok(None);
            }
        }
        let byte = |at: usize| usize::from(self.group.get(at).copied().unwrap_or(0));
        let at = self.position / 8;
        let window = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16;
        let code = (window >> (self.position % 8)) & ((1 << width) - 1);
        self.position += width;
        Ok(Some(code))
    }

    /// Puts the next string on the stack; leaves it empty at the end.
    fn advance(&mut self, input: &mut impl BufRead) -> io::Result<()> {
        while self.stack.is_empty() && !self.ended {
            let Some(code) = self.code(input)? else {
                self.ended = true;
                break;
            };
            if code == CLEAR && self.block_mode {
                // As in compress itself: the code after a clear takes the place of 256, which is never given out.
                self.next = CLEAR;
                self.bits = 9;
                self.group_bits = 0;
                continue;
            }
            let Some(previous) = self.previous else {
                self.first_byte = u8::try_from(code).map_err(|_| damaged("the first code is no byte"))?;
                self.stack.push(self.first_byte);
                self.previous = Some(code);
                continue;
            };
            let mut current = code;
            if code >= self.next {
                if code > self.next {
                    return Err(damaged("a code comes before its meaning"));
                }
                self.stack.push(self.first_byte);
                current = previous;
            }
            while current >= 256 {
                if self.stack.len() > TABLE {
                    return Err(damaged("a code leads back to itself"));
                }
                self.stack.push(self.suffix.get(current).copied().unwrap_or(0));
                current = usize::from(self.prefix.get(current).copied().unwrap_or(0));
            }
            self.first_byte = u8::try_from(current).unwrap_or(0);
            self.stack.push(self.first_byte);
            if self.next < 1 << self.max_bits {
                if let (Some(prefix), Some(suffix)) = (self.prefix.get_mut(self.next), self.suffix.get_mut(self.next)) {
                    *prefix = u16::try_from(previous).unwrap_or(0);
                    *suffix = self.first_byte;
                }
                self.next += 1;
            }
            self.previous = Some(code);
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let table = match &mut self.table {
            Some(table) => table,
            None => {
                let [_, _, flags] = read_array(&mut self.input)?;
                self.table.insert(Box::new(Table::new(flags)?))
            }
        };
        let mut filled = 0;
        while filled < buf.len() {
            if table.stack.is_empty() {
                if let Err(error) = table.advance(&mut self.input) {
                    // What follows a code without meaning has none.
                    (table.ended, table.fault) = (true, Some(error));
                }
                if table.stack.is_empty() {
                    match table.fault.take_if(|_| filled == 0) {
                        Some(error) => return Err(error),
                        None => break,
                    }
                }
            }
            let (Some(byte), Some(slot)) = (table.stack.pop(), buf.get_mut(filled)) else { break };
            *slot = byte;
            filled += 1;
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_meaning_ends_the_stream_and_is_said() {
        // Codes of nine bits: A, B, 511, C, four of no matter.
        let mut packed = vec![0x1f, 0x9d, 0x90];
        let codes = [65_u128, 66, 511, 67, 0, 0, 0, 0].iter().enumerate().fold(0, |sum, (at, code)| sum | code << (9 * at));
        packed.extend(codes.to_le_bytes().iter().take(9));
        let mut text = Vec::new();
        let error = Reader::new(packed.as_slice()).read_to_end(&mut text).unwrap_err();
        assert_eq!((text.as_slice(), error.to_string().contains("before its meaning")), (&b"AB"[..], true), "{error}");
    }
}
