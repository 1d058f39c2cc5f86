//! Mails (RFC 5322) whose parts are encoded (RFC 2045), or that are a page: the text and every attachment is a member. A mail in plain text is a
//! text like any other, whose lines have the numbers of its file.

mod lenient;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::decoders::html::html_to_text;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
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
    let bytes = if reason.is_none() { mail.as_slice() } else { &[] };
    let mails = mails(bytes);
    let parsed: Vec<Option<Message<'_>>> = mails.iter().map(|mail| parsed(mail)).collect();
    let several = mails.len() > 1;
    let mut members = Vec::new();
    for (number, (mail, parsed)) in (1..).zip(mails.iter().zip(&parsed)) {
        let of_mail = parsed.as_ref().and_then(|parsed| catch_unwind(AssertUnwindSafe(|| self::members(parsed))).ok()).unwrap_or_default();
        if several && of_mail.is_empty() {
            members.push(Member { name: format!("mail {number}"), bytes: Cow::Borrowed(mail), fault: None });
        }
        members.extend(of_mail.into_iter().map(|member| match several {
            true => Member { name: format!("mail {number}/{}", member.name), ..member },
            false => member,
        }));
    }
    if members.is_empty() {
        let reason = reason.unwrap_or("its parts cannot be told apart");
        walk.trouble(&at.path, TroubleKind::Unsupported, format!("this mail was read as text: {reason}; save its attachments as files"));
        walk.leaf(at, Content::Text(Encoding::Utf8), &mail, input, consumed_before);
    } else {
        walk.visitor.enter(&at.path, Container::Mail);
        for Member { name, bytes, fault } in members {
            let path = walk.member_path(&at.path, name.as_bytes());
            let inside = at.inside(path);
            if !walk.admit(&inside) {
                break;
            }
            let mut content = Metered::new(bytes.as_ref(), "mail part", inside.layer, inside.path.clone(), walk.chain);
            walk.stream(&inside, &mut content);
            walk.report(inside.layer);
            if let Some((kind, message)) = fault {
                walk.trouble(&inside.path, kind, message);
            }
        }
        walk.visitor.leave();
    }
    walk.chain.restore(fault);
    let _ = drain(input);
}

/// The mails of a file. In a mailbox (RFC 4155) a line `From …` stands before each.
fn mails(bytes: &[u8]) -> Vec<&[u8]> {
    const DIVIDER: &[u8] = b"\nFrom ";
    let begins = |at: usize| {
        let (before, mail) = bytes.split_at_checked(at + 1).unwrap_or_default();
        let fields = mail.split(|byte| *byte == b'\n').skip(1).take(1);
        let is_field = |line: &[u8]| line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        let headed = fields.into_iter().any(|line| line.get(is_field(line)) == Some(&b':') && is_field(line) > 0);
        (before.ends_with(b"\n\n") || before.ends_with(b"\r\n\r\n")) && headed
    };
    let starts: Vec<usize> = [0].into_iter().chain(memmem::find_iter(bytes, DIVIDER).filter(|at| begins(*at)).map(|at| at + 1)).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| bytes.get(*start..end)).collect()
}

/// What a mail says, where its parts can be told apart. Other people's code on hostile bytes: where it gives up, the mail is a text.
fn parsed(mail: &[u8]) -> Option<Message<'_>> {
    catch_unwind(|| MessageParser::default().parse(mail).filter(is_told_apart)).ok().flatten()
}

/// Whether the parts hold most of the mail: else what divides them stands in the text too, and much would be lost between them.
fn is_told_apart(message: &Message<'_>) -> bool {
    let length = |from: u32, to: u32| u64::from(to.saturating_sub(from));
    let leaves = message.parts.iter().filter(|part| !matches!(part.body, PartType::Multipart(_)));
    let held: u64 = leaves.map(|part| length(part.offset_body, part.offset_end)).sum();
    let body = message.parts.first().map_or(0, |first| length(first.offset_body, first.offset_end));
    held.saturating_mul(2).saturating_add(4 << 10) >= body
}

