//! Texts: plain files in ranges read by several threads, streams in pieces, short ones whole. Whatever thread gates and
//! sifts a piece, they are assembled in order, and memory does not grow with the text.

mod ranges;
mod stream;
mod unstamped;

use std::borrow::Cow;
use std::io::Read;

use memchr::memrchr;
use rayon::prelude::*;

use super::Scanner;
use super::assemble::Assembler;
use super::sift::{Sifted, sift};
use crate::formats::blanks;
use crate::formats::dress::{self, Dress};
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
                && is_bare(encoding, map.get(..map.len().min(intake::HEAD)).unwrap_or_default())
            {
                return TextRead { ends_in_newline: scan_slice(scanner, &map, assembler), trouble: None };
            }
            // A file that grows while it is read is cut at the size it had when it was opened.
            if as_it_stands && let Some(read) = ranges::scan(scanner, assembler, encoding, file, length) {
                return read;
            }
            stream::scan(scanner, assembler, bare(encoding, intake::Sparse::new(file, 0, length)))
        }
        Source::Stream(stream) => stream::scan(scanner, assembler, bare(encoding, stream)),
    }
}

/// Whether the bytes of a text that begins with `head` can be searched as they stand.
fn is_bare(encoding: Encoding, head: &[u8]) -> bool {
    !encoding::needs_decoding(encoding, head) && Dress::of(head).is_none() && LineStamp::of(head).is_none()
}

/// A text as bytes that can be searched, without what was put around it.
fn bare<'a>(encoding: Encoding, reader: impl Read + 'a) -> Box<dyn Read + 'a> {
    unstamped::unstamped(dress::undressed(encoding::decode(encoding, reader)))
}

/// Sifts a piece. Where it holds odd blanks, also gives it without them, and how much of that belongs to it.
fn sift_plain(scanner: &Scanner<'_>, bytes: &[u8], own: usize) -> (Sifted, Option<(Vec<u8>, usize)>) {
    let sifted = sift(scanner, bytes, own);
    if !sifted.high {
        return (sifted, None);
    }
    let (mine, behind) = bytes.split_at(own.min(bytes.len()));
    let (mine, behind) = (blanks::plain(mine), blanks::plain(behind));
    if matches!((&mine, &behind), (Cow::Borrowed(_), Cow::Borrowed(_))) {
        return (sifted, None);
    }
    let (own, plain) = (mine.len(), [mine, behind].concat());
    (sift(scanner, &plain, own), Some((plain, own)))
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

/// Assembles a piece that [`sift_plain`] went through.
fn take(assembler: &mut Assembler<'_>, bytes: &[u8], own: usize, (sifted, plain): &(Sifted, Option<(Vec<u8>, usize)>)) {
    match plain {
        Some((plain, own)) => assembler.piece(plain, *own, sifted),
        None => assembler.piece(bytes, own, sifted),
    }
}

/// Scans a text that is in memory as a whole. Returns whether it ends in a line end.
pub(super) fn scan_slice(scanner: &Scanner<'_>, text: &[u8], assembler: &mut Assembler<'_>) -> bool {
    if text.len() <= 2 * PIECE {
        take(assembler, text, text.len(), &sift_plain(scanner, text, text.len()));
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
            let piece = |cut: &&[usize]| (&text[cut[0]..(cut[1] + LOOKAHEAD).min(text.len())], cut[1] - cut[0]);
            let sifted: Vec<_> = group.par_iter().map(piece).map(|(bytes, own)| sift_plain(scanner, bytes, own)).collect();
            for ((bytes, own), sifted) in group.iter().map(piece).zip(sifted) {
                take(assembler, bytes, own, &sifted);
            }
        }
    }
    text.last().is_none_or(|byte| *byte == b'\n')
}
