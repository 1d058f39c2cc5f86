//! Certificates of files and of PEM blocks in texts, as facts. The lists of one holder go in step: the second serial number is
//! that of the second name.
//!
//! What holds them gives the facts their first word: `trust_store` for the certificates that an Expressway trusts
//! (`ca.pem`), `server_certificate` for its own chain (`server.pem`), `certificate` for any other file or text.
//!
//! | fact | value |
//! | --- | --- |
//! | `.names` `.issuer_names` | CN of subject and issuer |
//! | `.subjects` `.issuers` | the whole names (RFC 4514), with ` \| ` between them |
//! | `.serials` `.sha1s` `.sha256s` | upper-case hexadecimal |
//! | `.not_befores` `.not_afters` | `18:12:23 UTC Jan 16 2034` |
//! | `.self_signed` `.authorities` | `yes` or `no`: issued by itself; may issue others |
//! | `.unreadable` | how many could not be read, where any |

use std::collections::BTreeMap;

use super::Assembler;
use crate::formats::certificate::{self, Certificate};
use crate::formats::event::Place;
use crate::formats::expressway::{self, MemberKind};
use crate::scan::evidence::Fact;

/// What was read so far.
#[derive(Default)]
pub(super) struct Read {
    by_subject: BTreeMap<usize, Held>,
}

/// Certificates of one subject.
#[derive(Default)]
struct Held {
    /// Where the first one stands.
    place: Option<Place>,
    certificates: Vec<Certificate>,
    unreadable: u64,
    /// How many there are beyond the limit `pem`. The lists are not given then, since one with gaps would say of what it lacks
    /// that it was not there.
    more: u64,
}

impl Held {
    fn take(&mut self, read: Result<Certificate, String>, most: usize) {
        match read {
            Ok(_) if self.certificates.len() >= most => self.more += 1,
            Ok(certificate) => self.certificates.push(certificate),
            Err(_) => self.unreadable += 1,
        }
    }
}

impl Assembler<'_> {
    /// Reads the PEM block that begins on a line.
    pub(super) fn pem(&mut self, text: &str, number: u64, rest: &[u8]) {
        let Some(from) = text.find("-----BEGIN ").and_then(|at| text.get(at..)) else { return };
        // A log may hold the block on one line.
        let block = if from.contains("-----END ") { from.replace("\\n", "\n").into_bytes() } else { with_rest(from, rest) };
        let subject = self.subject;
        let held = self.certificates.by_subject.entry(subject).or_default();
        held.place.get_or_insert(Place::Line(number));
        let most = self.scanner.certificates();
        certificate::from_pem_text(&block, self.scanner.der_depth()).into_iter().for_each(|(_, read)| held.take(read, most));
    }

    /// Takes the certificates of a file that holds nothing else.
    ///
    /// # Errors
    ///
    /// One sentence where the bytes hold none.
    pub(in crate::scan) fn der(&mut self, der: &[u8]) -> Result<(), String> {
        let held = self.certificates.by_subject.entry(0).or_default();
        let most = self.scanner.certificates();
        certificate::all_from_der(der, self.scanner.der_depth())?.into_iter().for_each(|read| held.take(read, most));
        self.hold_certificates();
        Ok(())
    }

    /// Makes facts of what was read.
    pub(super) fn hold_certificates(&mut self) {
        let holder = match expressway::bundle_member(self.scan.path.file_name()).map(|member| member.kind) {
            Some(MemberKind::CaCertificates) => "trust_store",
            Some(MemberKind::ServerCertificate) => "server_certificate",
            _ => "certificate",
        };
        for (subject, held) in std::mem::take(&mut self.certificates).by_subject {
            let mut facts = Vec::new();
            self.scan.surplus.certificates += held.more;
            if held.unreadable > 0 {
                facts.push(("unreadable", held.unreadable.to_string()));
            }
            if !held.certificates.is_empty() && held.more == 0 {
                facts.extend(lists(&held.certificates));
            }
            let Some(subject) = self.scan.subjects.get_mut(subject) else { continue };
            for (name, value) in facts {
                let value = crate::intake::escape::visible(self.scanner.masker.mask(&value).as_bytes());
                let excerpt = self.scanner.shown(&value).into();
                subject.facts.push(Fact { name: format!("{holder}.{name}"), value, excerpt, place: held.place, time: None, past: false });
            }
        }
    }
}

