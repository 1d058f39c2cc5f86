//! Texts: plain files in ranges read by several threads, streams in pieces, short ones whole. Whatever thread gates and
//! sifts a piece, they are assembled in order, and memory does not grow with the text.

mod ranges;
mod stream;
mod unstamped;

use std::io::{Read, Seek};

use memchr::memrchr;
use rayon::prelude::*;

use super::Scanner;
use super::assemble::Assembler;
use super::sift::{Sifted, sift};
use crate::formats::prompt::LineStamp;
use crate::intake::{self, Encoding, Source, TroubleKind, encoding};

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
                && LineStamp::of(map.get(..map.len().min(intake::HEAD)).unwrap_or_default()).is_none()
            {
                return TextRead { ends_in_newline: scan_slice(scanner, &map, assembler), trouble: None };
            }
            // A file that grows while it is read is cut at the size it had when it was opened.
            if as_it_stands && let Some(read) = ranges::scan(scanner, assembler, encoding, file, length) {
                return read;
            }
            let mut file = file;
            // Sniffing has moved the position.
            if let Err(error) = file.rewind() {
                return TextRead { ends_in_newline: true, trouble: Some((TroubleKind::Io, error.to_string())) };
            }
            stream::scan(scanner, assembler, unstamped::unstamped(encoding::decode(encoding, file.take(length))))
        }
        Source::Stream(stream) => stream::scan(scanner, assembler, unstamped::unstamped(encoding::decode(encoding, stream))),
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
            let sifted: Vec<Sifted> =
                group.par_iter().map(|cut| sift(scanner, &text[cut[0]..(cut[1] + LOOKAHEAD).min(text.len())], cut[1] - cut[0])).collect();
            for (cut, sifted) in group.iter().zip(sifted) {
                assembler.piece(&text[cut[0]..(cut[1] + LOOKAHEAD).min(text.len())], cut[1] - cut[0], &sifted);
            }
        }
    }
    text.last().is_none_or(|byte| *byte == b'\n')
}
