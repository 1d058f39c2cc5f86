//! The handshake messages of TLS that a diagnosis needs, out of their bytes. SSL 2.0 hellos too: old clients begin
//! with one whatever they speak later.
//!
//! Bodies are taken apart by tls-parser. Beside it stand the hellos it does not know (version 2, drafts of TLS 1.3) and
//! what a capture lacks of a message.
//!
//! Sources: RFC 5246, RFC 8446, RFC 6066 (server name), RFC 6101 appendix E (version 2 hellos).

use std::rc::Rc;

use tls_parser::nom::IResult;
use tls_parser::{
    SNIType, TlsExtension, TlsHandshakeType, TlsMessageHandshake, parse_tls_client_hello_extension, parse_tls_extension_unknown,
    parse_tls_handshake_client_hello, parse_tls_handshake_msg_certificate, parse_tls_handshake_server_hello,
    parse_tls_server_hello_extension,
};

use super::CaptureLimits;
use super::bytes::{Taker, be24};
use super::chains::{Chains, Told};
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
        /// Offered cipher suites in the client's order.
        ciphers: Vec<u16>,
        /// Offered application protocols.
        protocols: Vec<String>,
        /// The id of a session to be resumed, often empty.
        session: Vec<u8>,
        /// Data may come before the server's answer (RFC 8446, 4.2.10).
        early_data: bool,
    },
    ServerHello {
        version: u16,
        cipher: Option<u16>,
        /// A Hello Retry Request: the client is to begin again.
        retry: bool,
        /// The session's id.
        session: Vec<u8>,
        /// The server took a key that both have from an earlier session (RFC 8446, 4.2.11).
        key: bool,
    },
    Certificates(Rc<Told>),
    CertificateRequest,
    /// The client's key exchange: from here on no Certificate of its will follow.
    ClientKeyExchange,
}

/// The certificates of one message.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Chain {
    pub(super) certificates: Vec<Result<Certificate, String>>,
    /// The capture lacks the rest of the message.
    pub(super) cut: bool,
    /// Certificates beyond the limit `chain`.
    pub(super) beyond: usize,
    /// Certificates longer than the limit `certificate`.
    pub(super) long: usize,
}

impl Chain {
    /// Whether the message has more than is here.
    pub(super) fn is_partial(&self) -> bool {
        self.cut || self.beyond > 0
    }
}

/// Cipher suites, or protocols, of one hello that are kept.
const OFFERS: usize = 128;

pub(super) const CLIENT_HELLO: u8 = TlsHandshakeType::ClientHello.0;
pub(super) const SERVER_HELLO: u8 = TlsHandshakeType::ServerHello.0;
pub(super) const CERTIFICATE: u8 = TlsHandshakeType::Certificate.0;
const CERTIFICATE_REQUEST: u8 = TlsHandshakeType::CertificateRequest.0;
const CLIENT_KEY_EXCHANGE: u8 = TlsHandshakeType::ClientKeyExchange.0;

/// Whether a message of this type exists, so that encrypted bytes are rarely taken for one.
pub(super) fn is_known(kind: u8) -> bool {
    matches!(kind, 0..=6 | 8 | CERTIFICATE..=16 | 20..=25 | 67 | 254)
}

/// Reads one message. `None` for types that tell nothing and for bodies that are damaged.
pub(super) fn message(kind: u8, body: &[u8], chains: &mut Chains<'_>) -> Option<Handshake> {
    match kind {
        CLIENT_HELLO => client_hello(body),
        SERVER_HELLO => server_hello(body),
        CERTIFICATE => Some(Handshake::Certificates(chains.read(body))),
        // Nothing of these two bodies is told, so none is too odd.
        CERTIFICATE_REQUEST => Some(Handshake::CertificateRequest),
        CLIENT_KEY_EXCHANGE => Some(Handshake::ClientKeyExchange),
        _ => None,
    }
}

