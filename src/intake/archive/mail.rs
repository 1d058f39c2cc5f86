//! Mails (RFC 5322) whose parts are encoded (RFC 2045), or that are a page: the text and every attachment is a member. A mail in plain text is a
//! text like any other, whose lines have the numbers of its file.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};
use memchr::memmem;

use super::super::metered::{Metered, drain};
use super::super::open::{At, Walk};
use super::super::{Container, Content, Encoding, TroubleKind};

/// Bytes of a mail that is taken apart; a longer one is read as text. What servers let through is shorter.
const LONGEST: usize = 48 << 20;
/// Parts inside of each other that a mail may announce, and lines in it that may divide parts.
const NESTED: usize = 256;
const DIVIDED: usize = 20_000;
/// Header lines that a mail begins with have one of these among them.
const USUAL: [&str; 5] = ["from", "received", "subject", "date", "message-id"];

/// Whether a file begins with the header of a mail that encodes its parts.
pub(in super::super) fn is_header(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let (mut usual, mut fields, mut encodes) = (false, 0, false);
    for line in head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).take_while(|line| !line.is_empty()) {
        if line.starts_with(b" ") || line.starts_with(b"\t") || (fields == 0 && line.starts_with(b"From ")) {
            continue;
        }
        let Some(end) = line.iter().position(|byte| *byte == b':') else { return false };
        let Some((name, value)) = line.split_at_checked(end) else { return false };
        if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return false;
        }
        fields += 1;
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let value = String::from_utf8_lossy(value).to_ascii_lowercase();
        usual |= USUAL.contains(&name.as_str());
        encodes |= match name.as_str() {
            // A page is shown without its markup, however it is encoded.
            "content-type" => value.contains("multipart/") || value.contains("text/html"),
            "content-transfer-encoding" => value.contains("base64") || value.contains("quoted-printable"),
            _ => false,
        };
    }
    usual && encodes && fields > 2
}

/// Walks the parts of a mail.
pub(in super::super) fn walk(walk: &mut Walk<'_>, at: &At, input: &mut dyn Read, consumed_before: u64) {
    let mut mail = Vec::new();
    // A cut mail may still hold whole parts.
    let _ = input.take(LONGEST as u64 + 1).read_to_end(&mut mail);
    let announced = |what: &[u8]| memmem::find_iter(&mail, what).count();
    let reason = if mail.len() > LONGEST {
        Some("it is longer than 48 MiB")
    } else if announced(b"multipart/") + announced(b"message/") > NESTED || announced(b"\n--") > DIVIDED {
        Some("it announces too many parts")
    } else {
        None
    };
    let fault = walk.chain.take(0);
    let parsed = reason.is_none().then(|| MessageParser::default().parse(&mail)).flatten();
    let members = parsed.as_ref().map(members).unwrap_or_default();
    if members.is_empty() {
        let reason = reason.unwrap_or("its parts cannot be told apart");
        walk.trouble(&at.path, TroubleKind::Unsupported, format!("this mail was read as text: {reason}; save its attachments as files"));
        walk.leaf(at, Content::Text(Encoding::Utf8), &mail, input, consumed_before);
    } else {
        walk.visitor.enter(&at.path, Container::Mail);
        for (name, bytes) in members {
            let path = walk.member_path(&at.path, name.as_bytes());
            let inside = at.inside(path);
            if !walk.admit(&inside) {
                break;
            }
            let mut content = Metered::new(bytes.as_ref(), "mail part", inside.layer, inside.path.clone(), walk.chain);
            walk.stream(&inside, &mut content);
            walk.report(inside.layer);
        }
        walk.visitor.leave();
    }
    walk.chain.restore(fault);
    let _ = drain(input);
}

