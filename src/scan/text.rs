//! Texts in pieces: cut at line ends, gated on several threads, assembled in order. The next pieces are read while
//! the last are searched; memory does not grow with the text.

use std::io::{self, Read, Seek};

use memchr::memrchr;
use rayon::prelude::*;

use super::Scanner;
use super::assemble::Assembler;
use super::sift::{Sifted, sift};
use crate::intake::{Encoding, Source, TroubleKind, encoding};

/// Bytes of a piece before it is cut at a line end.
const PIECE: usize = 1024 * 1024;
/// How much of the following piece a piece can see, for messages wrapped over its end.
const LOOKAHEAD: usize = 16 * 1024;

/// How reading went.
pub(super) struct TextRead {
    /// The last line had a line end (or there was none).
    pub(super) ends_in_newline: bool,
    /// What went wrong.
    pub(super) trouble: Option<(TroubleKind, String)>,
}

/// Scans a text artifact.
pub(super) fn scan(scanner: &Scanner<'_>, assembler: &mut Assembler<'_>, encoding: Encoding, source: Source<'_>, mmap: bool) -> TextRead {
    match source {
        Source::File(file, length) => {
            let as_it_stands = encoding == Encoding::Utf8 || encoding == Encoding::Bytes;
            if mmap
                && as_it_stands
                && let Some(map) = map::whole(file, length)
            {
                return TextRead { ends_in_newline: scan_slice(scanner, &map, assembler), trouble: None };
            }
            let mut file = file;
            // Sniffing has moved the position.
            if let Err(error) = file.rewind() {
                return TextRead { ends_in_newline: true, trouble: Some((TroubleKind::Io, error.to_string())) };
            }
            // A file that grows while it is read is cut at the size it had when it was opened.
            scan_reader(scanner, assembler, encoding::decode(encoding, file.take(length)))
        }
        Source::Stream(stream) => scan_reader(scanner, assembler, encoding::decode(encoding, stream)),
    }
}

mod map {
    //! Opt-in memory maps.

    use std::fs::File;

    #[expect(unsafe_code, reason = "a map of a file is unsafe by nature; it is off unless the user asks for it")]
    pub(super) fn whole(file: &File, length: u64) -> Option<memmap2::Mmap> {
        if length == 0 {
            return None;
        }
        // SAFETY: undefined behaviour if another process truncates or rewrites the file meanwhile. Only `--mmap` gets
        // here, for regular files the user named, and its help says that a file that shrinks ends the process.
        unsafe { memmap2::Mmap::map(file) }.ok()
    }
}

/// One piece: bytes of which the first `own` belong to it.
struct Piece {
    bytes: Vec<u8>,
    own: usize,
}

/// Reads whole pieces from a stream.
struct Pieces<R> {
    reader: R,
    carry: Vec<u8>,
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
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.reserve(PIECE.saturating_sub(bytes.len()) + LOOKAHEAD);
        while !self.done && bytes.len() < PIECE + LOOKAHEAD {
            let from = bytes.len();
            bytes.resize(PIECE + LOOKAHEAD, 0);
            match self.reader.read(&mut bytes[from..]) {
                Ok(0) => {
                    bytes.truncate(from);
                    self.done = true;
                }
                Ok(read) => bytes.truncate(from + read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => bytes.truncate(from),
                Err(error) => {
                    bytes.truncate(from);
                    self.done = true;
                    self.trouble = Some((TroubleKind::Io, format!("{error}; the {from} bytes of the last piece before it were used")));
                }
            }
        }
        // NULs inside a text hide the words around them.
        if memchr::memchr(0, &bytes).is_some() {
            bytes.retain(|byte| *byte != 0);
        }
        if self.done && bytes.len() <= PIECE {
            let own = bytes.len();
            return Piece { bytes, own };
        }
        // Cut at the last line end; a line longer than a piece is cut where it is.
        let limit = bytes.len().min(PIECE);
        let own = memrchr(b'\n', &bytes[..limit]).map_or(limit, |end| end + 1);
        self.carry = bytes[own..].to_vec();
        Piece { bytes, own }
    }
}

fn scan_reader(scanner: &Scanner<'_>, assembler: &mut Assembler<'_>, reader: impl Read) -> TextRead {
    let mut pieces = Pieces { reader, carry: Vec::new(), done: false, trouble: None };
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
        current = next;
    }
    TextRead { ends_in_newline, trouble: pieces.trouble.take() }
}

fn search(scanner: &Scanner<'_>, assembler: &mut Assembler<'_>, pieces: &[Piece]) {
    if let [piece] = pieces {
        assembler.piece(&piece.bytes, piece.own, &sift(scanner, &piece.bytes, piece.own));
        return;
    }
    let sifted: Vec<Sifted> = pieces.par_iter().map(|piece| sift(scanner, &piece.bytes, piece.own)).collect();
    for (piece, sifted) in pieces.iter().zip(sifted) {
        assembler.piece(&piece.bytes, piece.own, &sifted);
    }
}

/// Scans a text that is in memory as a whole. Returns whether it ends in a line end.
pub(super) fn scan_slice(scanner: &Scanner<'_>, text: &[u8], assembler: &mut Assembler<'_>) -> bool {
    if text.len() <= 2 * PIECE {
        assembler.piece(text, text.len(), &sift(scanner, text, text.len()));
    } else {
        let mut cuts = vec![0];
        while let Some(&start) = cuts.last() {
            if start >= text.len() {
                break;
            }
            let limit = (start + PIECE).min(text.len());
            let own = if limit == text.len() { limit } else { memrchr(b'\n', &text[start..limit]).map_or(limit, |end| start + end + 1) };
            cuts.push(own);
        }
        for group in cuts.windows(2).collect::<Vec<_>>().chunks(64) {
            let sifted: Vec<Sifted> = group
                .par_iter()
                .map(|cut| sift(scanner, &text[cut[0]..(cut[1] + LOOKAHEAD).min(text.len())], cut[1] - cut[0]))
                .collect();
            for (cut, sifted) in group.iter().zip(sifted) {
                assembler.piece(&text[cut[0]..(cut[1] + LOOKAHEAD).min(text.len())], cut[1] - cut[0], &sifted);
            }
        }
    }
    text.last().is_none_or(|byte| *byte == b'\n')
}
