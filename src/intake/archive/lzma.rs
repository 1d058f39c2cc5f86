//! The `.lzma` format that came before xz, and the LZMA members of zip archives.

use super::super::budget::{DecoderMemory, Reservation};
use super::{Next, damaged, read_array, skip_zeros};
use lzma_rust2::LzmaReader;
use std::io::{self, BufRead, Read};

pub(super) struct Reader<'m, R> {
    state: State<R>,
    memory: &'m DecoderMemory<'m>,
    in_zip: bool,
    _held: Option<Reservation<'m>>,
}

enum State<R> {
    Header { input: R, zip_size: Option<u64> },
    Data(Box<LzmaReader<R>>),
    End,
    Dead,
}

/// The format has no magic. As file(1) does, take the usual properties with a dictionary of 2^n or 2^n + 2^(n-1)
/// bytes, a believable size, and the zero that starts every range-coded stream.
pub(super) fn is_header(head: &[u8]) -> bool {
    let Some((header, rest)) = head.split_first_chunk::<13>() else { return false };
    let [0x5d, d0, d1, d2, d3, size @ ..] = *header else { return false };
    let dictionary = u32::from_le_bytes([d0, d1, d2, d3]);
    let size = u64::from_le_bytes(size);
    let round = dictionary.is_power_of_two() || (dictionary % 3 == 0 && (dictionary / 3).is_power_of_two());
    round && dictionary >= 4096 && (size == u64::MAX || size < 1 << 38) && rest.first() == Some(&0)
}

impl<'m, R: BufRead> Reader<'m, R> {
    pub(super) fn new(input: R, memory: &'m DecoderMemory<'m>) -> Self {
        Self { state: State::Header { input, zip_size: None }, memory, in_zip: false, _held: None }
    }

    /// A member of a zip: its own header (APPNOTE 5.8.8), the size from the directory, `u64::MAX` for a stream that
    /// ends with a marker.
    pub(super) fn in_zip(input: R, size: u64, memory: &'m DecoderMemory<'m>) -> Self {
        Self { state: State::Header { input, zip_size: Some(size) }, memory, in_zip: true, _held: None }
    }

    fn start(&mut self, mut input: R, zip_size: Option<u64>) -> io::Result<LzmaReader<R>> {
        if zip_size.is_some() {
            let [_, _, length, zero] = read_array(&mut input)?;
            if [length, zero] != [5, 0] {
                return Err(damaged("unknown LZMA properties"));
            }
        }
        let [properties, dictionary @ ..] = read_array::<5>(&mut input)?;
        let size = match zip_size {
            Some(size) => size,
            None => u64::from_le_bytes(read_array(&mut input)?),
        };
        let dictionary = u32::from_le_bytes(dictionary);
        if properties >= 9 * 5 * 5 {
            return Err(damaged("unknown LZMA properties"));
        }
        self._held = Some(self.memory.reserve(u64::from(dictionary))?);
        let mut reader = LzmaReader::new_with_props(input, size, properties, dictionary, None)?;
        reader.set_defer_errors(true);
        Ok(reader)
    }
}

impl<R: BufRead> Read for Reader<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Dead) {
                State::Header { input, zip_size } => self.state = State::Data(Box::new(self.start(input, zip_size)?)),
                State::Data(mut reader) => {
                    let read = reader.read(buf)?;
                    if read > 0 || buf.is_empty() {
                        self.state = State::Data(reader);
                        return Ok(read);
                    }
                    self.state = State::End;
                    // What follows a member of a zip is the zip's own business.
                    let (input, ahead) = reader.into_parts();
                    if !self.in_zip && matches!(skip_zeros(&mut ahead.as_slice().chain(input))?, Next::More) {
                        return Err(damaged("other data follows its end"));
                    }
                }
                State::End => {
                    self.state = State::End;
                    return Ok(0);
                }
                State::Dead => return Err(damaged("damaged before")),
            }
        }
    }
}