/// A part of a mail.
struct Member<'m> {
    name: String,
    bytes: Cow<'m, [u8]>,
    fault: Option<(TroubleKind, &'static str)>,
}

/// What a person would read or save, by name: the texts, without their repetition in HTML, and the attachments.
fn members<'m>(message: &'m Message<'_>) -> Vec<Member<'m>> {
    let mut waiting = vec![message];
    let mut names = HashSet::new();
    let mut members = Vec::new();
    while let Some(message) = waiting.pop() {
        for (number, part) in (0u32..).zip(&message.parts) {
            let attached = message.attachments.contains(&number);
            let damaged = damaged(message, part);
            let fault = damaged.as_ref().map(|(fault, _)| *fault);
            let bytes: Cow<'_, [u8]> = match (damaged, &part.body) {
                (Some((_, decoded)), _) => Cow::Owned(decoded),
                (None, PartType::Text(text)) => Cow::Borrowed(text.as_bytes()),
                (None, PartType::Html(html)) if attached => Cow::Borrowed(html.as_bytes()),
                (None, PartType::Html(html)) => {
                    let text = html_to_text(html);
                    if !message.text_body.contains(&number) && is_repeated(message, &text) {
                        continue;
                    }
                    as_page(html)
                }
                (None, PartType::Multipart(_)) => continue,
                (None, PartType::Binary(bytes) | PartType::InlineBinary(bytes)) => Cow::Borrowed(bytes),
                (None, PartType::Message(inner)) => {
                    waiting.push(inner);
                    continue;
                }
            };
            let name = part.attachment_name().map_or_else(|| format!("part {}", number + 1), |name| name.replace('\\', "/"));
            let name = if names.contains(&name) { format!("{} {name}", names.len() + 1) } else { name };
            names.insert(name.clone());
            members.push(Member { name, bytes, fault });
        }
    }
    members
}

/// A page that is known as one by its begin, which many a mail leaves out.
fn as_page<'m>(html: &'m str) -> Cow<'m, [u8]> {
    let begins = |what: &str| html.trim_start().get(..what.len()).is_some_and(|head| head.eq_ignore_ascii_case(what));
    if begins("<html") || begins("<!doctype html") {
        Cow::Borrowed(html.as_bytes())
    } else {
        Cow::Owned(format!("<html>{html}").into_bytes())
    }
}

/// Whether the text of a page stands in the plain texts beside it: they are no less than half of it.
fn is_repeated(message: &Message<'_>, page: &str) -> bool {
    let size = |text: &str| text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
    let texts = message.text_body.iter().filter_map(|number| message.parts.get(usize::try_from(*number).ok()?));
    let plain: usize = texts.filter_map(|part| if let PartType::Text(text) = &part.body { Some(size(text)) } else { None }).sum();
    plain.saturating_mul(2) >= size(page)
}

