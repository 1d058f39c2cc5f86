//! X.509 certificates: what a diagnosis asks of them, from DER and from PEM blocks inside any text.
//!
//! Names are written as `openssl x509 -nameopt RFC2253` orders and escapes them, the most specific part first, with
//! openssl's attribute names; UTF-8 is kept.

use std::net::{Ipv4Addr, Ipv6Addr};

use chrono::DateTime;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Name;

use super::time::Stamp;
use crate::intake::escape::{is_unsafe, visible};

/// Certificates read from one text, at most.
pub const PEM_CERTIFICATES: usize = 4096;

/// Bytes of one certificate, at most.
pub const DER_BYTES: usize = 64 << 10;

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
        common_name: parsed
            .subject()
            .iter_common_name()
            .last()
            .map(|attribute| visible(characters(attribute.attr_value()).as_bytes()))
            .unwrap_or_default(),
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

/// Reads every PEM certificate of a text, with the line (from 1) of its `BEGIN`, up to [`PEM_CERTIFICATES`]. Lines
/// may be indented or end in CR LF. A block without `END` is an error in the result.
pub fn from_pem_text(text: &[u8]) -> Vec<(usize, Result<Certificate, String>)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, Vec<u8>)> = None;
    let unfinished = || Err("the PEM block has no END line".to_owned());
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if found.len() >= PEM_CERTIFICATES {
            return found;
        }
        let line = line.trim_ascii();
        match &mut open {
            _ if line.starts_with(b"-----BEGIN ") && line.ends_with(b"CERTIFICATE-----") => {
                if let Some((begin, _)) = open.replace((index + 1, Vec::new())) {
                    found.push((begin, unfinished()));
                }
            }
            Some((begin, base64)) if line.starts_with(b"-----END ") => {
                let certificate = decode(base64).and_then(|der| from_der(&der));
                found.push((*begin, certificate));
                open = None;
            }
            // Enough to see that the certificate is too large.
            Some((_, base64)) if base64.len() <= DER_BYTES * 2 => base64.extend_from_slice(line),
            _ => {}
        }
    }
    if let Some((begin, _)) = open {
        found.push((begin, unfinished()));
    }
    found
}

/// Base64 of RFC 4648, blanks inside ignored.
fn decode(base64: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(base64.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for byte in base64 {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b' ' | b'\t' | b'=' => continue,
            _ => return Err(format!("the PEM block holds \"{}\", which is no base64", visible(&[*byte]))),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
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
    const PEM: &str = "\
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
        let text = format!("some log line\r\n  show crypto\n{}", PEM.replace('\n', "\r\n"));
        let found = from_pem_text(text.as_bytes());
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
        let found = from_pem_text(SERVER.as_bytes());
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
        let found = from_pem_text(ODD.as_bytes());
        let [(1, Ok(certificate))] = &found[..] else { panic!("{found:?}") };
        // openssl x509 -noout -subject -nameopt esc_2253,esc_ctrl,utf8,sep_comma_plus,dn_rev,sname; the override as with esc_msb
        let expected =
            "CN=Ã¼\\;=\\<\\>,1.2.3.4.5.6=weird,emailAddress=a@b.c,L=a\\0Ab\\09\\7F\\E2\\80\\AEx,OU=漢😀,OU=Größe €+O=Müller & Söhne,C=DE";
        assert_eq!(certificate.subject, expected);
        assert_eq!(certificate.common_name, "Ã¼;=<>");
    }

    #[test]
    fn damage_is_an_error_and_not_the_end() {
        let broken = PEM.replacen("MII", "???", 1);
        let body: String = PEM.lines().filter(|line| !line.starts_with("-----END")).map(|line| format!("{line}\n")).collect();
        let short = PEM.lines().enumerate().filter(|(index, _)| *index != 3).map(|(_, line)| format!("{line}\n")).collect::<String>();
        let text = [&broken, &body, &short, PEM].map(|text| text.to_owned()).concat();
        let kinds: Vec<bool> = from_pem_text(text.as_bytes()).iter().map(|(_, result)| result.is_ok()).collect();
        assert_eq!(kinds, [false, false, false, true]);
        assert!(from_der(&[]).is_err());
        assert!(from_der(&[0x30; 70_000]).is_err());
    }

    #[test]
    fn many_blocks_are_bounded() {
        let text = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".repeat(PEM_CERTIFICATES + 10);
        assert_eq!(from_pem_text(text.as_bytes()).len(), PEM_CERTIFICATES);
    }
}
