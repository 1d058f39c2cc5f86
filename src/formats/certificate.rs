//! X.509 certificates: what a diagnosis asks of them, from DER, from PKCS #7 bundles (RFC 2315, the `.p7b` of trust pools), and
//! from PEM blocks of both inside any text.
//!
//! Names are written as `openssl x509 -nameopt RFC2253` orders and escapes them, the most specific part first, with
//! openssl's attribute names; UTF-8 is kept.

use std::net::{Ipv4Addr, Ipv6Addr};

use chrono::DateTime;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Any, FromBer, Tag};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Name;

use super::time::Stamp;
use crate::intake::base64;
use crate::intake::escape::{is_unsafe, visible};

/// Bytes of one certificate, at most.
pub const DER_BYTES: usize = 64 << 10;

/// Bytes of one file or PEM block with certificates, at most.
pub const FILE_BYTES: usize = 4 << 20;

/// First lines of PEM blocks that hold certificates.
pub const PEM: [&str; 5] = [
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN X509 CERTIFICATE-----",
    "-----BEGIN TRUSTED CERTIFICATE-----",
    "-----BEGIN PKCS7-----",
    "-----BEGIN CMS-----",
];

/// 1.2.840.113549.1.7.2, `signedData`: what a PKCS #7 bundle is.
pub const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// Characters of one name that are kept.
const NAME: usize = 1_000;

/// Alternative names, and purposes, of one certificate that are kept.
pub const NAMES: usize = 64;

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Subject, most specific part first: `CN=x,O=y,C=z`.
    pub subject: String,
    /// Issuer, in the same order.
    pub issuer: String,
    /// The subject's last CN, or empty.
    pub common_name: String,
    /// The issuer's last CN, or empty.
    pub issuer_common_name: String,
    /// Serial number in upper-case hexadecimal, two digits a byte.
    pub serial: String,
    /// Begin of validity, UTC.
    pub not_before: Stamp,
    /// End of validity, UTC.
    pub not_after: Stamp,
    /// Whether basic constraints say CA.
    pub is_ca: bool,
    /// Whether subject and issuer are the same name. The signature is not checked.
    pub self_signed: bool,
    /// Names and addresses of the subject alternative name, in order, the first [`NAMES`].
    pub names: Vec<String>,
    /// What the key may be used for, by RFC 5280's words: key usage, then extended key usage (`digitalSignature`,
    /// `keyCertSign`, `serverAuth`, `clientAuth`, …; other purposes by their number).
    pub key_usage: Vec<String>,
    /// SHA-256 of the DER bytes in upper-case hexadecimal.
    pub sha256: String,
    /// SHA-1 of the DER bytes, as field notices name certificates.
    pub sha1: String,
}

impl Certificate {
    /// A time of its validity as IOS prints it: `18:12:23 UTC Jan 16 2034`.
    pub fn time_text(stamp: &Stamp) -> String {
        let time = stamp.unix_seconds().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        time.map(|time| time.format("%H:%M:%S UTC %b %-d %Y").to_string()).unwrap_or_default()
    }

    /// The end of validity as openssl prints it: `Mar  3 00:31:05 2016 GMT`.
    pub fn not_after_text(&self) -> String {
        let time = self.not_after.unix_seconds().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        time.map(|time| time.format("%b %e %H:%M:%S %Y GMT").to_string()).unwrap_or_default()
    }
}

/// Reads one certificate; bytes after it are ignored.
///
/// # Errors
///
/// One sentence where the bytes are no certificate, or one above [`DER_BYTES`].
pub fn from_der(der: &[u8]) -> Result<Certificate, String> {
    if der.len() > DER_BYTES {
        return Err(format!("certificate of {} bytes is larger than {DER_BYTES}", der.len()));
    }
    let (rest, parsed) = X509Certificate::from_der(der).map_err(|error| format!("not a DER certificate: {error}"))?;
    let der = der.get(..der.len() - rest.len()).unwrap_or(der);
    let stamp = |seconds| Stamp::from_unix(seconds, 0).ok_or_else(|| "a date of the certificate is out of range".to_owned());
    Ok(Certificate {
        subject: name(parsed.subject()),
        issuer: name(parsed.issuer()),
        common_name: common_name(parsed.subject()),
        issuer_common_name: common_name(parsed.issuer()),
        serial: hexadecimal(parsed.raw_serial()),
        not_before: stamp(parsed.validity().not_before.timestamp())?,
        not_after: stamp(parsed.validity().not_after.timestamp())?,
        is_ca: parsed.is_ca(),
        self_signed: parsed.subject().as_raw() == parsed.issuer().as_raw(),
        names: alternative_names(&parsed),
        key_usage: key_usage(&parsed),
        sha256: hexadecimal(&Sha256::digest(der)),
        sha1: hexadecimal(&Sha1::digest(der)),
    })
}