/// A part whose encoding does not hold to its end, as far as it can be decoded, and what is to be said of it.
fn damaged(message: &Message<'_>, part: &MessagePart<'_>) -> Option<((TroubleKind, &'static str), Vec<u8>)> {
    let encoding = part.content_transfer_encoding().filter(|_| part.is_encoding_problem)?;
    let place = |offset: u32| usize::try_from(offset).ok();
    let raw = message.raw_message.get(place(part.offset_body)?..place(part.offset_end)?)?;
    let decoded = match encoding.to_ascii_lowercase().as_str() {
        "base64" => lenient::base64(raw),
        "quoted-printable" => lenient::quoted_printable(raw),
        _ => return None,
    };
    let cut = place(part.offset_end)? >= message.raw_message.len();
    let fault = if cut {
        (TroubleKind::Truncated, "the mail ends inside of this part; what is there was used")
    } else {
        (TroubleKind::Corrupt, "its encoding is damaged; what can be decoded was used")
    };
    Some((fault, decoded))
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
    fn every_mail_of_a_mailbox_is_read() {
        let mail = |text: &str, name: &str| {
            format!(
                "From a@b.example Sat Aug 23 11:20:44 2025\n{}Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\n{text}\n\
                 --B\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename={name}\n\nbGluZSAxCmxpbmUgMgo=\n--B--\n\n",
                HEADER.replace('\r', "")
            )
        };
        // A sentence of a mail divides none.
        let plain = "From c@d.example Sat Aug 23 11:20:45 2025\nSubject: x\n\none\n\nFrom here on it fails.\n\n";
        let gathered = whole([mail("one", "a.log").as_str(), plain, &mail("three", "a.log")].concat().as_bytes());
        let expected = ["f!mail 1/part 2", "f!mail 1/a.log", "f!mail 2/part 1", "f!mail 3/part 2", "f!mail 3/a.log"];
        assert_eq!((gathered.names(), gathered.kinds()), (expected.to_vec(), vec![]));
        assert_eq!(gathered.text("f!mail 3/a.log"), "line 1\nline 2\n");
        assert!(gathered.text("f!mail 2/part 1").contains("From here on it fails."));
    }

    #[test]
    fn a_mail_whose_only_text_is_html_is_read() {
        let mail =
            format!("{HEADER}Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>one =3D two<br>three</p>");
        assert_eq!(whole(mail.as_bytes()).text("f!part 1").trim_end(), "<html><p>one = two<br>three</p>");
    }

    #[test]
    fn a_page_that_is_not_encoded_is_a_page() {
        let page = "<html><body><p>Apr 10 08:15:02: <b>%A-3-B</b>: <span>one</span> <i>two</i></p><p>three</p></body></html>";
        let mail = format!("{HEADER}Content-Type: text/html; charset=utf-8\r\n\r\n{page}");
        assert_eq!(whole(mail.as_bytes()).text("f!part 1").trim_end(), page);
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
    fn what_is_damaged_is_decoded_as_far_as_it_goes() {
        for (encoding, body, expected) in
            [("quoted-printable", "a =ZZ long ==\r\nline=21\r\n", "a =ZZ long =line!"), ("base64", "!bGlu*\r\nZSAxCg==\r\n", "line 1")]
        {
            let mail = format!(
                "{HEADER}Content-Type: multipart/mixed; boundary==_X\r\n\r\n--=_X\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}--=_X--\r\n"
            );
            let gathered = whole(mail.as_bytes());
            assert_eq!(gathered.text("f!part 2").trim_end(), expected);
            assert_eq!(gathered.kinds(), [("f!part 2", TroubleKind::Corrupt)], "{encoding}");
        }
    }

    #[test]
    fn a_page_that_is_no_repetition_is_read_too() {
        let mail = |page: &str| {
            format!(
                "{HEADER}Content-Type: multipart/alternative; boundary=Y\r\n\r\n--Y\r\nContent-Type: text/plain\r\n\r\nsee the page\r\n\
                 --Y\r\nContent-Type: text/html\r\n\r\n{page}\r\n--Y--\r\n"
            )
        };
        assert_eq!(whole(mail("<p>see the <b>page</b></p>").as_bytes()).names(), ["f!part 2"]);
        let gathered = whole(mail("<p>Apr 10 08:15:02: %A-3-B: one two three</p>").as_bytes());
        assert_eq!(gathered.names(), ["f!part 2", "f!part 3"]);
        assert_eq!(gathered.text("f!part 3").trim(), "<html><p>Apr 10 08:15:02: %A-3-B: one two three</p>");
    }

    #[test]
    fn a_text_that_holds_what_divides_parts_is_read_as_text() {
        let log = "Apr 10 08:15:02: --B %A-3-B: one\r\n".repeat(300);
        let mail =
            format!("{HEADER}Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n{log}--B--\r\n");
        let gathered = whole(mail.as_bytes());
        assert!(gathered.leaves.iter().any(|(_, _, bytes)| bytes.len() >= log.len()), "{:?}", gathered.names());
    }

    #[test]
    fn a_part_of_nothing_but_an_escaped_line_end() {
        let mail = format!(
            "{HEADER}Content-Type: multipart/mixed; boundary=BBB\r\n\r\n--BBB\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n--BBB--\r\n"
        );
        assert!(!whole(mail.as_bytes()).names().is_empty());
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
