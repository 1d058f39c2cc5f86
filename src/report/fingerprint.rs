//! What makes two findings the same finding: the diagnosis, the device, and the captures that tell one instance of
//! it from another (a host, a trust point, an account). Never a path, a line, a time or a wording, so that a
//! baseline made on Monday still holds on Friday.

use sha2::{Digest, Sha256};

/// `v1:` and the first 32 hexadecimal digits of a SHA-256 over id, device and captures. Every part goes in with its
/// length before it, so that no two different lists spell the same bytes. The order of the captures does not matter.
pub fn fingerprint(id: &str, device: Option<&str>, captures: &[(&str, &str)]) -> String {
    let mut sorted = captures.to_vec();
    sorted.sort_unstable();

    let mut hash = Sha256::new();
    part(&mut hash, id);
    // No device and a device without a name are not the same.
    hash.update([u8::from(device.is_some())]);
    part(&mut hash, device.unwrap_or_default());
    for (name, value) in sorted {
        part(&mut hash, name);
        part(&mut hash, value);
    }

    let mut text = String::from("v1:");
    for byte in hash.finalize().iter().take(16) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn part(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values made with Python:
    /// `p = lambda s: len(s).to_bytes(8, "big") + s`, then
    /// `hashlib.sha256(p(id) + b"\1" + p(device) + p(name) + p(value)).hexdigest()[:32]`.
    #[test]
    fn known_values() {
        for (id, device, captures, expected) in [
            ("slp-tls-interception", Some("wlc-core-1"), &[("host", "smartreceiver.cisco.com")][..], "v1:abf3f5053d92383381e15bb4f7a3afb9"),
            ("slp-tls-interception", None, &[][..], "v1:16f8686855a2f7eaf93034747375fec3"),
        ] {
            assert_eq!(fingerprint(id, device, captures), expected);
        }
    }

    #[test]
    fn the_order_of_captures_does_not_matter() {
        let (a, b) = (("host", "tools.cisco.com"), ("trustpoint", "SLA-TrustPoint"));
        assert_eq!(fingerprint("x", Some("d"), &[a, b]), fingerprint("x", Some("d"), &[b, a]));
    }

    #[test]
    fn what_differs_in_one_part_differs() {
        let all = [
            fingerprint("x", Some("d"), &[]),
            fingerprint("x", Some(""), &[]),
            fingerprint("x", None, &[]),
            fingerprint("xd", None, &[]),
            fingerprint("x", Some("d"), &[("a", "b")]),
            fingerprint("x", Some("d"), &[("ab", "")]),
            fingerprint("x", Some("d"), &[("", "ab")]),
            fingerprint("x", Some("d"), &[("a", "b"), ("a", "c")]),
            fingerprint("x", Some("dab"), &[]),
        ];
        for (i, one) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|other| other != one), "{i}");
            assert_eq!(one.len(), 3 + 32);
        }
    }
}