/// Reads a message of which only the beginning was captured: the certificates that are whole, a hello as far as its
/// extensions go.
pub(super) fn beginning(kind: u8, body: &[u8], limits: &CaptureLimits) -> Option<Handshake> {
    match kind {
        CLIENT_HELLO => client_hello(&closed(body, &[1, 2, 1])?),
        SERVER_HELLO => server_hello(&closed(body, &[1])?),
        CERTIFICATE => {
            let chain = Chain { cut: true, ..chain(body, limits) };
            (!chain.certificates.is_empty()).then(|| told(&chain, limits))
        }
        _ => None,
    }
}

/// The hello that the beginning of one would be if it had ended there. `lists` are the sizes of the length fields between
/// the random and the extensions; a hello that is cut before its extensions ends with empty lists.
fn closed(body: &[u8], lists: &[usize]) -> Option<Vec<u8>> {
    let mut kept = body.get(..34)?.to_vec();
    let mut rest = body.get(34..)?;
    for (index, size) in lists.iter().enumerate() {
        let length = rest.get(..*size).map(|field| field.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)));
        match length.and_then(|length| rest.split_at_checked(size + length)) {
            Some((whole, after)) => {
                kept.extend_from_slice(whole);
                rest = after;
            }
            None => {
                lists.get(index..)?.iter().for_each(|size| kept.extend(std::iter::repeat_n(0, *size)));
                return (lists.len() > 1).then_some(kept);
            }
        }
    }
    if lists.len() == 1 {
        // A server's choice of cipher and compression.
        kept.extend_from_slice(rest.get(..3)?);
        rest = rest.get(3..)?;
    }
    if let Some(extensions) = rest.get(2..) {
        kept.extend(u16::try_from(extensions.len()).ok()?.to_be_bytes());
        kept.extend_from_slice(extensions);
    }
    Some(kept)
}

fn client_hello(body: &[u8]) -> Option<Handshake> {
    let (_, hello) = parse_tls_handshake_client_hello(body).ok()?;
    let mut sni = None;
    let mut versions = Vec::new();
    let mut protocols = Vec::new();
    let mut early_data = false;
    for extension in extensions(hello.ext, parse_tls_client_hello_extension) {
        match extension {
            TlsExtension::SNI(names) => sni = names.first().and_then(|(kind, name)| host_name(*kind, name)),
            TlsExtension::SupportedVersions(list) => versions.extend(list.into_iter().map(u16::from)),
            TlsExtension::ALPN(list) => {
                protocols.extend(list.into_iter().take(OFFERS).map(|name| visible(name.get(..256).unwrap_or(name))))
            }
            TlsExtension::EarlyData(_) => early_data = true,
            _ => {}
        }
    }
    versions.retain(|version| !is_grease(*version));
    versions.dedup();
    if versions.is_empty() {
        versions.push(hello.version.0);
    }
    let ciphers = hello.ciphers.iter().map(|cipher| cipher.0).filter(|cipher| !is_grease(*cipher)).take(OFFERS).collect();
    let session = hello.session_id.unwrap_or_default().to_vec();
    Some(Handshake::ClientHello { sni, versions, ciphers, protocols, session, early_data })
}

/// A name of the list of which only the first counts.
fn host_name(kind: SNIType, name: &[u8]) -> Option<String> {
    // A DNS name has 253 characters at most.
    (kind == SNIType::HostName && !name.is_empty()).then(|| visible(name.get(..256).unwrap_or(name)).to_ascii_lowercase())
}

/// Reads extensions one by one, so that one that is damaged does not hide the others.
fn extensions<'a>(
    list: Option<&'a [u8]>,
    parse: fn(&'a [u8]) -> IResult<&'a [u8], TlsExtension<'a>>,
) -> impl Iterator<Item = TlsExtension<'a>> {
    let mut rest = list.unwrap_or_default();
    std::iter::from_fn(move || {
        let extension = parse(rest);
        (rest, _) = parse_tls_extension_unknown(rest).ok()?;
        Some(extension)
    })
    .filter_map(|parsed| Some(parsed.ok()?.1))
}

