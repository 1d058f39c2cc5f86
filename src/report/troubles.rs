//! What could not be read, and why, in another language: readers say it in English, clause by clause, and here it is taken apart again.

use super::composed::values_of;
use crate::rules::translation::Words;

/// Clauses of messages. What begins like another stands before it where it says more.
const CLAUSES: [&str; 73] = [
    "limit `{}` ({}) reached: {}",
    "limit `{}` reached: {}",
    "raise it with --limit {}",
    "the first {} of {} were used",
    "this {} was not opened",
    "the matches of 1 artifact were counted, and not kept to be quoted",
    "the matches of {} artifacts were counted, and not kept to be quoted",
    "the matches of 1 artifact were counted, and their order was not kept",
    "the matches of {} artifacts were counted, and their order was not kept",
    "the facts and outputs of 1 artifact were not kept",
    "the facts and outputs of {} artifacts were not kept",
    "{} further devices were read, and not diagnosed",
    "{} further members were not read",
    "{} further files of the folders were not read",
    "{} further devices were not diagnosed, none of which has findings",
    "{} further devices were not diagnosed, {} of which have findings: {}",
    "split the case by device",
    "{} longer lines were searched in overlapping parts",
    "bytes are missing in a TLS handshake, after packet {}: a certificate or an alert may have been there",
    "bytes are missing in {} TLS handshakes, the first after packet {}: a certificate or an alert may have been there",
    "this zip member is encrypted",
    "unpack it with its password and pass the files",
    "{}: recognised, but this format is not read",
    "unpack it and pass the files",
    "save it as pcap or pcapng",
    "this zip member is packed by method {} ({}), which is not read",
    "{} ends after {} (expected more)",
    "{} was used up to byte {}, what follows could not be read",
    "the {} bytes before were used",
    "the {} members before were used, what follows could not be read",
    "the tar archive inside is whole, its {} members were used",
    "{} members were used in all",
    "{} damaged tar header: what follows was read as one file up to the next header",
    "{} damaged tar headers: what follows was read as one file up to the next header",
    "1 member states one size in the pax header and another in the header itself, {} the first",
    "{} members state one size in the pax header and another in the header itself, {} the first",
    "the pax header was followed",
    "{} folders have contents, {} the first",
    "they were read as files",
    "the mail ends inside of this part",
    "what is there was used",
    "its encoding is damaged",
    "what can be decoded was used",
    "{} link not followed",
    "{} links not followed",
    "the zip archive has no directory at its end (cut or damaged) and no member could be found",
    "the zip archive has no directory at its end (cut or damaged)",
    "{} members were found by their local headers",
    "{} or more members are not named by its directory, the first at byte {}",
    "they were not read",
    "the tar archive ends without its end mark",
    "the tar archive ends inside a header",
    "the archive ends inside a member, {} before the member's end",
    "link type {} ({}) is not read",
    "its packet was counted only",
    "its {} packets were counted only",
    "its checksum differs",
    "it is longer than the archive says",
    "other data follows its last member",
    "other data follows its last stream",
    "other data follows its last frame",
    "other data follows its end",
    "{} was used up to byte {}",
    "{} stream",
    "{} is damaged after {}: {}",
    "the file changed while it was read: {}",
    "reading failed: {}",
    "it could not be opened: {}",
    "it is no regular file any more and was not read",
    "no such file or folder",
    "a symbolic link, not followed",
    "a symbolic link is no regular file and was not opened",
    "a device, FIFO or socket, not opened",
];

/// Between clauses where they are sentences: in English a semicolon is enough.
const THEN: &str = "; then: ";

/// The message in the language of `words`. A clause without a translation stays as it is.
pub fn translated_trouble(words: Words<'_>, message: &str) -> String {
    if words.is_english() {
        return message.to_owned();
    }
    message.split("; ").map(|clause| translated_clause(words, clause)).collect::<Vec<_>>().join(words.say(THEN))
}

fn translated_clause(words: Words<'_>, clause: &str) -> String {
    let found = CLAUSES.iter().filter(|known| words.knows(known)).find_map(|known| Some((known, values_of(known, clause)?)));
    let Some((known, values)) = found else { return clause.to_owned() };
    // What a limit did is a clause of its own.
    let values: Vec<String> = values.iter().map(|value| translated_clause(words, value)).collect();
    words.fill(known, &values.iter().map(String::as_str).collect::<Vec<_>>())
}