/// Reads every certificate of a file: one certificate, or a PKCS #7 bundle of them; bytes after it are ignored.
///
/// # Errors
///
/// One sentence where the bytes are neither. A certificate of a bundle that cannot be read is an error in the result.
pub fn all_from_der(der: &[u8], deepest: usize) -> Result<Vec<Result<Certificate, String>>, String> {
    if is_deeper(der, deepest) {
        return Err(format!("damaged: values inside each other beyond the limit `der_depth` of {deepest}"));
    }
    match bundled(der) {
        Some(mut certificates) => {
            let mut found = Vec::new();
            while !certificates.is_empty() {
                let Ok((rest, _)) = Any::from_ber(certificates) else {
                    found.push(Err("the PKCS #7 bundle is cut".to_owned()));
                    break;
                };
                found.push(from_der(certificates.get(..certificates.len() - rest.len()).unwrap_or_default()));
                certificates = rest;
            }
            Ok(found)
        }
        None => from_der(der).map(|certificate| vec![Ok(certificate)]),
    }
}

/// The certificates of a PKCS #7 bundle, one after the other.
fn bundled(der: &[u8]) -> Option<&[u8]> {
    let inside = |bytes, tag: Option<Tag>| {
        let (rest, any) = Any::from_ber(bytes).ok()?;
        (tag.is_none_or(|tag| any.tag() == tag)).then_some((rest, any.data))
    };
    let (_, outer) = inside(der, Some(Tag::Sequence))?;
    let (rest, kind) = inside(outer, Some(Tag::Oid))?;
    if kind != SIGNED_DATA {
        return None;
    }
    let (_, explicit) = inside(rest, None)?;
    let (_, signed) = inside(explicit, Some(Tag::Sequence))?;
    let (rest, _version) = inside(signed, Some(Tag::Integer))?;
    let (rest, _digests) = inside(rest, Some(Tag::Set))?;
    let (rest, _content) = inside(rest, Some(Tag::Sequence))?;
    // [0] IMPLICIT; without it the bundle holds none.
    if rest.first() != Some(&0xa0) {
        return Some(&[]);
    }
    Some(inside(rest, None)?.1)
}

fn common_name(name: &X509Name<'_>) -> String {
    name.iter_common_name().last().map(|attribute| visible(characters(attribute.attr_value()).as_bytes())).unwrap_or_default()
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = extension.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) | GeneralName::RFC822Name(name) | GeneralName::URI(name) => Some(visible(name.as_bytes())),
        GeneralName::IPAddress([a, b, c, d]) => Some(Ipv4Addr::new(*a, *b, *c, *d).to_string()),
        GeneralName::IPAddress(octets) => <[u8; 16]>::try_from(*octets).ok().map(|octets| Ipv6Addr::from(octets).to_string()),
        _ => None,
    });
    names.map(|name| name.chars().take(NAME).collect()).take(NAMES).collect()
}

