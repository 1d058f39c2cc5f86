//! Words for the numbers of TLS.

use std::borrow::Cow;

use tls_parser::TlsCipherSuite;

/// An alert's description by its name in the RFCs (5246, 6066, 7301, 7507, 8446, 9849); `None` for numbers that were
/// never assigned, which no implementation sends in the clear.
pub(super) fn alert(description: u8) -> Option<&'static str> {
    Some(match description {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        111 => "certificate_unobtainable",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        114 => "bad_certificate_hash_value",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        121 => "ech_required",
        _ => return None,
    })
}

/// An alert's level.
pub(super) fn level(level: u8) -> Option<&'static str> {
    match level {
        1 => Some("warning"),
        2 => Some("fatal"),
        _ => None,
    }
}

/// A protocol version: `TLS 1.2`, `TLS 1.3 draft 28`, the number where it has no name.
pub(super) fn version(version: u16) -> String {
    match version {
        0x0002 => "SSL 2.0".to_owned(),
        0x0300 => "SSL 3.0".to_owned(),
        0x0301..=0x0304 => format!("TLS 1.{}", version - 0x0301),
        0x7f00..=0x7fff => format!("TLS 1.3 draft {}", version & 0xff),
        _ => format!("0x{version:04x}"),
    }
}

/// Whether everything after the Server Hello is encrypted in this version: TLS 1.3, its drafts and experiments.
pub(super) fn hides_handshake(version: u16) -> bool {
    version == 0x0304 || matches!(version >> 8, 0x7e | 0x7f)
}

/// A value reserved so that servers do not choke on unknown ones (RFC 8701).
pub(super) fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

/// A cipher suite's IANA name, or its number.
pub(super) fn cipher(id: u16) -> Cow<'static, str> {
    TlsCipherSuite::from_id(id).map_or_else(|| format!("0x{id:04x}").into(), |suite| suite.name.into())
}
