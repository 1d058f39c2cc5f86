//! The handshake messages of TLS that a diagnosis needs, out of their bytes. SSL 2.0 hellos too: old clients begin
//! with one whatever they speak later.
//!
//! Sources: RFC 5246, RFC 8446, RFC 6066 (server name), RFC 6101 appendix E (version 2 hellos).

use super::CaptureLimits;
use super::bytes::Taker;
use super::tls_names::is_grease;
use crate::formats::certificate::{Certificate, from_der};
use crate::intake::escape::visible;

/// What one message says.
#[derive(Debug, PartialEq)]
pub(super) enum Handshake {
    ClientHello {
        /// The server's name, as far as the client gave one.
        sni: Option<String>,
        /// Offered versions in the client's order; only the highest where the client is older than TLS 1.3.
        versions: Vec<u16>,
    },
    ServerHello {
        version: u16,
        cipher: Option<u16>,
        /// A Hello Retry Request: the client is to begin again.
        retry: bool,
    },
    Certificates(Chain),
    CertificateRequest,
    /// The client's key exchange: from here on no Certificate of its will follow.
    ClientKeyExchange,
}

/// The certificates of one message.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Chain {
    pub(super) certificates: Vec<Result<Certificate, String>>,
    /// The capture lacks the rest of the message, or it is longer than the limit.
    pub(super) cut: bool,
}

pub(super) const CLIENT_HELLO: u8 = 1;
pub(super) const SERVER_HELLO: u8 = 2;
pub(super) const CERTIFICATE: u8 = 11;

/// Whether a message of this type exists, so that encrypted bytes are rarely taken for one.
pub(super) fn is_known(kind: u8) -> bool {
    matches!(kind, 0..=6 | 8 | CERTIFICATE..=16 | 20..=25 | 67 | 254)
}

/// Reads one message. `None` for types that tell nothing and for bodies that are damaged.
pub(super) fn message(kind: u8, body: &[u8], limits: &CaptureLimits) -> Option<Handshake> {
    match kind {
        CLIENT_HELLO => client_hello(body),
        SERVER_HELLO => server_hello(body),
        CERTIFICATE => Some(Handshake::Certificates(chain(body, limits))),
        13 => Some(Handshake::CertificateRequest),
        16 => Some(Handshake::ClientKeyExchange),
        _ => None,
    }
}

fn client_hello(body: &[u8]) -> Option<Handshake> {
    let mut body = Taker(body);
    let highest = body.u16()?;
    body.take(32)?;
    body.short()?;
    body.long()?;
    body.short()?;
    let mut sni = None;
    let mut versions = Vec::new();
    for (kind, data) in extensions(&mut body) {
        let mut data = Taker(data);
        match kind {
            // server_name: a list of which only the first host name counts
            0 => sni = data.long().and_then(host_name),
            // supported_versions
            43 => versions.extend(data.short().unwrap_or_default().chunks_exact(2).filter_map(|pair| Taker(pair).u16())),
            _ => {}
        }
    }
    versions.retain(|version| !is_grease(*version));
    versions.dedup();
    if versions.is_empty() {
        versions.push(highest);
    }
    Some(Handshake::ClientHello { sni, versions })
}

fn host_name(list: &[u8]) -> Option<String> {
    let mut list = Taker(list);
    let (kind, name) = (list.u8()?, list.long()?);
    // A DNS name has 253 characters at most.
    (kind == 0 && !name.is_empty()).then(|| visible(name.get(..256).unwrap_or(name)).to_ascii_lowercase())
}

fn extensions<'a>(body: &mut Taker<'a>) -> impl Iterator<Item = (u16, &'a [u8])> {
    let mut list = Taker(body.long().unwrap_or_default());
    std::iter::from_fn(move || Some((list.u16()?, list.long()?)))
}

fn server_hello(body: &[u8]) -> Option<Handshake> {
    // SHA-256 of "HelloRetryRequest", the random of a Server Hello that asks for another Client Hello (RFC 8446, 4.1.3).
    const RETRY: [u8; 8] = [0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11];
    let mut body = Taker(body);
    let mut version = body.u16()?;
    let retry = body.take(32)?.starts_with(&RETRY);
    // Drafts of TLS 1.3 before 22 had neither session nor compression.
    let early_draft = version >> 8 == 0x7f;
    if !early_draft {
        body.short()?;
    }
    let cipher = body.u16();
    if !early_draft {
        body.u8();
    }
    for (kind, data) in extensions(&mut body) {
        if kind == 43 {
            version = Taker(data).u16().unwrap_or(version);
        }
    }
    Some(Handshake::ServerHello { version, cipher, retry })
}

/// Reads a certificate list as far as it goes.
pub(super) fn chain(body: &[u8], limits: &CaptureLimits) -> Chain {
    let mut chain = Chain::default();
    let mut body = Taker(body);
    let Some(total) = body.u24() else { return Chain { cut: true, ..chain } };
    chain.cut = body.0.len() < total;
    let mut list = Taker(body.0.get(..total).unwrap_or(body.0));
    while let Some(length) = list.u24() {
        let Some(der) = list.take(length) else {
            chain.cut = true;
            break;
        };
        if chain.certificates.len() >= limits.chain {
            chain.cut = true;
            break;
        }
        chain.certificates.push(if der.len() > limits.certificate {
            Err(format!("certificate of {length} bytes, more than the limit `certificate` of {}", limits.certificate))
        } else {
            from_der(der)
        });
    }
    chain
}

/// Whether these are the first bytes of a version 2 hello: the length of its message with the two bytes before it.
pub(super) fn sslv2_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        // client: type, version, then a cipher list of three bytes each
        [high @ 0x80..=0xff, low, 1, version_high, version_low, ciphers_high, ciphers_low, ..]
            if matches!((version_high, version_low), (0, 2) | (3, 0..=4))
                && (u16::from(*ciphers_high) << 8 | u16::from(*ciphers_low)).is_multiple_of(3) =>
        {
            Some((usize::from(high & 0x7f) << 8 | usize::from(*low)) + 2)
        }
        // server: type, session hit, certificate type X.509, version
        [high @ 0x80..=0xff, low, 4, 0 | 1, 0 | 1, 0, 2, ..] => Some((usize::from(high & 0x7f) << 8 | usize::from(*low)) + 2),
        _ => None,
    }
}

/// Reads a version 2 hello with its length bytes: the hello, and a server's certificate.
pub(super) fn sslv2(message: &[u8], limits: &CaptureLimits) -> Option<(Handshake, Option<Handshake>)> {
    let mut body = Taker(message.get(2..)?);
    if body.u8()? == 1 {
        return Some((Handshake::ClientHello { sni: None, versions: vec![body.u16()?] }, None));
    }
    body.take(2)?;
    let version = body.u16()?;
    let certificate = body.u16()?;
    body.take(4)?;
    let der = body.take(certificate.into())?;
    let certificates = if der.is_empty() { Vec::new() } else { vec![from_der(der.get(..limits.certificate).unwrap_or(der))] };
    let chain = (!certificates.is_empty()).then_some(Handshake::Certificates(Chain { certificates, cut: false }));
    Some((Handshake::ServerHello { version, cipher: None, retry: false }, chain))
}