fn key_usage(certificate: &X509Certificate<'_>) -> Vec<String> {
    let mut uses = Vec::new();
    if let Ok(Some(extension)) = certificate.key_usage() {
        let usage = extension.value;
        let words = [
            (usage.digital_signature(), "digitalSignature"),
            (usage.non_repudiation(), "nonRepudiation"),
            (usage.key_encipherment(), "keyEncipherment"),
            (usage.data_encipherment(), "dataEncipherment"),
            (usage.key_agreement(), "keyAgreement"),
            (usage.key_cert_sign(), "keyCertSign"),
            (usage.crl_sign(), "cRLSign"),
        ];
        uses.extend(words.into_iter().filter(|(set, _)| *set).map(|(_, word)| word.to_owned()));
    }
    if let Ok(Some(extension)) = certificate.extended_key_usage() {
        let usage = extension.value;
        let words = [
            (usage.any, "anyExtendedKeyUsage"),
            (usage.server_auth, "serverAuth"),
            (usage.client_auth, "clientAuth"),
            (usage.code_signing, "codeSigning"),
            (usage.email_protection, "emailProtection"),
            (usage.time_stamping, "timeStamping"),
            (usage.ocsp_signing, "OCSPSigning"),
        ];
        uses.extend(words.into_iter().filter(|(set, _)| *set).map(|(_, word)| word.to_owned()));
        uses.extend(usage.other.iter().take(NAMES).map(ToString::to_string));
    }
    uses
}

/// Reads every PEM certificate of a text, with the line (from 1) of its `BEGIN`; those of one
/// PKCS #7 block have the same line. Lines may be indented or end in CR LF. A block without `END` is an error in the result.
pub fn from_pem_text(text: &[u8], deepest: usize) -> Vec<(usize, Result<Certificate, String>)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, Vec<u8>)> = None;
    let unfinished = || Err("the PEM block has no END line".to_owned());
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        match &mut open {
            _ if PEM.iter().any(|label| line.eq_ignore_ascii_case(label.as_bytes())) => {
                if let Some((begin, _)) = open.replace((index + 1, Vec::new())) {
                    found.push((begin, unfinished()));
                }
            }
            Some((begin, base64)) if line.starts_with(b"-----END ") => {
                match decode(base64).and_then(|der| all_from_der(&der, deepest)) {
                    Ok(certificates) => found.extend(certificates.into_iter().map(|certificate| (*begin, certificate))),
                    Err(error) => found.push((*begin, Err(error))),
                }
                open = None;
            }
            // Enough to see that it is too large.
            Some((_, base64)) if base64.len() <= FILE_BYTES * 2 => base64.extend_from_slice(line),
            _ => {}
        }
    }
    if let Some((begin, _)) = open {
        found.push((begin, unfinished()));
    }
    found
}

/// Whether values stand inside each other to more than so many levels, before anything follows them down. What is no DER is left to
/// who reads it.
fn is_deeper(der: &[u8], most: usize) -> bool {
    let mut ends: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(tag) = der.get(at).copied() {
        while ends.last().is_some_and(|end| at >= *end) {
            ends.pop();
        }
        at += 1;
        if tag & 0x1f == 0x1f {
            at += der.get(at..).unwrap_or_default().iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
        }
        let Some(first) = der.get(at).copied() else { return false };
        at += 1;
        let length = match first {
            0x80 => der.len() - at,
            0x81..=0x84 => {
                let Some(bytes) = der.get(at..at + usize::from(first & 0x7f)) else { return false };
                at += bytes.len();
                bytes.iter().fold(0, |length: usize, byte| length << 8 | usize::from(*byte))
            }
            0x85.. => return false,
            short => usize::from(short),
        };
        let end = at.saturating_add(length).min(der.len());
        if (tag, first) == (0, 0) {
            // The end of a value without a length.
            ends.pop();
        } else if tag & 0x20 == 0 {
            at = end;
        } else {
            ends.push(end);
            if ends.len() > most {
                return true;
            }
        }
    }
    false
}

