//! What readers of captures say of a packet, taken apart so that it can be said in another language. Addresses, names, and the words of
//! the protocols stay.

use super::composed::values_of;
use crate::rules::translation::Words;

/// Sentences, as `src/formats/capture/` puts them together. What begins like another stands before it where it says more.
const SENTENCES: [&str; 19] = [
    "TLS handshake complete: {}",
    "TLS Client Hello from {}: no answer in {} s, {}",
    "TLS Client Hello from {}, offers {}",
    "TLS Server Hello from {}: {}",
    "TLS Hello Retry Request from {}: {}",
    "TLS Certificate Request from {}",
    "TLS alert, encrypted, from {}",
    "TLS alert: {}, {}, from {}",
    "Certificate from {}: subject \"{}\", issuer \"{}\"",
    "Certificate from {}: {}",
    "HTTP CONNECT {} from {} through proxy {}: {}",
    "HTTP {} from {} to {}: {}",
    "TCP connection from {} refused by {}",
    "TCP connection closed by {}, after {}",
    "TCP reset from {}, after {}",
    "TCP SYN from {} to {}: no answer, {} in {} s of capture",
    "TCP data from {}: no answer in {} s, {}",
    "TCP segment sent {} times, {}, after {}",
    "{} bytes are missing in the capture, {}, after {}",
];
/// The same for DNS.
const OF_DNS: [&str; 3] = [
    "DNS query from {} to {} for {}: no answer, asked {} in {} s of capture",
    "DNS answer from {} to {}: {} for {}, {}",
    "DNS answer from {} to {}: {} for {}",
];
/// What may stand behind such a sentence.
const ENDINGS: [&str; 7] = [
    "{}, certificates and alerts not visible",
    "{}, the rest is missing",
    "{}, {} more are beyond the limit `chain` of {}",
    "{}, {} of them unreadable ({})",
    "{}, 1 certificate",
    "{}, {} certificates",
    "{}, truncated",
];
/// What may stand inside.
const PARTS: [&str; 12] = [
    "client {} to {}",
    "server {} to {}",
    "no answer",
    "status {}",
    "sent once",
    "sent {} times",
    "once",
    "{} times",
    "though all of it arrived",
    "and nothing says that all of it arrived",
    "empty, no certificate",
    "no certificate of it could be read",
];

/// The sentence in the language of `words`; nothing where it is none of these.
pub(super) fn translated_packet(words: Words<'_>, text: &str) -> Option<String> {
    let mut endings = ENDINGS.iter().filter_map(|ending| Some((ending, values_of(ending, text)?)));
    let ended = endings.find_map(|(ending, values)| {
        let (before, values) = values.split_first()?;
        let before = translated_packet(words, before)?;
        Some(words.fill(ending, &[&[before.as_str()], values].concat()))
    });
    let whole = || {
        let (sentence, values) = SENTENCES.iter().chain(&OF_DNS).find_map(|sentence| Some((sentence, values_of(sentence, text)?)))?;
        let values: Vec<String> = values.into_iter().map(|value| part(words, value)).collect();
        Some(words.fill(sentence, &values.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    ended.or_else(whole)
}

/// Clauses of how far a connection came, of what is hidden of it, and of answers to names.
const TRAFFIC: [&str; 27] = [
    "{} ended it: fatal {}",
    "reset by {}",
    "closed by {}",
    "status {}",
    "SYN only",
    "sent once",
    "sent {} times",
    "no answer",
    "refused: RST in answer to the SYN",
    "connected",
    "nothing sent",
    "data both ways",
    "data from the client only",
    "data from the server only",
    "no Server Hello",
    "completion not seen",
    "no Certificate",
    "handshake not completed",
    "handshake complete",
    "empty client Certificate",
    "client Certificate",
    "it began before the capture",
    "or its SYN was not captured",
    "TLS 1.3: the certificate is encrypted",
    "bytes of both sides are missing",
    "bytes of the client are missing",
    "bytes of the server are missing",
];

/// How far a connection came, or what is hidden, in the language of `words`, clause by clause. A clause without a translation, as the
/// name of a message is, stays as it is.
pub(super) fn translated_traffic(words: Words<'_>, text: &str) -> String {
    let clause = |clause: &str| {
        let found = TRAFFIC.iter().find_map(|known| Some((known, values_of(known, clause)?)));
        found.map_or_else(
            || clause.to_owned(),
            |(known, values)| words.fill(known, &values.iter().map(|value| words.say(value)).collect::<Vec<_>>()),
        )
    };
    text.split(", ").map(clause).collect::<Vec<_>>().join(words.say(", "))
}

fn part(words: Words<'_>, value: &str) -> String {
    let found = PARTS.iter().find_map(|part| Some((part, values_of(part, value)?)));
    found.map_or_else(|| value.to_owned(), |(part, values)| words.fill(part, &values))
}
