//! Makes of a captured line what the screen showed.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;

/// Pager lines, as IOS and ASA write them.
const PAGERS: [&[u8]; 2] = [b"--More--", b"<--- More --->"];

/// Removes what a console leaves in a line: NUL, bell and form feed bytes, ANSI/VT escape sequences and pager lines;
/// carries out backspaces. A carriage return does not wipe out what stood before it: both texts are kept with a blank
/// between them, unless the second repeats the first. Marks of a quoting mail go. Bytes that are not UTF-8 stay as they are.
/// The line is given without its newline.
pub fn clean(line: &[u8]) -> Cow<'_, [u8]> {
    let line = unquoted(line.strip_suffix(b"\r").unwrap_or(line));
    let special = |byte: &u8| matches!(byte, 0 | 0x07 | 0x08 | 0x0c | b'\r' | 0x1b | 0x7f);
    // Without a branch first, which takes many bytes at a time.
    let control = line.iter().fold(false, |any, byte| any | (*byte < b' ' && *byte != b'\t') | (*byte == 0x7f));
    if !(has_pager(line) || control && line.iter().any(special)) {
        return Cow::Borrowed(line);
    }
    let mut whole: Vec<u8> = Vec::with_capacity(line.len());
    for part in line.split(|byte| *byte == b'\r') {
        let shown = without_pager(screen(part));
        if shown.trim_ascii().is_empty() {
            continue;
        }
        if shown.trim_ascii_start().starts_with(whole.trim_ascii()) {
            whole.clear();
        } else {
            whole.truncate(whole.trim_ascii_end().len());
            whole.push(b' ');
        }
        whole.extend_from_slice(&shown);
    }
    Cow::Owned(whole)
}

/// A [clean](clean) line as text; what is not UTF-8 becomes U+FFFD.
pub fn text(line: &[u8]) -> Cow<'_, str> {
    // Asked first because it is several times faster, and nearly every line is.
    std::str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed)
}

/// The line without the marks that mail programs put before what they quote.
fn unquoted(mut line: &[u8]) -> &[u8] {
    while let Some(rest) = line.strip_prefix(b">") {
        line = rest.strip_prefix(b" ").unwrap_or(rest);
    }
    line
}

/// What stands on the screen after `part`: a row of characters and a place in it.
fn screen(part: &[u8]) -> Vec<u8> {
    let mut row: Vec<&[u8]> = Vec::new();
    let mut place = 0_usize;
    let mut rest = part;
    while let Some(&byte) = rest.first() {
        let mut length = 1;
        match byte {
            0x08 => place = place.saturating_sub(1),
            0 | 0x07 | 0x0c | 0x7f => {}
            0x1b => {
                length = escape_length(rest);
                if rest.get(..length) == Some(b"\x1b[K") {
                    row.truncate(place);
                }
            }
            _ => {
                length = character_length(rest);
                let character = rest.get(..length).unwrap_or(rest);
                match row.get_mut(place) {
                    Some(cell) => *cell = character,
                    None => row.push(character),
                }
                place += 1;
            }
        }
        rest = rest.get(length..).unwrap_or(&[]);
    }
    row.concat()
}

/// Bytes of the character at the start; 1 where it is not UTF-8.
fn character_length(text: &[u8]) -> usize {
    let length = match text.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => return 1,
    };
    let whole = text.get(1..length).is_some_and(|more| more.iter().all(|byte| (0x80..=0xbf).contains(byte)));
    if whole { length } else { 1 }
}

/// Bytes of the escape sequence at the start (ECMA-48): control sequences to their final byte, operating system
/// commands to their terminator, others of two or three bytes. A cut one takes what is there.
fn escape_length(text: &[u8]) -> usize {
    /// No sequence seen is longer; an unterminated one must not take the line.
    const LONGEST: usize = 64;
    let count = |accept: fn(&u8) -> bool| text.iter().skip(2).take(LONGEST).take_while(|byte| accept(byte)).count();
    let length = match text.get(1) {
        Some(b'[') => 2 + count(|byte| (0x20..=0x3f).contains(byte)) + 1,
        Some(b']') => {
            let inner = count(|byte| !matches!(byte, 0x07 | 0x1b));
            let end = text.get(2 + inner);
            2 + inner + if end == Some(&0x1b) { 2 } else { 1 }
        }
        Some(b'(' | b')' | b'#' | b'%' | b'*' | b'+') => 3,
        Some(_) => 2,
        None => 1,
    };
    length.min(text.len())
}

