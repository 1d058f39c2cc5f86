//! Says what a file is by its first bytes. Names are never asked.

use super::archive::{Compression, mail, tar};
use super::{Content, Encoding};

/// What a report or comparison of this program is called, whose excerpts are no evidence.
pub const OWN_REPORT: &str = "bundlescope report";

/// What an archive is called that holds no file.
pub const NO_FILES: &str = "archive without files";

/// How much of a file is looked at.
pub const HEAD: usize = 8 << 10;

/// What the head of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Compressed(Compression),
    Tar,
    Zip,
    Mail,
    /// A known container that is not read.
    Unread(&'static str),
    Leaf(Content),
}

/// Judges at most [`HEAD`] bytes from the start of a file.
pub(super) fn sniff(head: &[u8]) -> Kind {
    if head.is_empty() {
        return Kind::Leaf(Content::Empty);
    }
    if let Some(compression) = Compression::of(head) {
        return Kind::Compressed(compression);
    }
    // A spanned archive of one part, and one that the spanning was given up for, have four bytes before the first header.
    if [b"PK\x03\x04", b"PK\x05\x06"].iter().any(|magic| head.starts_with(*magic))
        || [b"PK\x07\x08PK", b"PK\x30\x30PK"].iter().any(|magic| head.starts_with(*magic))
    {
        return Kind::Zip;
    }
    if tar::is_header(head) {
        return Kind::Tar;
    }
    if mail::is_header(head) {
        return Kind::Mail;
    }
    if let Some(name) = unread_container(head) {
        return Kind::Unread(name);
    }
    Kind::Leaf(leaf(head))
}

/// Captures of other programs, as Wireshark knows them (wiretap/).
const UNREAD_CAPTURES: [(&[u8], &str); 8] = [
    (b"snoop\0\0\0", "snoop capture"),
    (b"GMBU", "Microsoft Network Monitor capture"),
    (b"RTSS", "Microsoft Network Monitor capture"),
    (b"TRSNIFF data    \x1a", "Sniffer capture"),
    (b"XCP\0", "Sniffer capture"),
    (b"ObserverPktBuffe", "Observer capture"),
    (b"\x05VNF", "Visual Networks capture"),
    (b"\0\0\x02\0\x12\x05\0\x10", "Tektronix K12 capture"),
];

/// Whether it is a capture that is called so.
pub(super) fn is_capture(name: &str) -> bool {
    UNREAD_CAPTURES.iter().any(|(_, known)| *known == name)
}

fn unread_container(head: &[u8]) -> Option<&'static str> {
    const MAGICS: &[(&[u8], &str)] = &[
        (b"7z\xbc\xaf\x27\x1c", "7z archive"),
        (b"Rar!\x1a\x07", "RAR archive"),
        (b"LZIP\x01", "lzip stream"),
        (b"\x04\x22\x4d\x18", "LZ4 stream"),
        (b"!<arch>\n", "ar archive or Debian package"),
        (b"\xed\xab\xee\xdb", "RPM package"),
        (b"MSCF\0\0\0\0", "cabinet archive"),
        (b"xar!", "xar archive"),
        (b"hsqs", "squashfs image"),
        (b"\x02\x21\x4c\x18", "LZ4 stream"),
        (b"\x89LZO\0\r\n\x1a\n", "lzop stream"),
        (b"\xff\x06\0\0sNaPpY", "Snappy stream"),
    ];
    if let Some((_, name)) = MAGICS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(name);
    }
    let zeros = head.iter().take(64).any(|byte| *byte == 0);
    if let Some((_, name)) = UNREAD_CAPTURES.iter().find(|(magic, _)| zeros && head.starts_with(magic)) {
        return Some(name);
    }
    let cpio = [(&b"070701"[..], 16), (b"070702", 16), (b"070707", 8)].iter().any(|(magic, base)| {
        head.strip_prefix(*magic).is_some_and(|rest| rest.len() >= 60 && rest.iter().take(60).all(|b| char::from(*b).is_digit(*base)))
    });
    cpio.then_some("cpio archive")
}

/// A PKCS #7 bundle in DER: a sequence that begins with the object identifier of signed data.
fn is_pkcs7(head: &[u8]) -> bool {
    const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    let length = match head {
        [0x30, length @ 0x80..=0x84, ..] => 2 + usize::from(length & 0x0f),
        [0x30, ..] => 2,
        _ => return false,
    };
    head.get(length..).is_some_and(|rest| rest.starts_with(SIGNED_DATA))
}

