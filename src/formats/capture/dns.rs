//! DNS messages, tolerant of being cut: what a snap length or a fragment left is read as far as it goes.
//!
//! Source: RFC 1035, 4.1.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bytes::{Taker, be16};
use crate::intake::escape::visible;

/// One message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The number that an answer repeats.
    pub(super) id: u16,
    pub(super) response: bool,
    /// The answer was too long for its way; the question is to be asked again over TCP (RFC 1035, 4.2.1; RFC 7766).
    pub(super) truncated: bool,
    /// The code of the header; the extension of EDNS is not added, as in Wireshark's column.
    pub(super) rcode: u8,
    /// The first question's name without the final dot, lower case; `.` for the root.
    pub(super) name: String,
    /// The first question's type, by name where it has one.
    pub(super) kind: Cow<'static, str>,
    /// Records that the header counts in the answer section.
    pub(super) answers: u16,
    /// Addresses of the answer section.
    pub(super) addresses: Vec<IpAddr>,
}

/// Records of one answer section that are looked at.
const RECORDS: u16 = 256;

/// Reads a message. `None` where it is no standard query or answer, or has no whole question.
pub(super) fn message(data: &[u8]) -> Option<Message> {
    let flags = be16(data, 2)?;
    // Opcodes beside QUERY are zone updates and notifications; no message has hundreds of questions.
    if flags >> 11 & 0xf != 0 || be16(data, 4)? > 64 {
        return None;
    }
    let (response, truncated, rcode) = (flags & 0x8000 != 0, flags & 0x0200 != 0, (flags & 0xf) as u8);
    let (questions, answers) = (be16(data, 4)?, be16(data, 6)?);
    let mut rest = 12;
    let mut question = None;
    for _ in 0..questions {
        let (name, next) = name(data, rest)?;
        let kind = be16(data, next)?;
        question.get_or_insert((name, kind));
        rest = next + 4;
    }
    // An answer to a query that was not understood may repeat no question.
    let (name, kind) = match question {
        Some(question) => question,
        None if response => (String::new(), 0),
        None => return None,
    };
    let mut addresses = Vec::new();
    if response {
        for _ in 0..answers.min(RECORDS) {
            let Some((address, next)) = record(data, rest) else { break };
            addresses.extend(address);
            rest = next;
        }
    }
    Some(Message { id: be16(data, 0)?, response, truncated, rcode, name, kind: type_name(kind), answers, addresses })
}

/// The address in the record at `at`, and where the next record begins.
fn record(data: &[u8], at: usize) -> Option<(Option<IpAddr>, usize)> {
    let fixed = after_name(data, at)?;
    let mut record = Taker(data.get(fixed..)?);
    let kind = record.u16()?;
    record.take(6)?;
    let value = record.long()?;
    let address = match (kind, value) {
        (1, value) => <[u8; 4]>::try_from(value).ok().map(|octets| Ipv4Addr::from(octets).into()),
        (28, value) => <[u8; 16]>::try_from(value).ok().map(|octets| Ipv6Addr::from(octets).into()),
        _ => None,
    };
    Some((address, fixed + 10 + value.len()))
}

fn after_name(data: &[u8], mut at: usize) -> Option<usize> {
    // Labels are at most 127, as a name has 255 bytes.
    for _ in 0..128 {
        match *data.get(at)? {
            0 => return Some(at + 1),
            length @ 1..=63 => at += 1 + usize::from(length),
            0xc0.. => return data.get(at + 1).map(|_| at + 2),
            _ => return None,
        }
    }
    None
}

