//! The containers: how each compressed stream is decoded and how the members of tar and zip archives are found.
//! Decoders are plain readers; their errors say by [`io::ErrorKind`] whether data is missing (`UnexpectedEof`), would
//! need too much memory (`OutOfMemory`), uses an unread part of its format (`Unsupported`) or is damaged (all else).

#[cfg(feature = "fast-inflate")]
mod at_once;
mod bzip2;
mod gzip;
mod lzma;
mod lzw;
pub(super) mod mail;
mod names;
pub(super) mod tar;
mod xz;
pub(super) mod zip;
mod zstd;

use super::Container;
use super::budget::DecoderMemory;
use super::spare::Buffered;
use std::io::{self, BufRead, Read};

/// The read buffer below each decoder.
const BUFFER: usize = 64 << 10;

/// The compressed streams that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Bzip2,
    Xz,
    Lzma,
    Zstd,
    Lzw,
}

impl Compression {
    /// The compression that a file starting with `head` has.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', block @ ..] if bzip2::is_block(block) => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, _, _, _, _, ..] => Some(Self::Zstd),
            [0x1f, 0x9d, flags, _, ..] if flags & 0x60 == 0 && (9..=16).contains(&(flags & 0x1f)) => Some(Self::Lzw),
            _ if lzma::is_header(head) => Some(Self::Lzma),
            // Cut inside its first bytes, which no text starts with.
            [0x1f, 0x8b] | [0x1f, 0x8b, 8] => Some(Self::Gzip),
            [0xfd, b'7', rest @ ..] if b"zXZ".starts_with(rest) => Some(Self::Xz),
            [0x28, 0xb5] | [0x28, 0xb5, 0x2f] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What a visitor calls it.
    pub(super) fn container(self) -> Container {
        match self {
            Self::Gzip => Container::Gzip,
            Self::Bzip2 => Container::Bzip2,
            Self::Xz => Container::Xz,
            Self::Lzma => Container::Lzma,
            Self::Zstd => Container::Zstd,
            Self::Lzw => Container::Lzw,
        }
    }

    /// The word for it in messages.
    pub(super) fn stream(self) -> &'static str {
        match self {
            Self::Gzip => "gzip stream",
            Self::Bzip2 => "bzip2 stream",
            Self::Xz => "xz stream",
            Self::Lzma => "lzma stream",
            Self::Zstd => "zstd stream",
            Self::Lzw => "compress (.Z) stream",
        }
    }

    /// Decodes `input`, all concatenated members of it. With `fast-inflate`, the beginning of a gzip stream is read at once:
    /// a failure that this notes comes again when it is reached.
    pub(super) fn decode<'r>(self, input: impl Read + 'r, memory: &'r DecoderMemory<'r>) -> Box<dyn Read + 'r> {
        #[cfg(feature = "fast-inflate")]
        if self == Self::Gzip {
            return match at_once::gzip(input) {
                at_once::Taken::Whole(result) => Box::new(result),
                at_once::Taken::Untouched(input) => Box::new(gzip::Reader::new(Buffered::new(BUFFER, input))),
            };
        }
        let input = Buffered::new(BUFFER, input);
        match self {
            Self::Gzip => Box::new(gzip::Reader::new(input)),
            Self::Bzip2 => Box::new(bzip2::Reader::new(input)),
            Self::Xz => Box::new(xz::Reader::new(input, memory)),
            Self::Lzma => Box::new(lzma::Reader::new(input, memory)),
            Self::Zstd => Box::new(zstd::Reader::new(input, memory)),
            Self::Lzw => Box::new(lzw::Reader::new(input)),
        }
    }
}

fn damaged(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause)
}

fn cut() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