fn leaf(head: &[u8]) -> Content {
    if is_pcap(head) {
        return Content::Pcap;
    }
    if head.starts_with(b"\x0a\x0d\x0d\x0a") && matches!(head.get(8..12), Some(b"\x1a\x2b\x3c\x4d" | b"\x4d\x3c\x2b\x1a")) {
        return Content::Pcapng;
    }
    if is_der_certificate(head) || is_pkcs7(head) {
        return Content::Der;
    }
    if is_own_report(head) {
        return Content::Binary(Some(OWN_REPORT));
    }
    if let Some(name) = named_binary(head) {
        return Content::Binary(Some(name));
    }
    match text(head) {
        Some(encoding) => Content::Text(encoding),
        None => Content::Binary(None),
    }
}

/// Microsecond, nanosecond and the modified format of Alexey Kuznetzov's patched libpcap, in either byte order.
fn is_pcap(head: &[u8]) -> bool {
    let Some((magic, _)) = head.split_first_chunk::<4>() else { return false };
    const MAGICS: [u32; 3] = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34];
    MAGICS.contains(&u32::from_be_bytes(*magic)) || MAGICS.contains(&u32::from_le_bytes(*magic))
}

/// RFC 5280, section 4.1: SEQUENCE { SEQUENCE { [0] version or, in version 1, INTEGER serial. Revocation lists and
/// requests start like a version 1 certificate with a serial of 0 or 1.
fn is_der_certificate(head: &[u8]) -> bool {
    let Some(inner) = head.strip_prefix(b"\x30\x82").and_then(|rest| rest.get(2..)) else { return false };
    let body = match inner {
        [0x30, 0x82, _, _, body @ ..] | [0x30, 0x81, _, body @ ..] => body,
        _ => return false,
    };
    match body {
        [0xa0, 3, 2, 1, version, ..] => *version <= 2,
        [2, 1, 0 | 1, ..] => false,
        [2, length @ 1..=20, rest @ ..] => rest.get(usize::from(*length)).is_none_or(|next| *next == 0x30),
        _ => false,
    }
}

fn named_binary(head: &[u8]) -> Option<&'static str> {
    const MAGICS: &[(usize, &[u8], &str)] = &[
        (0, b"\x89PNG\r\n\x1a\n", "PNG image"),
        (0, b"\xff\xd8\xff", "JPEG image"),
        (0, b"GIF87a", "GIF image"),
        (0, b"GIF89a", "GIF image"),
        (0, b"II*\0", "TIFF image"),
        (0, b"MM\0*", "TIFF image"),
        (0, b"%PDF-", "PDF document"),
        (0, b"\x7fELF", "ELF program or core dump"),
        (0, b"SQLite format 3\0", "SQLite database"),
        (0, b"\xca\xfe\xba\xbe", "Java class"),
        (0, b"\xfe\xed\xfe\xed", "Java key store"),
        (0, b"\xac\xed\0\x05", "serialised Java object"),
        (0, b"\xcf\xfa\xed\xfe", "Mach-O program"),
        (0, b"\xce\xfa\xed\xfe", "Mach-O program"),
        (0, b"\0asm", "WebAssembly module"),
        (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE document"),
        (0, b"ElfFile\0", "Windows event log"),
        (0, b"regf", "Windows registry hive"),
        (0, b"MDMP", "Windows memory dump"),
        (0, b"PAGEDU", "Windows memory dump"),
        (0, b"LPKSHHRH", "systemd journal"),
        (0, b"MZ", "Windows program"),
        (0, b"RRD\0", "round robin database"),
        (0, b"OggS", "Ogg media"),
        (0, b"RIFF", "RIFF media"),
        (0, b"ID3", "MP3 audio"),
        (0, b"KDMV", "VMware disk"),
        (0, b"QFI\xfb", "QEMU disk"),
        (0, b"\x28\x95\x04\x12", "Berkeley database"),
        (12, b"\x61\x15\x06\0", "Berkeley database"),
        (4, b"ftyp", "MPEG-4 media"),
        (0, b"\xff\xfe\0\0", "UTF-32 text"),
        (0, b"\0\0\xfe\xff", "UTF-32 text"),
    ];
    // Letters alone are a weak sign: such formats have a zero in their first 64 bytes, prose has none.
    let zeros = head.iter().take(64).any(|b| *b == 0);
    let named = MAGICS.iter().find(|(at, magic, _)| {
        let here = head.get(*at..).is_some_and(|head| head.starts_with(magic));
        here && (zeros || *magic == b"%PDF-" || !magic.iter().all(u8::is_ascii_alphanumeric))
    });
    named.map(|(_, _, name)| *name)
}

