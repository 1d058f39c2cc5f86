//! The .xz file format 1.0.4 with all its streams and blocks. Only the LZMA2 payload is left to the decoder crate: the
//! crate's reader takes whole chunks, so that a cut file loses up to 2 MiB of text, and its stream decoder keeps a
//! record of every block, so that many tiny blocks fill the memory.

use super::super::budget::{DecoderMemory, Reservation};
use super::{Next, cut, damaged, read_array, skip_zeros};
use flate2::Crc;
use lzma_rust2::{Action, FilterConfig, FilterType, Lzma2Stream, Status};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Read};

const MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];

pub(super) struct Reader<'m, R> {
    input: R,
    memory: &'m DecoderMemory<'m>,
    state: State<'m>,
    check: u8,
    blocks: u64,
}

enum State<'m> {
    StreamHeader,
    BlockHeader,
    Block(Box<Block<'m>>),
    Index,
    End,
}

struct Block<'m> {
    decoder: Lzma2Stream,
    sum: Sum,
    _held: Reservation<'m>,
}

impl<'m, R: BufRead> Reader<'m, R> {
    pub(super) fn new(input: R, memory: &'m DecoderMemory<'m>) -> Self {
        Self { input, memory, state: State::StreamHeader, check: 0, blocks: 0 }
    }

    fn stream_header(&mut self) -> io::Result<()> {
        let [magic @ .., zero, check, c0, c1, c2, c3] = read_array::<12>(&mut self.input)?;
        if magic != MAGIC {
            return Err(damaged("other data follows its last stream"));
        }
        if crc32(&[zero, check]) != u32::from_le_bytes([c0, c1, c2, c3]) || zero != 0 || check > 15 {
            return Err(damaged("the stream header is damaged"));
        }
        self.check = check;
        self.blocks = 0;
        Ok(())
    }

    /// The next block; nothing where the index begins.
    fn block_header(&mut self) -> io::Result<Option<Box<Block<'m>>>> {
        let [length] = read_array(&mut self.input)?;
        if length == 0 {
            return Ok(None);
        }
        let mut header = [0; 1024];
        let size = (usize::from(length) + 1) * 4;
        let (first, rest) = header.split_at_mut(1);
        first.fill(length);
        self.input.read_exact(rest.get_mut(..size - 1).unwrap_or_default())?;
        let (fields, stored) = header.split_at(size - 4);
        if stored.first_chunk().map(|sum| u32::from_le_bytes(*sum)) != Some(crc32(fields)) {
            return Err(damaged("a block header is damaged"));
        }
        let mut fields = fields.get(1..).unwrap_or_default();
        let [flags] = read_array(&mut fields)?;
        if flags & 0x3c != 0 {
            return Err(unread("unknown block flags"));
        }
        for flag in [0x40, 0x80] {
            if flags & flag != 0 {
                number(&mut fields)?;
            }
        }
        let mut filters = Vec::new();
        let mut dictionary = None;
        for _ in 0..=flags & 3 {
            let (id, size) = (number(&mut fields)?, number(&mut fields)?);
            let size = usize::try_from(size).ok().filter(|size| *size <= fields.len());
            let (properties, rest) = fields.split_at(size.ok_or_else(|| damaged("a filter is too long"))?);
            fields = rest;
            if dictionary.is_some() {
                return Err(damaged("a filter behind LZMA2"));
            }
            match (id, properties) {
                (0x21, [bits @ 0..=40]) => dictionary = Some(dictionary_size(*bits)),
                _ => filters.push(filter(id, properties)?),
            }
        }
        let dictionary = dictionary.ok_or_else(|| unread("a block without LZMA2"))?;
        let held = self.memory.reserve(u64::from(dictionary))?;
        let mut decoder = Lzma2Stream::new(dictionary);
        decoder.set_filters(&filters)?;
        self.blocks = self.blocks.saturating_add(1);
        Ok(Some(Box::new(Block { decoder, sum: Sum::new(self.check), _held: held })))
    }

    fn index(&mut self) -> io::Result<()> {
        let mut index = Summed { inner: &mut self.input, sum: Crc::new(), length: 1 };
        index.sum.update(&[0]);
        let records = number(&mut index)?;
        if records != self.blocks {
            return Err(damaged("the index does not fit the blocks"));
        }
        for _ in 0..records {
            number(&mut index)?;
            number(&mut index)?;
        }
        while !index.length.is_multiple_of(4) {
            read_array::<1>(&mut index)?;
        }
        let sum = index.sum.sum();
        if u32::from_le_bytes(read_array(&mut self.input)?) != sum {
            return Err(damaged("the index is damaged"));
        }
        let [c0, c1, c2, c3, footer @ .., y, z] = read_array::<12>(&mut self.input)?;
        if [y, z] != *b"YZ" || u32::from_le_bytes([c0, c1, c2, c3]) != crc32(&footer) {
            return Err(damaged("the stream footer is damaged"));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Reader<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            match &mut self.state {
                State::StreamHeader => {
                    self.stream_header()?;
                    self.state = State::BlockHeader;
                }
                State::BlockHeader => {
                    self.state = match self.block_header()? {
                        Some(block) => State::Block(block),
                        None => State::Index,
                    };
                }
                State::Block(block) => {
                    let (produced, done) = block.read(&mut self.input, buf)?;
                    if done {
                        block.finish(&mut self.input)?;
                        self.state = State::BlockHeader;
                    }
                    if produced > 0 {
                        return Ok(produced);
                    }
                }
                State::Index => {
                    self.index()?;
                    self.state = match skip_zeros(&mut self.input)? {
                        Next::End => State::End,
                        Next::More => State::StreamHeader,
                    };
                }
                State::End => return Ok(0),
            }
        }
    }
}

