//! Zstandard (RFC 8878) with all its frames; skippable frames are skipped.

use super::super::budget::{DecoderMemory, Reservation};
use super::{cut, damaged, read_array, read_full};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, Read};

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

pub(super) struct Reader<'m, R> {
    input: R,
    decoder: FrameDecoder,
    memory: &'m DecoderMemory<'m>,
    held: Option<Reservation<'m>>,
    state: State,
}

enum State {
    Between,
    Frame,
    /// What was decoded before the failure is still handed out.
    Failed(Option<io::Error>),
    End,
}

impl<'m, R: BufRead> Reader<'m, R> {
    pub(super) fn new(input: R, memory: &'m DecoderMemory<'m>) -> Self {
        Self { input, decoder: FrameDecoder::new(), memory, held: None, state: State::Between }
    }

    /// Starts the next frame; false at the end.
    fn start(&mut self) -> io::Result<bool> {
        loop {
            let mut magic = [0; 4];
            match read_full(&mut self.input, &mut magic)? {
                0 => return Ok(false),
                4 => {}
                _ => return Err(damaged("other data follows its last frame")),
            }
            if matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18]) {
                let length = u64::from(u32::from_le_bytes(read_array(&mut self.input)?));
                if io::copy(&mut self.input.by_ref().take(length), &mut io::sink())? < length {
                    return Err(cut());
                }
                continue;
            }
            if magic != MAGIC {
                return Err(damaged("other data follows its last frame"));
            }
            let (header, length, window) = self.header()?;
            self.held = None;
            self.held = Some(self.memory.reserve(window)?);
            // A fresh decoder grows its window with the data; a used one takes all of it at once.
            self.decoder = FrameDecoder::new();
            self.decoder.set_max_window_size(window);
            let header = header.get(..length).unwrap_or_default();
            self.decoder.init(MAGIC.as_slice().chain(header)).map_err(|error| damaged(error.to_string()))?;
            return Ok(true);
        }
    }

    /// Reads the frame header; returns it, its length, and the window it asks for (RFC 8878, 3.1.1.1).
    fn header(&mut self) -> io::Result<([u8; 14], usize, u64)> {
        let [descriptor] = read_array(&mut self.input)?;
        let single = descriptor & 0x20 != 0;
        let window_bytes = usize::from(!single);
        let id_bytes = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied().unwrap_or(0);
        let size_bytes = match descriptor >> 6 {
            0 => usize::from(single),
            n => 1 << n,
        };
        let mut header = [0; 14];
        let length = 1 + window_bytes + id_bytes + size_bytes;
        let (first, rest) = header.split_at_mut(1);
        first.fill(descriptor);
        self.input.read_exact(rest.get_mut(..length - 1).unwrap_or_default())?;
        let mut content = [0; 8];
        for (to, from) in content.iter_mut().zip(rest.iter().skip(window_bytes + id_bytes).take(size_bytes)) {
            *to = *from;
        }
        let content = u64::from_le_bytes(content).saturating_add(if size_bytes == 2 { 256 } else { 0 });
        let window = if single {
            content
        } else {
            let byte = rest.first().copied().unwrap_or(0);
            let base = 1_u64 << (10 + (byte >> 3));
            base + base / 8 * u64::from(byte & 7)
        };
        Ok((header, length, window.max(1 << 10)))
    }

    fn decode(&mut self) -> io::Result<()> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let outcome = self.decoder.decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1));
            outcome.map_err(|error| if at_end(&error) { cut() } else { damaged(error.to_string()) })?;
        }
        Ok(())
    }

    /// Ends a broken frame with an empty last block and a checksum, so that the decoder gives out the window it holds.
    fn give_up(&mut self) {
        let _ = self.decoder.decode_blocks([1_u8, 0, 0, 0, 0, 0, 0].as_slice(), BlockDecodingStrategy::UptoBlocks(1));
    }

    fn checksum(&self) -> io::Result<()> {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(stored), Some(computed)) if stored != computed => Err(damaged("the checksum of a frame differs")),
            _ => Ok(()),
        }
    }
}

/// The decoder wraps the error of its input in its own.
fn at_end(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof) {
            return true;
        }
        next = error.source();
    }
    false
}

impl<R: BufRead> Read for Reader<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            match &mut self.state {
                State::Between => self.state = if self.start()? { State::Frame } else { State::End },
                State::Frame => {
                    if let Err(error) = self.decode() {
                        self.give_up();
                        self.state = State::Failed(Some(error));
                        continue;
                    }
                    let read = self.decoder.read(buf)?;
                    if read > 0 {
                        return Ok(read);
                    }
                    self.checksum()?;
                    self.state = State::Between;
                }
                State::Failed(error) => {
                    let read = self.decoder.read(buf)?;
                    return if read > 0 { Ok(read) } else { Err(error.take().unwrap_or_else(cut)) };
                }
                State::End => return Ok(0),
            }
        }
    }
}