fn has_pager(line: &[u8]) -> bool {
    static MORE: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("More"));
    MORE.find(line).is_some() && PAGERS.iter().any(|pager| memmem::find(line, pager).is_some())
}

/// Without pager lines and the blanks that wiped them out.
fn without_pager(text: Vec<u8>) -> Vec<u8> {
    if !has_pager(&text) {
        return text;
    }
    let mut kept: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some((at, length)) = next_pager(rest) {
        kept.extend_from_slice(rest.get(..at).unwrap_or(&[]).trim_ascii_end());
        rest = rest.get(at + length..).unwrap_or(&[]).trim_ascii_start();
        if !kept.is_empty() && !rest.is_empty() && kept.last() != Some(&b' ') {
            kept.push(b' ');
        }
    }
    kept.extend_from_slice(rest);
    kept.truncate(kept.trim_ascii_end().len());
    kept
}

/// The nearest pager line, with its length.
fn next_pager(text: &[u8]) -> Option<(usize, usize)> {
    let mut search = text;
    while let Some(more) = memmem::find(search, b"More") {
        let here = text.len() - search.len() + more;
        let found = PAGERS.iter().find_map(|pager| {
            let start = here.checked_sub(memmem::find(pager, b"More")?)?;
            text.get(start..)?.starts_with(pager).then_some((start, pager.len()))
        });
        if found.is_some() {
            return found;
        }
        search = search.get(more + 1..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let table: &[(&[u8], &[u8])] = &[
            (b"plain text", b"plain text"),
            (b"plain text\r", b"plain text"),
            (b"shwo\x08\x08ow version", b"show version"),
            (b"abc\x08 \x08d", b"abd"),
            (b"\x08\x08x", b"x"),
            (
                b" --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08        \x08\x08\x08\x08\x08\x08\x08\x08\x08  Status: IN USE",
                b"  Status: IN USE",
            ),
            (b" --More--         interface Vlan1", b"interface Vlan1"),
            (b"<--- More --->\r              \rinterface Vlan1", b"interface Vlan1"),
            (b"end --More--", b"end"),
            (b"--More-- --More--", b""),
            (b"\x1b[0m\x1b[32mSep 19 \x1b[0m\x1b[1m\x1b[33m09:24:04\x1b[0m", b"Sep 19 09:24:04"),
            (b"SW1#\x1b[Kshow", b"SW1#show"),
            (b"\x1b]0;title\x07text", b"text"),
            (b"\x1b]0;title\x1b\\text", b"text"),
            (b"\x1b(Btext\x1b=", b"text"),
            (b"cut\x1b[", b"cut"),
            (b"old text\x08\x08\x08\x08\x1b[Know", b"old now"),
            (b"a\0b\0c", b"abc"),
            (b"\x0cpage", b"page"),
            (b"first\rsecond", b"first second"),
            (b"switch# \rswitch# show version", b"switch# show version"),
            (b"\r\rSW1#", b"SW1#"),
            ("日本\x08x".as_bytes(), "日x".as_bytes()),
            (b"\xff\xe3\x08z", b"\xffz"),
        ];
        for (line, expected) in table {
            assert_eq!(clean(line).as_ref(), *expected, "{}", line.escape_ascii());
        }
        assert!(matches!(clean(b"More or less"), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #[test]
        fn never_panics_nor_grows(line in proptest::collection::vec(proptest::prop_oneof![
            proptest::prelude::any::<u8>(), proptest::sample::select(b"\x08\x1b[]K\r\0 -More".to_vec())
        ], 0..200)) {
            proptest::prop_assert!(clean(&line).len() <= line.len());
        }
    }
}