fn read_array<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Fills as much of `buf` as there is; less than all of it only at the end.
pub(super) fn read_full(input: &mut (impl Read + ?Sized), buf: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// What follows a complete member of a compressed file.
enum Next {
    /// Nothing, or nothing but the zeros that tapes and block devices pad with.
    End,
    /// Bytes that start with something else.
    More,
}

fn skip_zeros(input: &mut impl BufRead) -> io::Result<Next> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(Next::End);
        }
        let zeros = buffer.iter().take_while(|b| **b == 0).count();
        let more = zeros < buffer.len();
        input.consume(zeros);
        if more {
            return Ok(Next::More);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::gather::{Gathered, bytes, hex, whole};
    use super::super::{Content, Encoding, Limits, TroubleKind};

    // Two members each, made with the tool of the format (and, where it says so, with padding or a skippable frame
    // between them), out of the lines "first member" and "second member".
    const GZIP: &str = "1f8b08000000000000034bcb2c2a2e51c84dcd4d4a2de20200a7f4850a0d0000001f8b08000000000000032b4e4dcecf4b51c84dcd4d4a2de2020036184b0e0e0000000000000000000000000000000000000000000000";
    const BZIP2: &str = "425a68393141592653593afab3de000002d1800010400013221c0020003100302007a41c9b2c084bbc5dc914e14240ebeacf78425a683931415926535994ac7e72000006d180001040001e03980020003100d34d040d069a75ee940d1482f17724538509094ac7e720";
    const XZ: &str = "fd377a585a000004e6d6b4460200210116000000742fe5a301000c6669727374206d656d6265720a00000000f74ff82f3d70155a0001250d7119c4b61fb6f37d010000000004595a00000000fd377a585a0000016922de360200210116000000742fe5a301000d7365636f6e64206d656d6265720a00000036184b0e0001220e0cde8c609042990d010000000001595a";
    const ZSTD: &str =
        "28b52ffd240d6900006669727374206d656d6265720a758d0214512a4d180300000061626328b52ffd240e7100007365636f6e64206d656d6265720a39baccb2";
    const LZMA: &str = "5d00008000ffffffffffffffff00331a4aac0c72bf913400a8fe141b5fe243072a52a920485973fffe7d6800";
    // Both lines twice.
    const LZW: &str = "1f9d9066d2c8994307449b326dc49491a3604e99316fdc9031885021c380030b1e4cb8b0e1c38813375a5400";
    // `xz --check=sha256 --block-size=8` of the first line: two blocks.
    const XZ_BLOCKS: &str = "fd377a585a00000ae1fb0ca10200210116000000742fe5a30100076669727374206d6500c8d691bde9bffc37e7c0497169df60c74623181f971247ec969fbef07404c8dd0200210116000000742fe5a30100046d6265720a00000000f121188a7a3d6511b859c659a33800c7f17c7c3fdfc0ebfc05c0b97170f31cab000238083505000039cadaebb6e9df1c02000000000a595a";
    const LINES: &str = "first member\nsecond member\n";

    #[test]
    fn all_members_of_every_stream() {
        for (name, digits, expected) in [
            ("gzip", GZIP, LINES.to_owned()),
            ("bzip2", BZIP2, LINES.to_owned()),
            ("xz", XZ, LINES.to_owned()),
            ("xz blocks", XZ_BLOCKS, "first member\n".to_owned()),
            ("zstd", ZSTD, LINES.to_owned()),
            ("lzma", LZMA, LINES.to_owned()),
            ("compress", LZW, LINES.repeat(2)),
        ] {
            let gathered = whole(&hex(digits));
            assert_eq!(gathered.text("f"), expected, "{name}");
            assert_eq!(gathered.leaves[0].1, Content::Text(Encoding::Utf8), "{name}");
            assert_eq!(gathered.kinds(), [], "{name}");
        }
    }

    fn one_trouble(gathered: &Gathered) -> (TroubleKind, String) {
        assert_eq!(gathered.troubles.len(), 1, "{:?}", gathered.troubles);
        (gathered.troubles[0].kind, gathered.troubles[0].message.clone())
    }

    #[test]
    fn what_follows_a_stream_is_named_and_costs_nothing() {
        for (name, digits) in [("gzip", GZIP), ("bzip2", BZIP2), ("xz", XZ), ("zstd", ZSTD)] {
            let mut stream = hex(digits);
            stream.extend(b"something else, a note perhaps");
            let gathered = whole(&stream);
            assert_eq!(gathered.text("f"), LINES, "{name}");
            let (kind, message) = one_trouble(&gathered);
            assert_eq!(kind, TroubleKind::Corrupt, "{name}");
            assert!(message.contains("other data follows"), "{message}");
        }
    }

    #[test]
    fn a_cut_at_any_byte_keeps_the_beginning_and_is_told() {
        for (name, digits, whole_at) in
            [("gzip", GZIP, &[33, 67][..]), ("bzip2", BZIP2, &[51]), ("xz", XZ, &[72, 76]), ("zstd", ZSTD, &[26, 37]), ("lzma", LZMA, &[])]
        {
            let stream = hex(digits);
            for cut in 4..stream.len() {
                let gathered = whole(&stream[..cut]);
                for (_, content, contents) in &gathered.leaves {
                    if *content == Content::Text(Encoding::Utf8) && cut > 13 {
                        assert!(LINES.as_bytes().starts_with(contents), "{name} cut at {cut}");
                    }
                }
                let told = gathered.troubles.iter().any(|trouble| trouble.path.as_str() == "f");
                // Behind a complete member nothing is missing; nor is padding. The old formats have no magic that short.
                let complete = whole_at.contains(&cut) || (name == "gzip" && cut > 67) || (name == "xz" && (72..=76).contains(&cut));
                let unknown = (name == "lzma" && cut < 14) || (name == "bzip2" && cut < 10) || (name == "xz" && cut < 6);
                assert!(told || complete || unknown, "{name} cut at {cut}: {:?}", gathered.troubles);
            }
        }
    }

    #[test]
    fn any_damaged_byte_is_survived() {
        for (name, digits) in
            [("gzip", GZIP), ("bzip2", BZIP2), ("xz", XZ), ("xz blocks", XZ_BLOCKS), ("zstd", ZSTD), ("lzma", LZMA), ("compress", LZW)]
        {
            let stream = hex(digits);
            for at in 0..stream.len() {
                for flip in [0x01, 0x80, 0xff] {
                    let mut damaged = stream.clone();
                    damaged[at] ^= flip;
                    let gathered = whole(&damaged);
                    assert!(gathered.leaves.len() + gathered.troubles.len() > 0, "{name}, byte {at}");
                }
            }
        }
    }

    #[test]
    fn a_wrong_checksum_is_told() {
        for (name, digits, at) in [("gzip", GZIP, 26), ("xz", XZ, 45), ("xz blocks", XZ_BLOCKS, 50), ("zstd", ZSTD, 22)] {
            let mut stream = hex(digits);
            stream[at] ^= 1;
            let (kind, message) = one_trouble(&whole(&stream));
            assert_eq!(kind, TroubleKind::Corrupt, "{name}");
            assert!(message.contains("checksum"), "{name}: {message}");
        }
    }

    #[test]
    fn dictionaries_have_a_limit() {
        let limits = Limits { decoder_memory: 4 << 20, ..Limits::default() };
        // xz and lzma ask for 8 MiB here; the zstd frame, made by hand, for 2 GiB.
        for digits in [XZ, LZMA, "28b52ffd00a8010000"] {
            let gathered = bytes(&hex(digits), &limits);
            let (kind, message) = one_trouble(&gathered);
            assert_eq!(kind, TroubleKind::Limit);
            assert!(message.contains("`decoder_memory` (4MiB)") && message.contains("--limit decoder_memory=8MiB"), "{message}");
        }
    }

    #[test]
    fn lzw_codes_widen_and_are_cleared() {
        use sha2::{Digest as _, Sha256};
        let Some(folder) = super::super::gather::samples("archive") else { return };
        let gathered = super::super::gather::file("f", &folder.join("libarchive-archive_string_conversion.txt.Z"), &Limits::default());
        // `gzip -dc | sha256sum`
        let expected = hex("8e0fe1220225dc8525de9d9e8738cda74f9a813c7947df288be04273de32dc27");
        assert_eq!(Sha256::digest(&gathered.leaves[0].2)[..], expected[..]);
    }
}