impl Block<'_> {
    /// How many bytes were produced, and whether the block's data ended. Not both at once, so that damage behind the
    /// data does not cost the data.
    fn read(&mut self, input: &mut impl BufRead, buf: &mut [u8]) -> io::Result<(usize, bool)> {
        loop {
            let available = input.fill_buf()?;
            let at_end = available.is_empty();
            let (before_in, before_out) = (self.decoder.total_in(), self.decoder.total_out());
            let outcome = self.decoder.process(available, buf, if at_end { Action::Finish } else { Action::Run });
            let taken = usize::try_from(self.decoder.total_in() - before_in).unwrap_or(usize::MAX).min(available.len());
            let produced = usize::try_from(self.decoder.total_out() - before_out).unwrap_or(usize::MAX).min(buf.len());
            input.consume(taken);
            self.sum.update(buf.get(..produced).unwrap_or_default());
            if produced > 0 {
                return Ok((produced, false));
            }
            match outcome {
                Ok(result) if result.status == Status::StreamEnd => return Ok((0, true)),
                Ok(_) if taken > 0 => {}
                Ok(_) if at_end => return Err(cut()),
                Ok(_) => return Err(damaged("the decoder makes no progress")),
                Err(error) => return Err(error),
            }
        }
    }

    fn finish(&mut self, input: &mut impl BufRead) -> io::Result<()> {
        for _ in 0..(4 - self.decoder.total_in() % 4) % 4 {
            if read_array::<1>(input)? != [0] {
                return Err(damaged("the padding of a block is not zero"));
            }
        }
        self.sum.compare(input)
    }
}

/// The check behind each block. Kinds nobody has defined yet are skipped by their length.
enum Sum {
    Crc32(Crc),
    Crc64(u64),
    Sha256(Sha256),
    Unknown(usize),
}

impl Sum {
    fn new(kind: u8) -> Self {
        match kind {
            1 => Self::Crc32(Crc::new()),
            4 => Self::Crc64(!0),
            10 => Self::Sha256(Sha256::new()),
            kind => Self::Unknown([0, 4, 8, 16, 32, 64].get(usize::from(kind).div_ceil(3)).copied().unwrap_or(0)),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc32(sum) => sum.update(bytes),
            Self::Crc64(sum) => *sum = crc64(*sum, bytes),
            Self::Sha256(sum) => sum.update(bytes),
            Self::Unknown(_) => {}
        }
    }

