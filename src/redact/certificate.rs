//! Certificates. One that names only public makers and hosts stays byte for byte: it is evidence. In one that names the customer the names
//! are replaced in place, by others of the same length, and with them goes all that would find the original in a
//! public log: serial number, keys and their identifiers, signature. Structure, dates, extensions and sizes stay.

use std::ops::Range;

use super::Redactor;
use super::names::Kind;

/// Nesting that is followed.
const DEPTH: usize = 12;

/// One element of DER.
#[derive(Clone, Debug)]
struct Element {
    tag: u8,
    content: Range<usize>,
    end: usize,
}

fn element(bytes: &[u8], at: usize, limit: usize) -> Option<Element> {
    let tag = *bytes.get(at)?;
    let first = usize::from(*bytes.get(at + 1)?);
    let (length, start) = if first < 0x80 {
        (first, at + 2)
    } else {
        let count = first & 0x7f;
        if !(1..=4).contains(&count) {
            return None;
        }
        let digits = bytes.get(at + 2..at + 2 + count)?;
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), at + 2 + count)
    };
    let end = start.checked_add(length).filter(|end| *end <= limit.min(bytes.len()))?;
    Some(Element { tag, content: start..end, end })
}

fn elements(bytes: &[u8], inside: &Range<usize>) -> Vec<Element> {
    let mut found = Vec::new();
    let mut at = inside.start;
    while at < inside.end {
        let Some(next) = element(bytes, at, inside.end) else { break };
        at = next.end;
        found.push(next);
    }
    found
}

const COUNTRY: &[u8] = &[0x55, 4, 6];
const LOCALITY: [&[u8]; 5] = [&[0x55, 4, 7], &[0x55, 4, 8], &[0x55, 4, 9], &[0x55, 4, 17], &[0x55, 4, 16]];
const SERIAL: &[u8] = &[0x55, 4, 5];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
const KEY_IDENTIFIERS: [&[u8]; 2] = [&[0x55, 0x1d, 0x0e], &[0x55, 0x1d, 0x23]];

/// Rewrites the certificates that begin `der`, one behind the other or in a PKCS #7 bundle, in place. True where one was changed.
pub(super) fn rewrite(redactor: &mut Redactor, der: &mut [u8]) -> bool {
    let mut changed = false;
    for found in certificates(der) {
        changed |= one(redactor, der, &found).unwrap_or(false);
    }
    changed
}

/// Where certificates lie: a sequence of a sequence that begins with a version, or with a serial number and a sequence.
fn certificates(der: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut waiting = vec![(0..der.len(), 0_usize)];
    while let Some((inside, depth)) = waiting.pop() {
        for outer in elements(der, &inside) {
            let parts = elements(der, &outer.content);
            let is_one = outer.tag == 0x30 && parts.len() == 3 && parts.first().is_some_and(|first| first.tag == 0x30) && {
                let inner = parts.first().map(|first| elements(der, &first.content)).unwrap_or_default();
                inner.len() >= 6 && inner.first().is_some_and(|first| matches!(first.tag, 0xa0 | 2))
            };
            if is_one {
                found.push(outer.content.start..outer.end);
            } else if outer.tag & 0x20 != 0 && depth < DEPTH {
                waiting.push((outer.content, depth + 1));
            }
        }
    }
    found
}