/// A JSON document that begins with the key `schema` and the name of one of ours.
fn is_own_report(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins = |parts: &[&[u8]]| parts.iter().try_fold(head, |rest, part| rest.trim_ascii_start().strip_prefix(*part)).is_some();
    let holds = |what: &[u8]| head.get(..1024).unwrap_or(head).windows(what.len()).any(|window| window == what);
    begins(&[b"{", b"\"schema\"", b":", b"\"bundlescope/"])
        || begins(&[b"{", b"\"type\"", b":", b"\"case\"", b",", b"\"schema\"", b":", b"\"bundlescope/"])
        || begins(&[b"rank,id,title,kind,severity,confidence,status,device,first_seen,"])
        || begins(&[b"<?xml"]) && holds(b"<testsuites name=\"bundlescope\"")
        || begins(&[b"{"]) && holds(b"/sarif-schema-") && holds(b"\"name\": \"bundlescope\"")
        || begins(&[b"<!DOCTYPE html>"]) && holds(b"<meta name=\"generator\" content=\"bundlescope ")
        || begins(&[b"<!-- bundlescope "])
            && head.split(|byte| *byte == b'\n').next().is_some_and(|line| line.trim_ascii_end().ends_with(b" report -->"))
        || is_own_table(head)
}

/// The table for people, in any language: some lines of verdict, a gap, the columns' names behind a `#`, a rule, and a row with a rank
/// and a probability. Not where a command line comes first: then it is a recording, and more may follow.
fn is_own_table(head: &[u8]) -> bool {
    const VERDICT: usize = 12;
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines();
    let verdict = lines.by_ref().take_while(|line| !line.trim().is_empty());
    let (mut count, mut typed) = (0, false);
    verdict.for_each(|line| {
        count += 1;
        typed |= line.contains("bundlescope");
    });
    if count == 0 || count > VERDICT || typed {
        return false;
    }
    let (Some(names), Some(rule), Some(row)) = (lines.next(), lines.next(), lines.next()) else { return false };
    let rule = rule.trim();
    let mut cells = row.split_whitespace();
    let number = |cell: Option<&str>| cell.is_some_and(|cell| cell.bytes().all(|byte| byte.is_ascii_digit()));
    names.trim_start().starts_with("#  ")
        && rule.chars().count() > 40
        && rule.chars().all(|c| c == '─')
        && number(cells.next())
        && number(cells.next())
        && cells.next() == Some("%")
}

/// The encoding of a text, or nothing when it is no text.
fn text(head: &[u8]) -> Option<Encoding> {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        let encoding = if head.starts_with(b"\xff") { Encoding::Utf16Le } else { Encoding::Utf16Be };
        return Some(encoding).filter(|_| plausible_utf16(head.get(2..).unwrap_or_default(), encoding));
    }
    if head.starts_with(b"\xef\xbb\xbf") {
        return Some(Encoding::Utf8);
    }
    if let Some(encoding) = utf16_by_zeros(head) {
        return Some(encoding);
    }
    printable(head)
}

/// Most text in UTF-16 is from the first 256 characters, whose upper byte is zero.
fn utf16_by_zeros(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    if pairs < 2 || memchr::memchr(0, head).is_none() {
        return None;
    }
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let encoding = match (even, odd) {
        (few, many) if many * 2 > pairs && few * 16 <= pairs => Encoding::Utf16Le,
        (many, few) if many * 2 > pairs && few * 16 <= pairs => Encoding::Utf16Be,
        _ => return None,
    };
    plausible_utf16(head, encoding).then_some(encoding)
}

fn plausible_utf16(text: &[u8], encoding: Encoding) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    let units = text.chunks_exact(2).map(|pair| match (pair, encoding) {
        ([a, b], Encoding::Utf16Be) => u16::from_be_bytes([*a, *b]),
        ([a, b], _) => u16::from_le_bytes([*a, *b]),
        _ => 0,
    });
    for c in char::decode_utf16(units) {
        match c {
            Ok('\t' | '\n' | '\r') => good += 1,
            // The private areas and unassigned space are where random pairs fall.
            Ok(c) if !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(&c) => good += 1,
            _ => bad += 1,
        }
    }
    bad * 10 <= good + bad
}

/// Runs of zeros as long as this are holes (a log that was cut while its writer went on, or a crash before blocks
/// were written), not content.
const HOLE: usize = 16;

/// How many bytes are so. Every file of a case passes here: sums of bytes that cannot overflow and conditions without
/// branches are what compilers turn into vector instructions.
fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.chunks(255).map(|chunk| usize::from(chunk.iter().fold(0_u8, |sum, b| sum.wrapping_add(u8::from(is(*b)))))).sum()
}