    fn compare(&mut self, input: &mut impl Read) -> io::Result<()> {
        let same = match self {
            Self::Crc32(sum) => read_array(input)? == sum.sum().to_le_bytes(),
            Self::Crc64(sum) => read_array(input)? == (!*sum).to_le_bytes(),
            Self::Sha256(sum) => read_array::<32>(input)? == *sum.finalize_reset(),
            Self::Unknown(length) => {
                let mut skipped = [0; 64];
                input.read_exact(skipped.get_mut(..*length).unwrap_or_default())?;
                true
            }
        };
        if same { Ok(()) } else { Err(damaged("the checksum of a block differs")) }
    }
}

/// CRC-64/XZ, reflected: the table of a byte, and of a byte with one to seven zero bytes behind it.
#[expect(clippy::indexing_slicing, reason = "worked out while compiling, which fails where an index is wrong")]
static CRC64: [[u64; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut n = 0;
    while n < 256 {
        let mut value = n as u64;
        let mut bit = 0;
        while bit < 64 {
            value = (value >> 1) ^ (0xc96c_5795_d787_0f42 * (value & 1));
            bit += 1;
            if bit % 8 == 0 {
                tables[bit / 8 - 1][n] = value;
            }
        }
        n += 1;
    }
    tables
};

/// Eight bytes at a time: their eight look-ups do not wait for each other.
fn crc64(mut sum: u64, bytes: &[u8]) -> u64 {
    let [t0, t1, t2, t3, t4, t5, t6, t7] = &CRC64;
    let at = |table: &[u64; 256], byte: u8| table.get(usize::from(byte)).copied().unwrap_or(0);
    let (eights, rest) = bytes.as_chunks::<8>();
    for eight in eights {
        let [a, b, c, d, e, f, g, h] = (sum ^ u64::from_le_bytes(*eight)).to_le_bytes();
        sum = at(t7, a) ^ at(t6, b) ^ at(t5, c) ^ at(t4, d) ^ at(t3, e) ^ at(t2, f) ^ at(t1, g) ^ at(t0, h);
    }
    rest.iter().fold(sum, |sum, byte| {
        let [low, ..] = sum.to_le_bytes();
        at(t0, low ^ byte) ^ (sum >> 8)
    })
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = Crc::new();
    sum.update(bytes);
    sum.sum()
}

fn unread(cause: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, cause)
}

/// A variable-length integer of at most 63 bits.
fn number(input: &mut impl Read) -> io::Result<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let [byte] = read_array(input)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(damaged("a number is too long"))
}

/// From 4 KiB in half powers of two up to 4 GiB less one.
fn dictionary_size(bits: u8) -> u32 {
    if bits >= 40 { u32::MAX } else { (2 | u32::from(bits & 1)) << (bits / 2 + 11) }
}

fn filter(id: u64, properties: &[u8]) -> io::Result<FilterConfig> {
    let filter_type = match id {
        3 => FilterType::Delta,
        4 => FilterType::BcjX86,
        5 => FilterType::BcjPpc,
        6 => FilterType::BcjIa64,
        7 => FilterType::BcjArm,
        8 => FilterType::BcjArmThumb,
        9 => FilterType::BcjSparc,
        10 => FilterType::BcjArm64,
        11 => FilterType::BcjRiscv,
        _ => return Err(unread("an unknown filter")),
    };
    let property = match (id, properties) {
        (3, [distance]) => u32::from(*distance) + 1,
        (4.., []) => 0,
        (4.., [a, b, c, d]) => u32::from_le_bytes([*a, *b, *c, *d]),
        _ => return Err(damaged("the properties of a filter are damaged")),
    };
    Ok(FilterConfig { filter_type, property })
}

struct Summed<'r, R> {
    inner: &'r mut R,
    sum: Crc,
    length: u64,
}

impl<R: Read> Read for Summed<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.sum.update(buf.get(..read).unwrap_or_default());
        self.length = self.length.wrapping_add(read as u64);
        Ok(read)
    }
}
