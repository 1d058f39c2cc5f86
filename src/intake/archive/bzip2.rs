//! bzip2 with all its streams, as parallel compressors write them.

use super::{Next, cut, damaged, skip_zeros};
use bzip2::{Decompress, Status};
use std::io::{self, BufRead, Read};

/// Zero bytes in and out this often in a row mean a decoder that will never end (RUSTSEC-2023-0004).
const IDLE: u32 = 2;

/// What follows `BZh9` in a stream without a block: the end mark and the checksum of nothing.
const EMPTY: &[u8] = b"\x17\x72\x45\x38\x50\x90\0\0\0\0";

pub(super) struct Reader<R> {
    input: R,
    decoder: Decompress,
    state: State,
}

enum State {
    Data,
    Between,
    End,
}

/// True when the bytes behind `BZh9` start a block or end an empty stream; shorter ones may.
pub(super) fn is_block(bytes: &[u8]) -> bool {
    [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"].iter().any(|magic| {
        let known = bytes.len().min(magic.len());
        bytes.get(..known) == magic.get(..known)
    })
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, decoder: Decompress::new(false), state: State::Data }
    }
}

impl<R: BufRead> Read for Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let mut idle = 0;
        loop {
            match self.state {
                State::Data => {
                    let available = self.input.fill_buf()?;
                    let at_end = available.is_empty();
                    let (before_in, before_out) = (self.decoder.total_in(), self.decoder.total_out());
                    let outcome = self.decoder.decompress(available, buf);
                    let taken = usize::try_from(self.decoder.total_in() - before_in).unwrap_or(usize::MAX).min(available.len());
                    let produced = usize::try_from(self.decoder.total_out() - before_out).unwrap_or(usize::MAX).min(buf.len());
                    self.input.consume(taken);
                    if matches!(outcome, Ok(Status::StreamEnd)) {
                        self.state = State::Between;
                    }
                    if produced > 0 {
                        return Ok(produced);
                    }
                    outcome.map_err(|error| damaged(error.to_string()))?;
                    if taken == 0 && matches!(self.state, State::Data) {
                        idle += 1;
                        if at_end {
                            return Err(cut());
                        }
                        if idle >= IDLE {
                            return Err(damaged("the decoder makes no progress"));
                        }
                    }
                }
                State::Between => match skip_zeros(&mut self.input)? {
                    Next::End => self.state = State::End,
                    Next::More => {
                        let next = self.input.fill_buf()?;
                        if next.starts_with(b"BZh") && next.get(4..EMPTY.len() + 4) == Some(EMPTY) {
                            // A decoder takes megabytes before it sees that there is nothing to decode.
                            self.input.consume(EMPTY.len() + 4);
                            continue;
                        }
                        if next.first() != Some(&b'B') {
                            return Err(damaged("other data follows its last stream"));
                        }
                        self.decoder = Decompress::new(false);
                        self.state = State::Data;
                    }
                },
                State::End => return Ok(0),
            }
        }
    }
}