fn with_rest(first: &str, rest: &[u8]) -> Vec<u8> {
    let mut block = format!("{}\n", first.trim_end()).into_bytes();
    for line in rest.split(|byte| *byte == b'\n') {
        let ends = memchr::memmem::find(line, b"-----").is_some();
        block.extend_from_slice(line);
        block.push(b'\n');
        // Its own end, or the beginning of the next: no line is read twice.
        if ends || block.len() > 2 * certificate::FILE_BYTES {
            break;
        }
    }
    block
}

fn lists(certificates: &[Certificate]) -> [(&'static str, String); 11] {
    let joined = |between: &str, value: &dyn Fn(&Certificate) -> String| certificates.iter().map(value).collect::<Vec<_>>().join(between);
    // A comma would be one between names.
    let plain = |name: &str| name.replace(", ", " ").replace(',', " ");
    let word = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    [
        ("names", joined(", ", &|one| plain(&one.common_name))),
        ("issuer_names", joined(", ", &|one| plain(&one.issuer_common_name))),
        ("subjects", joined(" | ", &|one| one.subject.clone())),
        ("issuers", joined(" | ", &|one| one.issuer.clone())),
        ("serials", joined(", ", &|one| one.serial.clone())),
        ("sha1s", joined(", ", &|one| one.sha1.clone())),
        ("sha256s", joined(", ", &|one| one.sha256.clone())),
        ("not_befores", joined(", ", &|one| Certificate::time_text(&one.not_before))),
        ("not_afters", joined(", ", &|one| Certificate::time_text(&one.not_after))),
        ("self_signed", joined(", ", &|one| word(one.self_signed))),
        ("authorities", joined(", ", &|one| word(one.is_ca))),
    ]
}

#[cfg(test)]
mod tests {
    use crate::rules::embedded;
    use crate::scan::Scanner;

    // Both made with openssl; so are the expected values.
    const ROOT: &str = "-----BEGIN CERTIFICATE-----\nMIIBzDCCAXGgAwIBAgIUO9FPlCrezkHZE3A4v26ER2TK81MwCgYIKoZIzj0EAwIw\nOzELMAkGA1UEBhMCVVMxEDAOBgNVBAoMB0V4YW1wbGUxGjAYBgNVBAMMEUV4YW1w\nbGUgUm9vdCwgT25lMB4XDTI2MTEyMjA5NTM1M1oXDTM2MTExOTA5NTM1M1owOzEL\nMAkGA1UEBhMCVVMxEDAOBgNVBAoMB0V4YW1wbGUxGjAYBgNVBAMMEUV4YW1wbGUg\nUm9vdCwgT25lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdJoJt6nAouBalPw/\nKD71u60e0BBOTfl03hedxJo7LJb1p6/cA/05anOTO0HdE8AphLKSh3azKJ6UmPxN\ndoWDjqNTMFEwHQYDVR0OBBYEFDTnpUvyBzcG2eAyyzfaOnu+OuO3MB8GA1UdIwQY\nMBaAFDTnpUvyBzcG2eAyyzfaOnu+OuO3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI\nzj0EAwIDSQAwRgIhAI0sVk1zGROTnEsIqq39xyKkj6uwjjlZIBX/M2qan/F4AiEA\nmpydwj5tpBxiFs+FKlTs8VIpW7aXTv8hzLqQNeEod7U=\n-----END CERTIFICATE-----";
    const LEAF: &str = "-----BEGIN CERTIFICATE-----\nMIIBTjCB9gICChQwCgYIKoZIzj0EAwIwOzELMAkGA1UEBhMCVVMxEDAOBgNVBAoM\nB0V4YW1wbGUxGjAYBgNVBAMMEUV4YW1wbGUgUm9vdCwgT25lMB4XDTI2MTEyMjA5\nNTM1M1oXDTI3MTEyMjA5NTM1M1owLDEQMA4GA1UECgwHRXhhbXBsZTEYMBYGA1UE\nAwwPc3NtLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJT55\nhlxUhQPxMPqXBEygwMdwk75DEX4jXs2saNorN8HPJP+l+eRrNuVKe9VLlwGmAq6F\nH5iGPkje4IYcTDisQTAKBggqhkjOPQQDAgNHADBEAiBU4Ebb6HzZr/q/PHrP8ANK\n5leLUXXgAlutkSPbLseVHgIgCu9q726s6GNvg9E3fO19PrRzcF9KMC4iKyQvFaov\nXbg=\n-----END CERTIFICATE-----";

    /// `name=value` of the facts about certificates, of a file of that name.
    fn facts(scanner: &Scanner<'_>, name: &str, text: &str, wanted: &[&str]) -> Vec<String> {
        let scan = scanner.scan_text(name, text.as_bytes());
        let all = scan.subjects.iter().flat_map(|subject| &subject.facts);
        let held = all.filter(|fact| wanted.iter().any(|wanted| fact.name.rsplit('.').next() == Some(*wanted)));
        held.map(|fact| format!("{}={} {:?}", fact.name, fact.value, fact.place)).collect()
    }

    #[test]
    fn what_a_file_is_called_says_what_its_certificates_are() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let both = format!("# roots\n{ROOT}\n{LEAF}\n");
        for (name, holder) in [
            ("ca.pem", "trust_store"),
            ("ca_exp1_2023-05-01_12_00_00.pem", "trust_store"),
            ("server.pem", "server_certificate"),
            ("carrier.pem", "certificate"),
            ("session.log", "certificate"),
        ] {
            let expected = [
                format!("{holder}.names=Example Root One, ssm.example.com Some(Line(2))"),
                format!("{holder}.sha1s=2FA7BDDDCCA0E511CFE6B5A0C42C70367FD36E3C, 6D461E5E4424DC0A1A001473D426ACE3D813FFD4 Some(Line(2))"),
                format!("{holder}.not_afters=09:53:53 UTC Nov 19 2036, 09:53:53 UTC Nov 22 2027 Some(Line(2))"),
                format!("{holder}.self_signed=yes, no Some(Line(2))"),
            ];
            assert_eq!(facts(&scanner, name, &both, &["names", "sha1s", "not_afters", "self_signed"]), expected, "{name}");
        }
    }

    #[test]
    fn a_block_is_found_wherever_it_stands() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let one_line = format!("2024-01-01 x: cert=\"{}\"", LEAF.replace('\n', "\\n"));
        let prefixed = format!("Jan 01 2024 10:00:00: %X-6-Y: chain {LEAF}\n");
        let windows = format!("sw1#show crypto pki export\r\n{}\r\nsw1#", LEAF.replace('\n', "\r\n"));
        for text in [one_line, prefixed, windows] {
            let shown = facts(&scanner, "any.log", &text, &["names"]);
            assert!(matches!(&shown[..], [one] if one.starts_with("certificate.names=ssm.example.com ")), "{shown:?} of {text}");
        }
        let broken = LEAF.replacen("MII", "???", 1);
        assert_eq!(facts(&scanner, "any.log", &broken, &["names", "unreadable"]), ["certificate.unreadable=1 Some(Line(1))"]);
        // Beginnings without end: each is read once.
        let many = "-----BEGIN CERTIFICATE-----\n".repeat(20_000);
        assert_eq!(facts(&scanner, "any.log", &many, &["names"]), Vec::<String>::new());
    }

    #[test]
    fn an_output_speaks_the_same_words_as_a_file() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let shown = "sw1#show crypto pki trustpool verbose\nCA Certificate\n  Status: Available\n  Certificate Serial Number (hex): 0A0142800000014523C844B500000002\n  Issuer:\n    cn=IdenTrust Commercial Root CA 1\n  Subject:\n    cn=IdenTrust Commercial Root CA 1\n  Validity Date:\n    start date: 18:12:23 UTC Jan 16 2014\n    end   date: 18:12:23 UTC Jan 16 2034\n  Fingerprint SHA1: DF717EAA 4AD94EC9 55849960 2D48DE5F BCF03A25\n  Trustpool: Built-In\nsw1#\n";
        let found = facts(&scanner, "a.log", shown, &["names", "serials", "sha1s", "not_afters"]);
        let values: Vec<&str> = found.iter().filter_map(|fact| fact.split_once(" Some").map(|(value, _)| value)).collect();
        let expected = [
            "trust_store.serials=0A0142800000014523C844B500000002",
            "trust_store.names=IdenTrust Commercial Root CA 1",
            "trust_store.not_afters=18:12:23 UTC Jan 16 2034",
            "trust_store.sha1s=DF717EAA4AD94EC9558499602D48DE5FBCF03A25",
        ];
        assert_eq!(values, expected);
    }
}