/// What a person would read or save, by name: the texts, without their repetition in HTML, and the attachments.
fn members<'m>(message: &'m Message<'_>) -> Vec<(String, Cow<'m, [u8]>)> {
    let mut waiting = vec![message];
    let mut names = HashSet::new();
    let mut members = Vec::new();
    while let Some(message) = waiting.pop() {
        for (number, part) in (0u32..).zip(&message.parts) {
            let attached = message.attachments.contains(&number);
            let bytes: Cow<'_, [u8]> = match &part.body {
                PartType::Text(text) => Cow::Borrowed(text.as_bytes()),
                PartType::Html(html) if attached => Cow::Borrowed(html.as_bytes()),
                PartType::Html(html) if message.text_body.contains(&number) => Cow::Owned(html_to_text(html).into_bytes()),
                // The same again as the text beside it.
                PartType::Html(_) | PartType::Multipart(_) => continue,
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Cow::Borrowed(bytes),
                PartType::Message(inner) => {
                    waiting.push(inner);
                    continue;
                }
            };
            let name = part.attachment_name().map_or_else(|| format!("part {}", number + 1), |name| name.replace('\\', "/"));
            let name = if names.contains(&name) { format!("{} {name}", names.len() + 1) } else { name };
            names.insert(name.clone());
            members.push((name, bytes));
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::super::super::TroubleKind;
    use super::super::super::gather::whole;

    const HEADER: &str = "From: a@b.example\r\nSubject: =?utf-8?Q?Lizenz?=\r\nMIME-Version: 1.0\r\n";

    #[test]
    fn texts_and_attachments_are_members() {
        // `base64` of "line 1\nline 2\n", and of the same in gzip.
        let mail = format!(
            "{HEADER}Content-Type: multipart/mixed; boundary=\"=_X\"\r\n\r\nno part\r\n--=_X\r\nContent-Type: multipart/alternative; boundary=Y\r\n\r\n\
             --Y\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe from a long =\r\nline\r\n\
             --Y\r\nContent-Type: text/html\r\n\r\n<p>Gruesse</p>\r\n--Y--\r\n\
             --=_X\r\nContent-Type: text/plain; name=log.txt\r\nContent-Disposition: attachment; filename=log.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n\
             bGluZSAxCmxpbmUgMgo=\r\n\
             --=_X\r\nContent-Type: application/gzip\r\nContent-Disposition: attachment; filename=log.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n\
             H4sIAAAAAAACA8vJzEtVMOTKAVFGXAABtD2FDgAAAA==\r\n\
             --=_X\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\n\r\nthe mail before\r\n--=_X--\r\n"
        );
        let gathered = whole(mail.as_bytes());
        assert_eq!(gathered.names(), ["f!part 3", "f!log.txt", "f!3 log.txt", "f!part 1"]);
        assert_eq!(gathered.text("f!part 3").trim_end(), "Gr\u{fc}\u{df}e from a long line");
        assert_eq!(gathered.text("f!log.txt"), "line 1\nline 2\n");
        assert_eq!(gathered.text("f!3 log.txt"), "line 1\nline 2\n");
        assert_eq!(gathered.text("f!part 1").trim_end(), "the mail before");
        assert_eq!(gathered.kinds(), []);
    }

    #[test]
    fn a_mail_whose_only_text_is_html_is_read() {
        let mail =
            format!("{HEADER}Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>one =3D two<br>three</p>");
        assert_eq!(whole(mail.as_bytes()).text("f!part 1").trim_end(), "one = two\nthree");
    }

    #[test]
    fn a_page_that_is_not_encoded_is_shown_without_its_markup() {
        let mail = format!(
            "{HEADER}Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>Apr 10 08:15:02: <b>%A-3-B</b>: <span>one</span> <i>two</i></p><p>three</p></body></html>"
        );
        let gathered = whole(mail.as_bytes());
        let text = gathered.text("f!part 1");
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["Apr 10 08:15:02: %A-3-B: one two", "three"]);
    }

    #[test]
    fn plain_mails_and_logs_are_texts() {
        for text in [
            format!("{HEADER}Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\nplain\r\n"),
            "Subject: x\nContent-Type: multipart/mixed\n\nhalf a header".to_owned(),
            "From: the log\nthere is: multipart/ and base64\nContent-Type: multipart/mixed; boundary=x\n".to_owned(),
        ] {
            assert_eq!(whole(text.as_bytes()).names(), ["f"], "{text}");
        }
    }

    #[test]
    fn a_mail_of_mails_without_end_is_read_as_text() {
        let mail = format!(
            "{HEADER}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n{}",
            "Content-Type: message/rfc822\r\n\r\n".repeat(100_000)
        );
        let gathered = whole(mail.as_bytes());
        assert_eq!(gathered.names(), ["f"]);
        assert_eq!(gathered.kinds(), [("f", TroubleKind::Unsupported)]);
        assert!(gathered.text("f").ends_with("rfc822\r\n\r\n"));
    }

    #[test]
    fn a_cut_mail_gives_what_is_there() {
        let mail = format!(
            "{HEADER}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Transfer-Encoding: base64\r\n\r\nbGluZSAxCmxpbmUgMgo=\r\n"
        );
        for cut in HEADER.len()..mail.len() {
            assert!(!whole(&mail.as_bytes()[..cut]).leaves.is_empty(), "{cut}");
        }
    }
}