fn one(redactor: &mut Redactor, der: &mut [u8], certificate: &Range<usize>) -> Option<bool> {
    let parts = elements(der, certificate);
    let (body, signature) = (parts.first()?, parts.get(2)?);
    let fields = elements(der, &body.content);
    let skip = usize::from(fields.first()?.tag == 0xa0);
    let (serial, issuer, subject, key) = (fields.get(skip)?, fields.get(skip + 2)?, fields.get(skip + 4)?, fields.get(skip + 5)?);
    let extensions: Vec<(Vec<u8>, Range<usize>)> = fields
        .iter()
        .filter(|field| field.tag == 0xa3)
        .flat_map(|field| elements(der, &field.content))
        .flat_map(|list| elements(der, &list.content))
        .filter_map(|extension| {
            let parts = elements(der, &extension.content);
            let id = parts.first().and_then(|id| der.get(id.content.clone()))?.to_vec();
            Some((id, parts.last()?.content.clone()))
        })
        .collect();
    let mut changed = false;
    for name in [issuer, subject] {
        changed |= distinguished(redactor, der, &name.content);
    }
    for (id, value) in &extensions {
        changed |= general_names(redactor, der, value, id == ALTERNATIVE_NAMES, 0);
    }
    if !changed {
        return Some(false);
    }
    redactor.statistics.certificates += 1;
    // The first byte of a number says its sign, that of a bit string how many bits are unused, and of a key its form.
    scramble(redactor, der, serial.content.start + 1..serial.content.end);
    scramble(redactor, der, signature.content.start + 1..signature.content.end);
    if let Some(bits) = elements(der, &key.content).get(1) {
        let inner = bits.content.start + 1..bits.content.end;
        match element(der, inner.start, inner.end).filter(|sequence| sequence.tag == 0x30) {
            Some(sequence) => {
                if let Some(modulus) = elements(der, &sequence.content).first() {
                    // The first byte is a zero, the second has the highest bit; the last is odd.
                    scramble(redactor, der, modulus.content.start + 2..modulus.content.end.saturating_sub(1));
                }
            }
            None => scramble(redactor, der, inner.start + 1..inner.end),
        }
    }
    for (id, value) in extensions.iter().filter(|(id, _)| KEY_IDENTIFIERS.contains(&id.as_slice())) {
        let outer = elements(der, value);
        let inner = if id == KEY_IDENTIFIERS.first().copied()? {
            outer
        } else {
            outer.iter().flat_map(|list| elements(der, &list.content)).collect()
        };
        for part in inner.into_iter().filter(|part| part.tag != 0xa1) {
            scramble(redactor, der, part.content);
        }
    }
    Some(true)
}

/// Replaces bytes by others that follow from them and the key.
fn scramble(redactor: &Redactor, bytes: &mut [u8], range: Range<usize>) {
    let Some(part) = bytes.get_mut(range) else { return };
    let original = part.to_vec();
    for (at, chunk) in part.chunks_mut(8).enumerate() {
        let number = redactor.key.number("certificate", &[&at.to_le_bytes()[..], &original].concat());
        for (byte, new) in chunk.iter_mut().zip(number.to_le_bytes()) {
            *byte = new;
        }
    }
}

/// Replaces what a distinguished name holds. Places only where something else in it was replaced.
fn distinguished(redactor: &mut Redactor, der: &mut [u8], name: &Range<usize>) -> bool {
    let mut places = Vec::new();
    let mut changed = false;
    for set in elements(der, name) {
        for pair in elements(der, &set.content) {
            let parts = elements(der, &pair.content);
            let (Some(id), Some(value)) = (parts.first(), parts.get(1)) else { continue };
            let id = der.get(id.content.clone()).unwrap_or_default();
            if id == COUNTRY {
                continue;
            }
            if LOCALITY.contains(&id) {
                places.push(value.clone());
                continue;
            }
            let what = if id == SERIAL { What::Serial } else { What::Title };
            changed |= string(redactor, der, value, what);
        }
    }
    if changed {
        for place in places {
            string(redactor, der, &place, What::Title);
        }
    }
    changed
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Title,
    Serial,
    Plain,
}

fn string(redactor: &mut Redactor, der: &mut [u8], value: &Element, what: What) -> bool {
    let Some(bytes) = der.get(value.content.clone()) else { return false };
    let wide = value.tag == 0x1e;
    let text: String = if wide {
        bytes
            .chunks_exact(2)
            .map(|pair| {
                char::from_u32(u32::from(pair.first().copied().unwrap_or(0)) << 8 | u32::from(pair.last().copied().unwrap_or(0)))
                    .unwrap_or('?')
            })
            .collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    };
    let replaced = redactor.at_length(|redactor| match what {
        What::Title => redactor.titled(&text),
        What::Serial if redactor.classes.ids && text.len() > 4 => redactor.name(Kind::Id, &text),
        What::Serial => text.clone(),
        What::Plain => redactor.line(&text).into_owned(),
    });
    if replaced == text {
        return false;
    }
    let replaced = redactor.fitted(&text, replaced);
    let new: Vec<u8> = if wide { replaced.encode_utf16().flat_map(u16::to_be_bytes).collect() } else { replaced.into_bytes() };
    match der.get_mut(value.content.clone()) {
        Some(place) if place.len() == new.len() => place.copy_from_slice(&new),
        Some(place) => place.fill(b'x'),
        None => {}
    }
    true
}

