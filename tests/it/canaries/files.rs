//! What files dress a line in: pages, documents of offices, JSON, tables, mails, sessions.

use super::{entities, json};

/// A line that makes the text a log.
const HEAD: &str =
    "Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given";

fn each(text: &str, around: impl Fn(&str) -> String) -> String {
    text.split(' ').map(around).collect::<Vec<_>>().join(" ")
}

fn runs(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let parts = characters
        .chunks(5)
        .map(|part| format!("<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>", entities(&part.iter().collect::<String>())));
    format!("<w:p>{}</w:p>", parts.collect::<String>())
}

fn quoted_printable(text: &str) -> String {
    let spelt = text.bytes().map(|byte| if byte == b'=' || byte > 126 { format!("={byte:02X}") } else { char::from(byte).to_string() });
    let spelt: Vec<String> = spelt.collect();
    spelt.chunks(60).map(<[String]>::concat).collect::<Vec<_>>().join("=\r\n")
}

fn wide(text: &str) -> String {
    text.chars().map(|c| if ('!'..='~').contains(&c) { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c }).collect()
}

/// Name of the dress, of a file in it, and its contents, which show the line.
pub(super) fn dressed(line: &str) -> Vec<(&'static str, &'static str, String)> {
    let page = |inside: String| format!("<html><body>\n<p>{}</p>\n{inside}\n</body></html>\n", entities(HEAD));
    let plain = format!("{HEAD}\n{line}\n");
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    vec![
        ("page", "a.html", page(format!("<pre>{}</pre>", entities(line)))),
        ("page, words apart", "a.html", page(format!("<p>{}</p>", each(line, |word| format!("<span>{}</span>", entities(word)))))),
        ("page, table", "a.html", page(format!("<table><tr>{}</tr></table>", each(line, |word| format!("<td>{}</td>", entities(word)))))),
        (
            "page, bold letters",
            "a.html",
            page(format!(
                "<p>{}</p>",
                each(line, |word| {
                    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
                    format!("<b>{}</b>{}", entities(first), entities(rest))
                })
            )),
        ),
        ("page, no-break blanks", "a.html", page(format!("<p>{}</p>", entities(line).replace(' ', "&nbsp;")))),
        ("word", "document.xml", format!("<?xml version=\"1.0\"?><w:document><w:body>{}{}</w:body></w:document>", runs(HEAD), runs(line))),
        (
            "excel",
            "sharedStrings.xml",
            format!("<?xml version=\"1.0\"?><sst><si><t>{}</t></si><si><t>{}</t></si></sst>", entities(HEAD), entities(line)),
        ),
        ("JSON of outputs", "a.json", format!("{{\"sw1\": {{\"show logging\": {}}}}}", json(&plain))),
        ("JSON of lines", "a.json", format!("{{\"stdout_lines\": [\n{},\n{},\n{}\n]}}", json(HEAD), json(line), json("and so on"))),
        (
            "JSON of a store",
            "a.json",
            format!(
                "{{\"hits\":[{{\"_source\":{{\"host\":\"sw1\",\"message\":{}}}}},{{\"_source\":{{\"host\":\"sw1\",\"message\":{}}}}}]}}",
                json(HEAD),
                json(line)
            ),
        ),
        (
            "JSON, a line each",
            "a.json",
            format!("{{\"host\":\"sw1\",\"message\":{}}}\n{{\"host\":\"sw1\",\"message\":{}}}\n", json(HEAD), json(line)),
        ),
        ("table", "a.csv", format!("Time,Host,Message\n2025-08-23 09:19:43,sw1,{}\n2025-08-23 09:19:44,sw1,{}\n", cell(HEAD), cell(line))),
        ("table with bars", "a.txt", format!("| time | host | message |\n| 2025-08-23 09:19:44 | sw1 | {line} |\n")),
        ("tabs", "a.log", format!("{}{}\n", format!("{HEAD}\n").repeat(4), line).replace(' ', "\t")),
        ("no-break blanks", "a.log", plain.replace(' ', "\u{a0}")),
        ("full width", "a.log", format!("{HEAD}\n{}\n", wide(line))),
        ("with soft hyphens", "a.log", format!("{HEAD}\n{}\n", each(line, |word| word.chars().map(|c| format!("{c}\u{ad}")).collect()))),
        (
            "session with stamps",
            "a.txt",
            format!("{HEAD}\nsw1(config)#{line}\nsw1#show clock\n")
                .repeat(3)
                .lines()
                .map(|line| format!("[2025-08-23 09:19:43] {line}\n"))
                .collect(),
        ),
        ("mail, quoted", "a.txt", format!("> {HEAD}\n> {line}\n")),
        (
            "mail",
            "a.eml",
            format!(
                "From: a@b\r\nTo: c@d\r\nSubject: logs\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{HEAD}\r\n{}\r\n",
                quoted_printable(line)
            ),
        ),
    ]
}