fn server_hello(body: &[u8]) -> Option<Handshake> {
    // SHA-256 of "HelloRetryRequest", the random of a Server Hello that asks for another Client Hello (RFC 8446, 4.1.3).
    const RETRY: [u8; 8] = [0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11];
    let Ok((_, hello)) = parse_tls_handshake_server_hello(body) else { return draft_server_hello(body) };
    let (mut version, mut key) = (hello.version, false);
    for extension in extensions(hello.ext, parse_tls_server_hello_extension) {
        match extension {
            TlsExtension::SupportedVersions(list) => version = list.first().copied().unwrap_or(version),
            TlsExtension::PreSharedKey(_) => key = true,
            _ => {}
        }
    }
    let session = hello.session_id.unwrap_or_default().to_vec();
    Some(Handshake::ServerHello { version: version.0, cipher: Some(hello.cipher.0), retry: hello.random.starts_with(&RETRY), session, key })
}

/// The Server Hello of early drafts of TLS 1.3, which had neither session nor compression. The crate knows one of them.
fn draft_server_hello(body: &[u8]) -> Option<Handshake> {
    let mut body = Taker(body);
    let version = body.u16().filter(|version| version >> 8 == 0x7f)?;
    body.take(32)?;
    Some(Handshake::ServerHello { version, cipher: body.u16(), retry: false, session: Vec::new(), key: false })
}

fn told(chain: &Chain, limits: &CaptureLimits) -> Handshake {
    Handshake::Certificates(Rc::new(Told::of(chain, limits)))
}

/// Reads a certificate list as far as it goes.
pub(super) fn chain(body: &[u8], limits: &CaptureLimits) -> Chain {
    let none = Chain { cut: true, ..Chain::default() };
    let (Some(total), Some(list)) = (be24(body, 0), body.get(3..)) else { return none };
    let held = list.len().min(total);
    // The crate reads no list that is not whole: one that is not is made to end where its bytes do.
    let shortened = (held < total).then(|| [&u32::try_from(held).unwrap_or(u32::MAX).to_be_bytes()[1..], list].concat());
    let Ok((_, TlsMessageHandshake::Certificate(message))) = parse_tls_handshake_msg_certificate(shortened.as_deref().unwrap_or(body))
    else {
        return none;
    };
    let read: usize = message.cert_chain.iter().map(|certificate| 3 + certificate.data.len()).sum();
    let beyond = message.cert_chain.len().saturating_sub(limits.chain);
    let ders = message.cert_chain.iter().take(limits.chain).map(|certificate| certificate.data);
    Chain { cut: read < total, beyond, ..certificates(ders, limits) }
}

/// Reads certificates that are not longer than they may be.
fn certificates<'a>(ders: impl Iterator<Item = &'a [u8]>, limits: &CaptureLimits) -> Chain {
    let mut chain = Chain::default();
    for der in ders {
        let fits = der.len() <= limits.certificate;
        chain.long += usize::from(!fits);
        let long = || format!("certificate of {} bytes, more than the limit `certificate` of {}", der.len(), limits.certificate);
        chain.certificates.push(if fits { from_der(der) } else { Err(long()) });
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
        let versions = vec![body.u16()?];
        let (ciphers, protocols, session) = (Vec::new(), Vec::new(), Vec::new());
        return Some((Handshake::ClientHello { sni: None, versions, ciphers, protocols, session, early_data: false }, None));
    }
    body.take(2)?;
    let version = body.u16()?;
    let certificate = body.u16()?;
    body.take(4)?;
    let der = body.take(certificate.into())?;
    let chain = (!der.is_empty()).then(|| told(&certificates([der].into_iter(), limits), limits));
    Some((Handshake::ServerHello { version, cipher: None, retry: false, session: Vec::new(), key: false }, chain))
}