impl Redactor {
    /// A replacement of the length that it must have where nothing can move: if it has another, the digits and letters are replaced one by one.
    pub(super) fn fitted(&mut self, original: &str, replaced: String) -> String {
        if replaced.len() == original.len() { replaced } else { self.names.replacement(Kind::Id, original) }
    }
}

/// Names in extensions: alternative names, places of revocation lists and of issuers.
fn general_names(redactor: &mut Redactor, der: &mut [u8], inside: &Range<usize>, alternative: bool, depth: usize) -> bool {
    let mut changed = false;
    for part in elements(der, inside) {
        match part.tag {
            0x81 | 0x86 => changed |= string(redactor, der, &part, What::Plain),
            0x82 if alternative => {
                let text = der.get(part.content.clone()).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
                let replaced = redactor.at_length(|redactor| redactor.host(&text));
                if replaced != text && replaced.len() == part.content.len() {
                    if let Some(place) = der.get_mut(part.content.clone()) {
                        place.copy_from_slice(replaced.as_bytes());
                    }
                    changed = true;
                }
            }
            0x87 if alternative => {
                if let Some(bytes) = der.get_mut(part.content.clone()) {
                    changed |= redactor.address_bytes(bytes);
                }
            }
            0xa4 => {
                for name in elements(der, &part.content) {
                    changed |= distinguished(redactor, der, &name.content);
                }
            }
            tag if tag & 0x20 != 0 && depth < DEPTH => changed |= general_names(redactor, der, &part.content, alternative, depth + 1),
            _ => {}
        }
    }
    changed
}

/// A PEM block of a certificate: its lines with the certificate rewritten; `None` where it stays or is none.
pub(super) fn pem(redactor: &mut Redactor, lines: &[String]) -> Option<Vec<String>> {
    let body = |line: &String| !line.contains("-----");
    let base64: String = lines.iter().filter(|line| body(line)).map(|line| line.trim()).collect();
    let mut der = decode(&base64)?;
    rewrite(redactor, &mut der);
    let encoded = encode(&der);
    if encoded.len() != base64.len() {
        return None;
    }
    let mut rest = encoded.as_str();
    let rewritten = lines.iter().map(|line| {
        if !body(line) {
            return line.clone();
        }
        let trimmed = line.trim();
        let (head, tail) = rest.split_at(trimmed.len().min(rest.len()));
        rest = tail;
        if trimmed.is_empty() { line.clone() } else { line.replace(trimmed, head) }
    });
    Some(rewritten.collect())
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn decode(base64: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(base64.len() / 4 * 3), 0_u32, 0);
    for byte in base64.trim_end_matches('=').bytes() {
        let value = DIGITS.iter().position(|digit| *digit == byte)?;
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        for (to, from) in group.iter_mut().zip(chunk) {
            *to = *from;
        }
        let [a, b, c] = group;
        let bits = u32::from_be_bytes([0, a, b, c]);
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = DIGITS.get((bits >> shift & 63) as usize).copied().unwrap_or(b'A');
            text.push(if at > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

/// The names of issuers that a server accepts (RFC 5246, 7.4.4; TLS 1.3 hides them): kinds and algorithms before, then each behind its length.
pub(super) fn rewrite_names(redactor: &mut Redactor, message: &mut [u8]) -> Option<()> {
    let number = |message: &[u8], at: usize| Some(usize::from(*message.get(at)?) << 8 | usize::from(*message.get(at + 1)?));
    let mut at = 1 + usize::from(*message.first()?);
    at += 2 + number(message, at)?;
    let end = (at + 2 + number(message, at)?).min(message.len());
    at += 2;
    while at < end {
        let length = number(message, at)?;
        let name = element(message, at + 2, (at + 2 + length).min(end))?;
        distinguished(redactor, message, &name.content);
        at += 2 + length;
    }
    Some(())
}
