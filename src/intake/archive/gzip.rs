//! gzip (RFC 1952) with all its members. The header is walked, not kept, so its name and comment cost no memory
//! whatever their length; both checks of the trailer are made.

use super::{Next, cut, damaged, read_array, skip_zeros};
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::cell::RefCell;
use std::io::{self, BufRead, Read};

pub(super) struct Reader<R> {
    input: R,
    state: State,
    inflate: Inflate,
    crc: Crc,
}

enum State {
    Header,
    Data,
    Trailer,
    End,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, state: State::Header, inflate: Inflate::new(), crc: Crc::new() }
    }

    fn trailer(&mut self) -> io::Result<()> {
        let sum = u32::from_le_bytes(read_array(&mut self.input)?);
        let length = u32::from_le_bytes(read_array(&mut self.input)?);
        if sum != self.crc.sum() || length != self.crc.amount() {
            return Err(damaged("the checksum or length of a gzip member differs"));
        }
        Ok(())
    }
}

/// Reads the header of a member.
pub(super) fn header(input: &mut impl BufRead) -> io::Result<()> {
    let [a, b, method, flags, _, _, _, _, _, _] = read_array(input)?;
    if [a, b] != [0x1f, 0x8b] {
        return Err(damaged("other data follows its last member"));
    }
    if method != 8 || flags & 0xe0 != 0 {
        return Err(damaged("unknown gzip method or flags"));
    }
    if flags & 4 != 0 {
        let length = u64::from(u16::from_le_bytes(read_array(input)?));
        if io::copy(&mut input.by_ref().take(length), &mut io::sink())? < length {
            return Err(cut());
        }
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            skip_text(input)?;
        }
    }
    if flags & 2 != 0 {
        read_array::<2>(input)?;
    }
    Ok(())
}

fn skip_text(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Err(cut());
        }
        let (length, found) = match memchr::memchr(0, buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        input.consume(length);
        if found {
            return Ok(());
        }
    }
}

impl<R: BufRead> Read for Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state {
                State::Header => {
                    header(&mut self.input)?;
                    self.inflate.reset();
                    self.crc.reset();
                    self.state = State::Data;
                }
                State::Data => {
                    let read = self.inflate.read(&mut self.input, buf)?;
                    if read > 0 {
                        self.crc.update(buf.get(..read).unwrap_or_default());
                        return Ok(read);
                    }
                    self.state = State::Trailer;
                }
                State::Trailer => {
                    self.trailer()?;
                    self.state = match skip_zeros(&mut self.input)? {
                        Next::End => State::End,
                        Next::More => State::Header,
                    };
                }
                State::End => return Ok(0),
            }
        }
    }
}

/// Raw DEFLATE that takes from its input exactly what belongs to the stream, and tells the end of the stream from
/// the end of the data.
pub(super) struct Inflate {
    /// There is one but while it is given back.
    decoder: Option<Box<Decompress>>,
    done: bool,
}

thread_local! {
    /// A decoder to be used again, see [`super::super::spare`].
    static SPARE: RefCell<Option<Box<Decompress>>> = const { RefCell::new(None) };
}

fn fresh() -> Box<Decompress> {
    Box::new(Decompress::new(false))
}

impl Drop for Inflate {
    fn drop(&mut self) {
        if let Some(mut decoder) = self.decoder.take() {
            decoder.reset(false);
            // While a thread ends there is nothing to give to.
            let _ = SPARE.try_with(|spare| *spare.borrow_mut() = Some(decoder));
        }
    }
}

impl Inflate {
    pub(super) fn new() -> Self {
        Self { decoder: Some(SPARE.take().unwrap_or_else(fresh)), done: false }
    }

    /// Makes it ready for another stream.
    fn reset(&mut self) {
        self.decoder.get_or_insert_with(fresh).reset(false);
        self.done = false;
    }

    /// Bytes taken from the input.
    pub(super) fn consumed(&self) -> u64 {
        self.decoder.as_ref().map_or(0, |decoder| decoder.total_in())
    }

    /// Zero means the end of the stream.
    pub(super) fn read(&mut self, input: &mut impl BufRead, buf: &mut [u8]) -> io::Result<usize> {
        let decoder = self.decoder.get_or_insert_with(fresh);
        while !self.done {
            let available = input.fill_buf()?;
            let at_end = available.is_empty();
            let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
            let outcome = decoder.decompress(available, buf, FlushDecompress::None);
            let taken = usize::try_from(decoder.total_in() - before_in).unwrap_or(usize::MAX).min(available.len());
            let produced = usize::try_from(decoder.total_out() - before_out).unwrap_or(usize::MAX).min(buf.len());
            input.consume(taken);
            self.done = matches!(outcome, Ok(Status::StreamEnd));
            if produced > 0 {
                // An error of the same call comes again with the next.
                return Ok(produced);
            }
            outcome.map_err(|_| damaged("invalid compressed data"))?;
            if taken == 0 && !self.done {
                return Err(if at_end { cut() } else { damaged("the decoder makes no progress") });
            }
        }
        Ok(0)
    }
}
