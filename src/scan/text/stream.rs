//! Streams in pieces cut at line ends: the next are read (and unpacked) while the last are searched.

use std::io::{self, Read};

use memchr::memrchr;
use rayon::prelude::*;

use super::{LOOKAHEAD, PIECE, TextRead, sift_plain, take};
use crate::intake::{TroubleKind, spare};
use crate::scan::Scanner;
use crate::scan::assemble::Assembler;

/// Bytes of a stream that are read at first.
const FIRST: usize = 64 * 1024;

/// One piece: bytes of which the first `own` belong to it.
struct Piece {
    bytes: Vec<u8>,
    own: usize,
}

/// Reads whole pieces from a stream.
struct Pieces<R> {
    reader: R,
    carry: Vec<u8>,
    /// Buffers to be used again.
    free: Vec<Vec<u8>>,
    done: bool,
    trouble: Option<(TroubleKind, String)>,
}

impl<R: Read> Pieces<R> {
    /// The next `count` pieces; fewer at the end.
    fn batch(&mut self, count: usize) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        while pieces.len() < count && !(self.done && self.carry.is_empty()) {
            let piece = self.next();
            if let Some(previous) = pieces.last_mut() {
                let seen = piece.bytes.len().min(LOOKAHEAD);
                previous.bytes.truncate(previous.own);
                previous.bytes.extend_from_slice(&piece.bytes[..seen]);
            }
            pieces.push(piece);
        }
        pieces
    }

    fn next(&mut self) -> Piece {
        let mut bytes = self.free.pop().unwrap_or_else(|| spare::take(FIRST));
        bytes.clear();
        bytes.append(&mut self.carry);
        while !self.done && bytes.len() < PIECE + LOOKAHEAD {
            // Most members are short: room is made, and cleared, as they go on.
            let mut read = bytes.len();
            let wanted = (read * 4).clamp(FIRST, PIECE + LOOKAHEAD);
            bytes.resize(wanted, 0);
            while read < wanted {
                match self.reader.read(&mut bytes[read..]) {
                    Ok(0) => {
                        self.done = true;
                        break;
                    }
                    Ok(more) => read += more,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        self.done = true;
                        self.trouble = Some((TroubleKind::Io, format!("{error}; the {read} bytes of the last piece before it were used")));
                        break;
                    }
                }
            }
            bytes.truncate(read);
        }
        // NULs inside a text hide the words around them.
        if bytes.iter().all(|byte| *byte == 0) {
            bytes.clear();
        } else if memchr::memchr(0, &bytes).is_some() {
            bytes.retain(|byte| *byte != 0);
        }
        if self.done && bytes.len() <= PIECE {
            let own = bytes.len();
            return Piece { bytes, own };
        }
        // Cut at the last line end; a line longer than a piece is cut where it is.
        let limit = bytes.len().min(PIECE);
        let own = memrchr(b'\n', &bytes[..limit]).map_or(limit, |end| end + 1);
        self.carry.extend_from_slice(&bytes[own..]);
        Piece { bytes, own }
    }
}

/// Scans a stream to its end.
pub(super) fn scan(scanner: &Scanner<'_>, assembler: &mut Assembler<'_>, reader: impl Read) -> TextRead {
    let mut pieces = Pieces { reader, carry: Vec::new(), free: Vec::new(), done: false, trouble: None };
    let width = rayon::current_num_threads().max(1) * 2;
    let mut ends_in_newline = true;
    let mut current = pieces.batch(1);
    while !current.is_empty() {
        ends_in_newline = current.last().is_none_or(|piece| piece.own == 0 || piece.bytes.get(piece.own - 1) == Some(&b'\n'));
        let more = !(pieces.done && pieces.carry.is_empty());
        let mut next = Vec::new();
        if more {
            // Reading (and unpacking) goes on here while the pieces at hand are searched elsewhere.
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| search(scanner, assembler, &current));
                next = pieces.batch(width);
            });
        } else {
            search(scanner, assembler, &current);
        }
        pieces.free.extend(std::mem::replace(&mut current, next).into_iter().map(|piece| piece.bytes));
    }
    pieces.free.drain(..).for_each(spare::give);
    TextRead { ends_in_newline, trouble: pieces.trouble.take() }
}

fn search(scanner: &Scanner<'_>, assembler: &mut Assembler<'_>, pieces: &[Piece]) {
    if let [piece] = pieces {
        take(assembler, &piece.bytes, piece.own, &sift_plain(scanner, &piece.bytes, piece.own));
        return;
    }
    let sifted: Vec<_> = pieces.par_iter().map(|piece| sift_plain(scanner, &piece.bytes, piece.own)).collect();
    for (piece, sifted) in pieces.iter().zip(sifted) {
        take(assembler, &piece.bytes, piece.own, &sifted);
    }
}
