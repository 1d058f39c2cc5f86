//! What stands in a tar where no header holds: its length is not known, so it is read up to the next header that does.

use super::super::read_full;
use super::{BLOCK, Header};
use std::io::{self, Read};

/// The blocks up to the next header, without the zeros before it: members are padded with them, and archives end with them.
pub(super) struct Orphan<'r> {
    input: &'r mut dyn Read,
    /// The block that is given out, and how much of it was and will be.
    block: [u8; BLOCK],
    given: usize,
    end: usize,
    /// Zeros that turn out to be contents once something follows them.
    zeros: u64,
    /// What follows the zeros.
    ahead: Ahead,
}

enum Ahead {
    /// Nobody has looked.
    Unknown,
    /// Contents: a block, which at the end of the input may be cut.
    Contents([u8; BLOCK], usize),
    /// A header that holds.
    Header([u8; BLOCK]),
    /// The end of the input.
    End,
}

impl<'r> Orphan<'r> {
    /// What begins with `first`, where that is contents, and goes on in `input`.
    pub(super) fn new(input: &'r mut dyn Read, first: Option<[u8; BLOCK]>) -> Self {
        let ahead = first.map_or(Ahead::Unknown, |block| Ahead::Contents(block, BLOCK));
        Self { input, block: [0; BLOCK], given: 0, end: 0, zeros: 0, ahead }
    }

    /// Looks past zeros for what comes next.
    fn look(&mut self) -> io::Result<()> {
        while matches!(self.ahead, Ahead::Unknown) {
            let mut block = [0; BLOCK];
            let read = read_full(self.input, &mut block)?;
            self.ahead = match read {
                0 => Ahead::End,
                BLOCK if Header(block).is_valid() => Ahead::Header(block),
                _ if block == [0; BLOCK] => {
                    self.zeros = self.zeros.saturating_add(read as u64);
                    Ahead::Unknown
                }
                _ => Ahead::Contents(block, read),
            };
        }
        Ok(())
    }

    /// Passes by what is left, and gives the header behind it; `None` at the end of the input.
    pub(super) fn next_header(mut self) -> io::Result<Option<[u8; BLOCK]>> {
        loop {
            self.look()?;
            match std::mem::replace(&mut self.ahead, Ahead::Unknown) {
                Ahead::Header(block) => return Ok(Some(block)),
                Ahead::End => return Ok(None),
                Ahead::Contents(..) | Ahead::Unknown => {}
            }
        }
    }
}

impl Read for Orphan<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.block.get(self.given..self.end).unwrap_or_default();
            if !ready.is_empty() || buf.is_empty() {
                let read = ready.read(buf)?;
                self.given += read;
                return Ok(read);
            }
            self.look()?;
            match self.ahead {
                Ahead::Contents(..) if self.zeros > 0 => {
                    let read = usize::try_from(self.zeros).unwrap_or(usize::MAX).min(buf.len());
                    buf.get_mut(..read).unwrap_or_default().fill(0);
                    self.zeros -= read as u64;
                    return Ok(read);
                }
                Ahead::Contents(block, length) => {
                    // Zeros at its end may be padding as well.
                    let text = block.iter().take(length).rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                    (self.block, self.given, self.end) = (block, 0, text);
                    self.zeros = (length - text) as u64;
                    self.ahead = Ahead::Unknown;
                }
                Ahead::Header(_) | Ahead::End | Ahead::Unknown => return Ok(0),
            }
        }
    }
}