/// Base64 of RFC 4648, blanks inside ignored.
fn decode(base64: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(base64.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for byte in base64 {
        let value = match (base64::sextet(*byte), byte) {
            (Some(value), _) => value,
            (None, b' ' | b'\t' | b'=') => continue,
            (None, _) => return Err(format!("the PEM block holds \"{}\", which is no base64", visible(&[*byte]))),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Ok(bytes)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn name(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter_rdn()
        .map(|part| {
            let values: Vec<String> = part
                .iter()
                .map(|attribute| {
                    let oid = attribute.attr_type().to_id_string();
                    format!("{}={}", short_name(&oid).unwrap_or(&oid), escaped(&characters(attribute.attr_value())))
                })
                .collect();
            // openssl turns these round as well.
            values.into_iter().rev().collect::<Vec<_>>().join("+")
        })
        .collect();
    parts.reverse();
    let mut name = parts.join(",");
    if let Some((end, _)) = name.char_indices().nth(NAME) {
        name.truncate(end);
        name.push('…');
    }
    name
}

/// openssl's names of the attributes met in subjects.
fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.13" => "description",
        "2.5.4.15" => "businessCategory",
        "2.5.4.16" => "postalAddress",
        "2.5.4.17" => "postalCode",
        "2.5.4.41" => "name",
        "2.5.4.42" => "GN",
        "2.5.4.43" => "initials",
        "2.5.4.46" => "dnQualifier",
        "2.5.4.65" => "pseudonym",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.2.840.113549.1.9.2" => "unstructuredName",
        "1.2.840.113549.1.9.8" => "unstructuredAddress",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ => return None,
    })
}

/// The characters of any ASN.1 string type, as openssl takes them: one a byte where the type says nothing better.
fn characters(value: &Any<'_>) -> String {
    match value.tag() {
        Tag::BmpString => {
            let units = value.data.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::UniversalString => {
            let points = value.data.chunks_exact(4).map(|four| four.iter().fold(0, |point, byte| point << 8 | u32::from(*byte)));
            points.map(|point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::Utf8String => String::from_utf8_lossy(value.data).into_owned(),
        _ => value.data.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Escapes of RFC 4514, by bytes for what could act on a terminal. `|` is added as `\7C`, because lists of names are
/// joined with it.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (index, c) in value.chars().enumerate() {
        match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => out.extend(['\\', c]),
            '#' if index == 0 => out.push_str("\\#"),
            ' ' if index == 0 || index == last => out.push_str("\\ "),
            c if c == '|' || is_unsafe(c) => {
                c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| out.push_str(&format!("\\{byte:02X}")));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -utf8 -set_serial
    // 0x0509 -subj '/C=BM/O=Quo, Inc.|x/OU=#1/CN=Wurzel ä'`; the expected values are what openssl prints.
    const ROOT: &str = "\
-----BEGIN CERTIFICATE-----
MIIByjCCAXGgAwIBAgICBQkwCgYIKoZIzj0EAwIwRDELMAkGA1UEBhMCQk0xFDAS
BgNVBAoMC1F1bywgSW5jLnx4MQswCQYDVQQLDAIjMTESMBAGA1UEAwwJV3VyemVs
IMOkMB4XDTI2MTEyMjAzNTIwMFoXDTM2MTExOTAzNTIwMFowRDELMAkGA1UEBhMC
Qk0xFDASBgNVBAoMC1F1bywgSW5jLnx4MQswCQYDVQQLDAIjMTESMBAGA1UEAwwJ
V3VyemVsIMOkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmTXRHYfVTtrV+y3u
rh4ZRP6Rln1FrdlTMXq02dwT+nljMr1YnKtekPhWw6l9XeGvGayCSo6aoWGvVzwM
1ZHK5aNTMFEwHQYDVR0OBBYEFGpmOC/RKuPKphij5f5woscdYV0SMB8GA1UdIwQY
MBaAFGpmOC/RKuPKphij5f5woscdYV0SMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
zj0EAwIDRwAwRAIgTsnKFiSiff37zUArww+RwmKYLBYLQlmSwTVvifntjPUCIFFO
mLEHUUL/a8FFtlkJNbz+jiRitoEBbsIsm0i5dW5G
-----END CERTIFICATE-----
";

    #[test]
    fn a_certificate_reads_as_openssl_prints_it() {
        let text = format!("some log line\r\n  show crypto\n{}", ROOT.replace('\n', "\r\n"));
        let found = from_pem_text(text.as_bytes(), 50);
        let [(3, Ok(certificate))] = &found[..] else { panic!("{found:?}") };
        assert_eq!(certificate.subject, "CN=Wurzel ä,OU=\\#1,O=Quo\\, Inc.\\7Cx,C=BM");
        assert_eq!(certificate.issuer, certificate.subject);
        assert_eq!(certificate.common_name, "Wurzel ä");
        assert_eq!(certificate.serial, "0509");
        assert!(certificate.self_signed && certificate.is_ca);
        assert_eq!(certificate.sha256, SHA256);
        assert_eq!(certificate.not_after_text(), NOT_AFTER);
    }

    const SHA256: &str = "F4592A206DF833EB9C13689218AD75867954B0716C3411773B789420DAA6640D";
    const NOT_AFTER: &str = "Nov 19 03:52:00 2036 GMT";

    /// Made with `openssl req -x509 -addext subjectAltName=… -addext keyUsage=… -addext extendedKeyUsage=…`.
    const SERVER: &str = "\
-----BEGIN CERTIFICATE-----
MIICPDCCAeKgAwIBAgIUKbBEpQZE7EiPnQBiOUEXLMIPlZUwCgYIKoZIzj0EAwIw
QTELMAkGA1UEBhMCVVMxFTATBgNVBAoMDEV4YW1wbGUgQ29ycDEbMBkGA1UEAwwS
b25wcmVtLmV4YW1wbGUuY29tMB4XDTI2MTEyMjA2NTM0M1oXDTM2MTExOTA2NTM0
M1owQTELMAkGA1UEBhMCVVMxFTATBgNVBAoMDEV4YW1wbGUgQ29ycDEbMBkGA1UE
AwwSb25wcmVtLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
TMsqY+nitvrqvXdyn6iNgEyh8v/WDnuJTZHL1oZ14mgVfbHRbgXApkhzmtledbP4
qGFU0769j7nbKNYF+oKhLKOBtzCBtDAdBgNVHQ4EFgQU+FHCig1MNGy9/SknNw3E
zGjWxR0wHwYDVR0jBBgwFoAU+FHCig1MNGy9/SknNw3EzGjWxR0wDwYDVR0TAQH/
BAUwAwEB/zA1BgNVHREELjAsghJvbnByZW0uZXhhbXBsZS5jb22HBMAAAgeHECAB
DbgAAAAAAAAAAAAAAAcwCwYDVR0PBAQDAgKEMB0GA1UdJQQWMBQGCCsGAQUFBwMB
BggrBgEFBQcDAjAKBggqhkjOPQQDAgNIADBFAiAYpELjAjNhaFiDVODp6GhaE7CR
UAl3Y+yCWvlQkZKJbQIhALMkNInwWNybBIJQ2N4Wh9e2Xp0qeAhaoYLAkxJt6G+q
-----END CERTIFICATE-----
";

    #[test]
    fn names_and_uses_read_as_openssl_wrote_them() {
        let found = from_pem_text(SERVER.as_bytes(), 50);
        let [(1, Ok(certificate))] = &found[..] else { panic!("{found:?}") };
        assert_eq!(certificate.names, ["onprem.example.com", "192.0.2.7", "2001:db8::7"]);
        assert_eq!(certificate.key_usage, ["digitalSignature", "keyCertSign", "serverAuth", "clientAuth"]);
        // openssl x509 -fingerprint -sha1, without colons
        assert_eq!(certificate.sha1, "098B76F0EBBA2CCC7CA0889BA25154B32F9E4B93");
    }

    /// A subject of every string type, two values in one part, a number without a name and a direction override.
    const ODD: &str = "\
-----BEGIN CERTIFICATE-----
MIICKTCCAdCgAwIBAgICBQkwCgYIKoZIzj0EAwIwgZ0xCzAJBgNVBAYTAkRFMS4w
FQYDVQQKFA5N/GxsZXIgJiBT9mhuZTAVBgNVBAseDgBHAHIA9gDfAGUAICCsMREw
DwYDVQQLHAgAAG8iAAH2ADESMBAGA1UEBwwJYQpiCX/igK54MRQwEgYJKoZIhvcN
AQkBFgVhQGIuYzEQMA4GBSoDBAUGDAV3ZWlyZDEPMA0GA1UEAxMGw7w7PTw+MB4X
DTI0MDEwMTAwMDAwMFoXDTM0MDEwMTAwMDAwMFowgZ0xCzAJBgNVBAYTAkRFMS4w
FQYDVQQKFA5N/GxsZXIgJiBT9mhuZTAVBgNVBAseDgBHAHIA9gDfAGUAICCsMREw
DwYDVQQLHAgAAG8iAAH2ADESMBAGA1UEBwwJYQpiCX/igK54MRQwEgYJKoZIhvcN
AQkBFgVhQGIuYzEQMA4GBSoDBAUGDAV3ZWlyZDEPMA0GA1UEAxMGw7w7PTw+MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE02t+Mr2w/AIl6mwYs7EKUcrMyiKxBB7T
NnPoVb1A65rWHBuqSlshP/AF27heLki0YYPmky721Zxa92fzCUZk4TAKBggqhkjO
PQQDAgNHADBEAiA8OejB0Hk+bX+atxW3wihtHjJ+HwWq0YNf45E8e+uH4QIgaYWT
6Z2Xm0E+7lEVWgR0YcGHzLHOhrdWfJ+1qDucmKo=
-----END CERTIFICATE-----
";

    #[test]
    fn odd_names_read_as_openssl_prints_them() {
        let found = from_pem_text(ODD.as_bytes(), 50);
        let [(1, Ok(certificate))] = &found[..] else { panic!("{found:?}") };
        // openssl x509 -noout -subject -nameopt esc_2253,esc_ctrl,utf8,sep_comma_plus,dn_rev,sname; the override as with esc_msb
        let expected =
            "CN=Ã¼\\;=\\<\\>,1.2.3.4.5.6=weird,emailAddress=a@b.c,L=a\\0Ab\\09\\7F\\E2\\80\\AEx,OU=漢😀,OU=Größe €+O=Müller & Söhne,C=DE";
        assert_eq!(certificate.subject, expected);
        assert_eq!(certificate.common_name, "Ã¼;=<>");
    }

    #[test]
    fn damage_is_an_error_and_not_the_end() {
        let broken = ROOT.replacen("MII", "???", 1);
        let body: String = ROOT.lines().filter(|line| !line.starts_with("-----END")).map(|line| format!("{line}\n")).collect();
        let short = ROOT.lines().enumerate().filter(|(index, _)| *index != 3).map(|(_, line)| format!("{line}\n")).collect::<String>();
        let text = [&broken, &body, &short, ROOT].map(|text| text.to_owned()).concat();
        let kinds: Vec<bool> = from_pem_text(text.as_bytes(), 50).iter().map(|(_, result)| result.is_ok()).collect();
        assert_eq!(kinds, [false, false, false, true]);
        assert!(from_der(&[]).is_err());
        assert!(from_der(&[0x30; 70_000]).is_err());
    }

    /// Made with `openssl crl2pkcs7 -nocrl -certfile root.pem -certfile leaf.pem`; the expected values are what openssl prints.
    const POOL: &str = "\
-----BEGIN PKCS7-----
MIIDTQYJKoZIhvcNAQcCoIIDPjCCAzoCAQExADALBgkqhkiG9w0BBwGgggMiMIIB
zDCCAXGgAwIBAgIUO9FPlCrezkHZE3A4v26ER2TK81MwCgYIKoZIzj0EAwIwOzEL
MAkGA1UEBhMCVVMxEDAOBgNVBAoMB0V4YW1wbGUxGjAYBgNVBAMMEUV4YW1wbGUg
Um9vdCwgT25lMB4XDTI2MTEyMjA5NTM1M1oXDTM2MTExOTA5NTM1M1owOzELMAkG
A1UEBhMCVVMxEDAOBgNVBAoMB0V4YW1wbGUxGjAYBgNVBAMMEUV4YW1wbGUgUm9v
dCwgT25lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdJoJt6nAouBalPw/KD71
u60e0BBOTfl03hedxJo7LJb1p6/cA/05anOTO0HdE8AphLKSh3azKJ6UmPxNdoWD
jqNTMFEwHQYDVR0OBBYEFDTnpUvyBzcG2eAyyzfaOnu+OuO3MB8GA1UdIwQYMBaA
FDTnpUvyBzcG2eAyyzfaOnu+OuO3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0E
AwIDSQAwRgIhAI0sVk1zGROTnEsIqq39xyKkj6uwjjlZIBX/M2qan/F4AiEAmpyd
wj5tpBxiFs+FKlTs8VIpW7aXTv8hzLqQNeEod7UwggFOMIH2AgIKFDAKBggqhkjO
PQQDAjA7MQswCQYDVQQGEwJVUzEQMA4GA1UECgwHRXhhbXBsZTEaMBgGA1UEAwwR
RXhhbXBsZSBSb290LCBPbmUwHhcNMjYxMTIyMDk1MzUzWhcNMjcxMTIyMDk1MzUz
WjAsMRAwDgYDVQQKDAdFeGFtcGxlMRgwFgYDVQQDDA9zc20uZXhhbXBsZS5jb20w
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQlPnmGXFSFA/Ew+pcETKDAx3CTvkMR
fiNezaxo2is3wc8k/6X55Gs25Up71UuXAaYCroUfmIY+SN7ghhxMOKxBMAoGCCqG
SM49BAMCA0cAMEQCIFTgRtvofNmv+r88es/wA0rmV4tRdeACW62RI9sux5UeAiAK
72rvbqzoY2+D0Td87X0+tHNwX0owLiIrJC8Vqi9duDEA
-----END PKCS7-----
";

    #[test]
    fn a_bundle_of_certificates_reads_as_openssl_prints_it() {
        let text = format!("show\n{POOL}");
        let found: Vec<(usize, Certificate)> =
            from_pem_text(text.as_bytes(), 50).into_iter().map(|(line, read)| (line, read.unwrap())).collect();
        let shown: Vec<(usize, &str, &str, &str, &str)> = (found.iter())
            .map(|(line, one)| (*line, one.common_name.as_str(), one.issuer_common_name.as_str(), one.serial.as_str(), one.sha1.as_str()))
            .collect();
        let root = ("Example Root, One", "3BD14F942ADECE41D9137038BF6E844764CAF353", "2FA7BDDDCCA0E511CFE6B5A0C42C70367FD36E3C");
        let leaf = ("ssm.example.com", "0A14", "6D461E5E4424DC0A1A001473D426ACE3D813FFD4");
        assert_eq!(shown, [(2, root.0, root.0, root.1, root.2), (2, leaf.0, root.0, leaf.1, leaf.2)]);
        assert_eq!(Certificate::time_text(&found[1].1.not_after), "09:53:53 UTC Nov 22 2027");
        assert_eq!(found[1].1.sha256, "F3D334C3841A32FF6AEF98378AD8B92E0020FF67C6E7801C1AAFB26295D08B15");
        assert!(found[0].1.self_signed && !found[1].1.self_signed);
        let base64: Vec<u8> = POOL.lines().filter(|line| !line.starts_with('-')).flat_map(str::bytes).collect();
        let der = decode(&base64).unwrap();
        assert_eq!(all_from_der(&der, 50).unwrap().len(), 2);
        // Cut anywhere: an error or fewer, never a panic.
        for end in 0..der.len() {
            assert!(all_from_der(&der[..end], 50).map_or(true, |found| found.iter().filter(|read| read.is_ok()).count() < 2), "{end}");
        }
    }

    #[test]
    fn deep_values_are_damaged() {
        let found = from_pem_text(ROOT.as_bytes(), 50);
        let base64: Vec<u8> = ROOT.lines().filter(|line| !line.starts_with('-')).flat_map(str::bytes).collect();
        let der = decode(&base64).unwrap();
        // openssl asn1parse: the deepest value of it stands on level 5.
        assert!(found[0].1.is_ok() && !is_deeper(&der, 6) && is_deeper(&der, 3));
        let refused = all_from_der(&der, 3).unwrap_err();
        assert!(refused.contains("`der_depth` of 3"), "{refused}");
        let nested = b"\x30\x80".repeat(100_000);
        assert!(is_deeper(&nested, 50) && !is_deeper(&nested[..100], 50));
        for end in 0..der.len() {
            is_deeper(&der[..end], 50);
        }
    }
}