fn printable(head: &[u8]) -> Option<Encoding> {
    let mut odd = count(head, |b| ((b < 32) & !(8..=13).contains(&b) & (b != 27)) | (b == 127));
    let high = count(head, |b| b >= 0x80);
    let mut judged = head.len();
    if memchr::memchr(0, head).is_some() {
        let runs = head.chunk_by(|a, b| (*a == 0) == (*b == 0));
        for hole in runs.filter(|run| run.first() == Some(&0) && run.len() >= HOLE) {
            // A hole counts as one zero.
            judged -= hole.len() - 1;
            odd -= hole.len() - 1;
        }
    }
    let utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The head may end inside a character.
        Err(error) => error.error_len().is_none() && head.len() == HEAD,
    };
    // Random and compressed bytes hold one control character in nine and high bytes by half.
    let tolerated = if utf8 || high * 20 < judged { judged / 5 } else { judged / 20 };
    if odd == judged || odd > tolerated {
        return None;
    }
    Some(if utf8 { Encoding::Utf8 } else { Encoding::Bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn texts_and_their_encodings() {
        let line = "Jan  1 00:00:00 router %SMART_LIC-3-AGENT_REG_FAILED: failed\r\n";
        let sjis = b"2024/01/01 \x83\x89\x83\x43\x83\x5a\x83\x93\x83\x58 failed \x83\x47\x83\x89\x81\x5b\n";
        let mut holes = vec![0; 4096];
        holes.extend_from_slice(line.as_bytes());
        let mut cut = "ライセンス".repeat(2000).into_bytes();
        cut.truncate(HEAD);
        for (name, bytes, expected) in [
            ("ascii", line.as_bytes().to_vec(), Some(Encoding::Utf8)),
            ("bom", [b"\xef\xbb\xbf", line.as_bytes()].concat(), Some(Encoding::Utf8)),
            ("utf-8", "ライセンス認証に失敗しました\n".as_bytes().to_vec(), Some(Encoding::Utf8)),
            ("utf-8 cut inside a character", cut, Some(Encoding::Utf8)),
            ("latin-1", b"Gr\xfc\xdfe vom Ger\xe4t\n".repeat(20), Some(Encoding::Bytes)),
            ("shift-jis", sjis.to_vec(), Some(Encoding::Bytes)),
            ("utf-16le", utf16(line, u16::to_le_bytes), Some(Encoding::Utf16Le)),
            ("utf-16be", utf16(line, u16::to_be_bytes), Some(Encoding::Utf16Be)),
            ("utf-16le bom", utf16("\u{feff}ライセンス\n", u16::to_le_bytes), Some(Encoding::Utf16Le)),
            ("utf-16be bom", utf16("\u{feff}ライセンス\n", u16::to_be_bytes), Some(Encoding::Utf16Be)),
            ("a few zeros", [line.as_bytes(), b"\0\0\0", line.as_bytes()].concat(), Some(Encoding::Utf8)),
            ("terminal colours", b"\x1b[31mfailed\x1b[0m \x08\x08\r\n".to_vec(), Some(Encoding::Utf8)),
            ("a hole before the text", holes, Some(Encoding::Utf8)),
            ("one letter", b"x".to_vec(), Some(Encoding::Utf8)),
            ("zeros", vec![0; 512], None),
            ("one zero", vec![0], None),
            ("numbers", (0..2000_u32).flat_map(|n| (n * 7).to_le_bytes()).collect(), None),
            ("noise", (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(), None),
        ] {
            let expected = expected.map_or(Content::Binary(None), Content::Text);
            assert_eq!(sniff(&bytes), Kind::Leaf(expected), "{name}");
        }
    }

    #[test]
    fn magics() {
        let der_v3 = b"\x30\x82\x03\x6b\x30\x82\x02\x53\xa0\x03\x02\x01\x02\x02\x14";
        let der_v1 = b"\x30\x82\x02\x10\x30\x82\x01\x79\x02\x02\x30\x39\x30\x0d";
        let pkcs8 = b"\x30\x82\x04\xbe\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48";
        let request = b"\x30\x82\x02\x8a\x30\x82\x01\x72\x02\x01\x00\x30\x45";
        for (bytes, expected) in [
            (&b""[..], Kind::Leaf(Content::Empty)),
            (b"\x1f\x8b\x08\x00....", Kind::Compressed(Compression::Gzip)),
            (b"BZh91AY&SY", Kind::Compressed(Compression::Bzip2)),
            (b"BZh9 is not bzip2", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (b"\xfd7zXZ\0\0\x04", Kind::Compressed(Compression::Xz)),
            (b"\x28\xb5\x2f\xfd\x04", Kind::Compressed(Compression::Zstd)),
            (b"\x53\x2a\x4d\x18\0\0\0\0", Kind::Compressed(Compression::Zstd)),
            (b"\x1f\x9d\x90\x61", Kind::Compressed(Compression::Lzw)),
            (b"PK\x03\x04\x14\0", Kind::Zip),
            (b"PK\x05\x06\0\0", Kind::Zip),
            (b"7z\xbc\xaf\x27\x1c\0", Kind::Unread("7z archive")),
            (b"Rar!\x1a\x07\x01\0", Kind::Unread("RAR archive")),
            (b"LZIP\x01", Kind::Unread("lzip stream")),
            (b"snoop\0\0\0\0\0\0\x02\0\0\0\x04", Kind::Unread("snoop capture")),
            (b"GMBU\0\x02\x01\0", Kind::Unread("Microsoft Network Monitor capture")),
            (b"snoop is a program", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (b"GMBU is a word", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (b"\x89LZO\0\r\n\x1a\n\x10\x30", Kind::Unread("lzop stream")),
            (b"0707070 is a number", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (b"\xa1\xb2\xc3\xd4\0\x02\0\x04", Kind::Leaf(Content::Pcap)),
            (b"\xd4\xc3\xb2\xa1\x02\0\x04\0", Kind::Leaf(Content::Pcap)),
            (b"\x4d\x3c\xb2\xa1\x02\0\x04\0", Kind::Leaf(Content::Pcap)),
            (b"\xa1\xb2\x3c\x4d\0\x02\0\x04", Kind::Leaf(Content::Pcap)),
            (b"\x34\xcd\xb2\xa1\x02\0\x04\0", Kind::Leaf(Content::Pcap)),
            (b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a", Kind::Leaf(Content::Pcapng)),
            (b"\n\r\r\n a text with odd line ends", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (der_v3, Kind::Leaf(Content::Der)),
            (der_v1, Kind::Leaf(Content::Der)),
            (b"\x30\x82\x0b\x3c\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x82", Kind::Leaf(Content::Der)),
            (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80", Kind::Leaf(Content::Der)),
            (b"\x7fELF\x02\x01\x01", Kind::Leaf(Content::Binary(Some("ELF program or core dump")))),
            (b"{\n  \"schema\": \"bundlescope/report/v1\",", Kind::Leaf(Content::Binary(Some(OWN_REPORT)))),
            (b"\xef\xbb\xbf{\"schema\":\"bundlescope/diff/v1\"}", Kind::Leaf(Content::Binary(Some(OWN_REPORT)))),
            (b"{\"type\":\"case\",\"schema\":\"bundlescope/ndjson/v1\"", Kind::Leaf(Content::Binary(Some(OWN_REPORT)))),
            (b"<!-- bundlescope 0.1.0 report -->\n## a", Kind::Leaf(Content::Binary(Some(OWN_REPORT)))),
            (b"<!-- bundlescope 0.1.0 said: -->\n## a", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (b"{\"type\":\"case\",\"schema\":\"other/v1\"", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (b"{\"schema\": \"other/v1\"}", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (b"%PDF-1.7\n%", Kind::Leaf(Content::Binary(Some("PDF document")))),
            (b"MZ\x90\0\x03\0\0\0", Kind::Leaf(Content::Binary(Some("Windows program")))),
            (b"ID3 is a tag", Kind::Leaf(Content::Text(Encoding::Utf8))),
            (b"MZ is a prefix", Kind::Leaf(Content::Text(Encoding::Utf8))),
        ] {
            assert_eq!(sniff(bytes), expected, "{}", super::super::escape::visible(bytes));
        }
        let table = |begin: &str| {
            let rule = "─".repeat(60);
            format!("{begin}1 problem on sw1.\n\n #   Sure  Severity   What is wrong\n {rule}\n 1   97 %  high       A title\n")
        };
        for (begin, expected) in [
            ("", Content::Binary(Some(OWN_REPORT))),
            ("A title, on sw1 since\n2021-01-01.\n", Content::Binary(Some(OWN_REPORT))),
            ("$ bundlescope diagnose a.zip\n", Content::Text(Encoding::Utf8)),
            ("Dear colleague,\n\n", Content::Text(Encoding::Utf8)),
        ] {
            assert_eq!(sniff(table(begin).as_bytes()), Kind::Leaf(expected), "{begin}");
        }
        for other in [&pkcs8[..], request] {
            assert_ne!(sniff(other), Kind::Leaf(Content::Der));
        }
    }
}