/// The name at `at`, pointers followed, and where the field ends.
fn name(data: &[u8], at: usize) -> Option<(String, usize)> {
    let end = after_name(data, at)?;
    let mut name = String::with_capacity(end - at);
    let mut at = at;
    // Each step is a label or a pointer; a loop of pointers ends with the count.
    for _ in 0..192 {
        match *data.get(at)? {
            0 => {
                if name.is_empty() {
                    name.push('.');
                }
                return Some((name, end));
            }
            length @ 1..=63 => {
                let label = data.get(at + 1..at + 1 + usize::from(length))?;
                if !name.is_empty() {
                    name.push('.');
                }
                if label.iter().all(|byte| matches!(byte, b' '..=b'~')) {
                    name.extend(label.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
                } else {
                    name.push_str(&visible(label).to_ascii_lowercase());
                }
                at += 1 + usize::from(length);
            }
            0xc0.. => at = usize::from(be16(data, at)? & 0x3fff),
            _ => return None,
        }
        if name.len() > 1_024 {
            return None;
        }
    }
    None
}

/// The word for a result code: the four that decide something by name, others by number.
pub(super) fn rcode(code: u8) -> String {
    match code {
        0 => "NOERROR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        3 => "NXDOMAIN".to_owned(),
        5 => "REFUSED".to_owned(),
        code => code.to_string(),
    }
}

fn type_name(kind: u16) -> Cow<'static, str> {
    let name = match kind {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        35 => "NAPTR",
        43 => "DS",
        44 => "SSHFP",
        48 => "DNSKEY",
        64 => "SVCB",
        65 => "HTTPS",
        255 => "ANY",
        kind => return format!("TYPE{kind}").into(),
    };
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use simple_dns::rdata::{A, AAAA, CNAME, RData};
    use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, ResourceRecord, TYPE};

    fn answer() -> Vec<u8> {
        let mut packet = Packet::new_reply(7);
        let name = |text: &'static str| Name::new_unchecked(text);
        packet.set_flags(PacketFlag::RECURSION_AVAILABLE);
        packet.questions.push(Question::new(name("Tools.Cisco.com"), QTYPE::TYPE(TYPE::A), QCLASS::CLASS(CLASS::IN), false));
        for (owner, data) in [
            ("Tools.Cisco.com", RData::CNAME(CNAME(name("tools.g.cisco.com")))),
            ("tools.g.cisco.com", RData::A(A { address: Ipv4Addr::new(72, 163, 4, 38).into() })),
            ("tools.g.cisco.com", RData::AAAA(AAAA { address: "2001:420:1101:5::a".parse::<Ipv6Addr>().unwrap().into() })),
        ] {
            packet.answers.push(ResourceRecord::new(name(owner), CLASS::IN, 60, data));
        }
        packet.build_bytes_vec_compressed().unwrap()
    }

    #[test]
    fn an_answer_reads_as_another_library_wrote_it() {
        let message = message(&answer()).unwrap();
        assert_eq!((message.response, message.rcode, message.answers), (true, 0, 3));
        assert_eq!((message.name.as_str(), &*message.kind), ("tools.cisco.com", "A"));
        assert_eq!(message.addresses, ["72.163.4.38".parse::<IpAddr>().unwrap(), "2001:420:1101:5::a".parse().unwrap()]);
    }

    #[test]
    fn a_cut_answer_keeps_its_question_and_whole_records() {
        let whole = answer();
        for cut in 0..whole.len() {
            let message = message(&whole[..cut]);
            assert_eq!(message.is_some(), cut >= 12 + 17 + 2, "cut at {cut}");
        }
    }

    #[test]
    fn pointers_in_a_circle_end() {
        let mut data = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        data.extend([1, b'a', 0xc0, 12, 0, 1, 0, 1]);
        assert_eq!(message(&data), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(data in prop::collection::vec(any::<u8>(), 0..200)) {
            message(&data);
        }

        #[test]
        fn questions_agree_with_another_library(labels in prop::collection::vec("[a-z0-9-]{1,20}", 1..6), rcode in 0u8..10) {
            let name = labels.join(".");
            let mut packet = Packet::new_reply(1);
            *packet.rcode_mut() = [RCODE::NoError, RCODE::FormatError, RCODE::ServerFailure, RCODE::NameError, RCODE::NotImplemented,
                RCODE::Refused, RCODE::YXDOMAIN, RCODE::YXRRSET, RCODE::NXRRSET, RCODE::NOTAUTH][usize::from(rcode)];
            packet.questions.push(Question::new(Name::new_unchecked(&name), QTYPE::TYPE(TYPE::AAAA), QCLASS::CLASS(CLASS::IN), false));
            let message = message(&packet.build_bytes_vec().unwrap()).unwrap();
            prop_assert_eq!((message.name, &*message.kind, message.rcode), (name, "AAAA", rcode));
        }
    }
}
