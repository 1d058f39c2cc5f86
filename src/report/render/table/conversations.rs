//! What a capture shows, as one would look for it in Wireshark: who talked to whom, how far it came, who sent which
//! alert, who issued the certificate, and the display filter that shows it. Filters can be copied: they stand alone on
//! their lines and are never wrapped.

use super::grid::Column;
use super::inventory::{grid, widest};
use super::moment;
use super::page::{Look, Page, pad, printable};
use super::wrap::{clip, columns};
use crate::report::model::{Alert, Artifact, Capture, Conversation, NameAsked, Report};
use crate::report::packets::{translated_packet, translated_traffic};
use crate::rules::translation::Words;

/// Rows that are shown of a list unless everything was asked for.
const ROWS: usize = 10;
/// From this width on conversations stand in columns.
const WIDE: usize = 110;
/// Indentation of what stands beneath a row: where its second column begins.
const BENEATH: usize = 5;
/// Columns of the labels beneath a row.
const LABEL: usize = 9;
/// Kinds of remarks that the outcome has told already.
const TOLD: [&str; 4] = ["tcp-syn-unanswered", "tcp-refused", "tcp-reset", "tcp-closed"];

pub(super) fn write(page: &mut Page, report: &Report) {
    for artifact in &report.artifacts {
        if let Some(capture) = &artifact.capture {
            of_one(page, artifact, capture);
        }
    }
}

fn of_one(page: &mut Page, artifact: &Artifact, capture: &Capture) {
    page.gap();
    let recognised = capture.conversations.iter().filter(|one| one.licensing).count();
    let words = page.words;
    let title = match capture.connections {
        0 => words.say("No TCP connection").to_owned(),
        all => words.fill("TCP connections ({}, {} of licensing)", &[&all.to_string(), &recognised.to_string()]),
    };
    page.heading(0, &title);
    page.verbatim(1, Look::Place, &artifact.path);
    if !capture.hidden.is_empty() {
        let hidden: Vec<String> = capture.hidden.iter().map(|text| translated_traffic(words, text)).collect();
        page.prose(1, Look::Plain, &words.fill("Hidden: {}.", &[&hidden.join(words.say(", "))]));
    }
    let named = capture.names.iter().any(|name| name.licensing);
    if recognised == 0 && !named {
        page.prose(1, Look::Plain, words.say("Nothing of licensing that the rules know is in this capture."));
    }
    if !capture.conversations.is_empty() {
        page.gap();
        conversations(page, capture);
    }
    if !capture.names.is_empty() {
        names(page, capture);
    }
}

/// How many of a list are shown.
fn shown(page: &Page, all: usize) -> usize {
    if page.verbose { all } else { all.min(ROWS) }
}

/// The line about what a list leaves out.
fn rest(page: &mut Page, hidden: usize, left_out: u64) {
    let mut parts = Vec::new();
    if hidden > 0 {
        parts.push(page.words.fill("{} more; -v lists them", &[&hidden.to_string()]));
    }
    if left_out > 0 {
        parts.push(page.words.fill("{} more are left out, the least telling ones", &[&left_out.to_string()]));
    }
    if !parts.is_empty() {
        page.prose(1, Look::Faint, &parts.join(page.words.say("; ")));
    }
}

fn conversations(page: &mut Page, capture: &Capture) {
    let all = &capture.conversations;
    let listed = all.get(..shown(page, all.len())).unwrap_or(all);
    if page.width < WIDE {
        for one in listed {
            let server = one.server_name.as_ref().map_or_else(|| one.server.clone(), |name| format!("{name} ({})", one.server));
            page.quoted(1, (Look::Title, mark(one.licensing, one.failed)), BENEATH - 1, &format!("{} → {server}", one.client));
            page.labelled(
                BENEATH,
                (Look::Faint, page.words.say("came to")),
                LABEL,
                Look::Title,
                &translated_traffic(page.words, &one.outcome),
            );
            let about = [Some(packets(one)), one.start.as_deref().map(moment::full), one.duration_ms.map(took), one.tls_version.clone()];
            let about: Vec<String> = about.into_iter().flatten().collect();
            page.labelled(BENEATH, (Look::Faint, page.words.say("packets")), LABEL, Look::Plain, &about.join(page.words.say(", ")));
            details(page, one);
        }
    } else {
        let words = page.words;
        let rows: Vec<Vec<String>> = listed.iter().map(|one| row(words, one)).collect();
        let fitted = |name, at: usize, most: usize| Column::fixed(name, widest(&rows, at, name).min(most));
        let server = rows.iter().filter_map(|row| row.get(5)).flat_map(|cell| cell.lines()).map(|line| columns(&printable(line))).max();
        let plan = [
            Column::fixed("", 2),
            fitted(words.say("Packets"), 1, 15),
            fitted(words.say("Start"), 2, 12),
            fitted(words.say("Took"), 3, 8).right(),
            fitted(words.say("Client"), 4, 24),
            Column::fixed(words.say("Server"), server.unwrap_or(0).max(columns(words.say("Server"))).min(page.width / 3)),
            fitted("TLS", 6, 8),
            Column::rest(words.say("How far it came")),
        ];
        let mut open = None;
        grid(page, &plan, &rows, |page, row, first| {
            if first && let Some(before) = open.replace(row).and_then(|before| listed.get(before)) {
                details(page, before);
            }
        });
        if let Some(last) = open.and_then(|last| listed.get(last)) {
            details(page, last);
        }
    }
    rest(page, all.len() - listed.len(), capture.conversations_left_out);
    page.prose(1, Look::Faint, page.words.say("* of licensing   ! failed"));
}

/// The cells of a conversation.
fn row(words: Words<'_>, one: &Conversation) -> Vec<String> {
    let server = one.server_name.as_ref().map_or_else(|| one.server.clone(), |name| format!("{}\n{}", printable(name), one.server));
    let start = one.start.as_deref().and_then(|start| start.get(11..)).unwrap_or_default();
    let clock: String = start.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ':' | '.')).take(12).collect();
    let version = one.tls_version.as_deref().unwrap_or_default();
    vec![
        mark(one.licensing, one.failed).to_owned(),
        span(one),
        clock,
        one.duration_ms.map(took).unwrap_or_default(),
        one.client.clone(),
        server,
        version.strip_prefix("TLS ").unwrap_or(version).to_owned(),
        translated_traffic(words, &one.outcome),
    ]
}

fn mark(licensing: bool, failed: bool) -> &'static str {
    match (licensing, failed) {
        (true, true) => "*!",
        (true, false) => "*",
        (false, true) => " !",
        (false, false) => "",
    }
}

/// First and last packet.
fn span(one: &Conversation) -> String {
    if one.first_packet == one.last_packet { one.first_packet.to_string() } else { format!("{}–{}", one.first_packet, one.last_packet) }
}

/// The same and how many there are.
fn packets(one: &Conversation) -> String {
    if one.packets == 1 { span(one) } else { format!("{} ({})", span(one), one.packets) }
}

/// A length of time for people.
fn took(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..100_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        100_000..6_000_000 => format!("{} min", milliseconds / 60_000),
        _ => format!("{} h", milliseconds / 3_600_000),
    }
}

/// What stands beneath a conversation.
fn details(page: &mut Page, one: &Conversation) {
    let words = page.words;
    let label = |label| (Look::Faint, words.say(label));
    let all = page.verbose;
    if one.licensing || one.failed || all {
        if let Some(leaf) = one.chain.first() {
            page.quoted(BENEATH, label("issuer"), LABEL, &leaf.issuer);
            page.quoted(BENEATH, label("chain"), LABEL, &chain(one));
        }
        if let Some(state) = one.client_certificate.as_deref().filter(|state| *state != "none") {
            let sent = match state {
                "empty" => words.say("the client sent an empty certificate message"),
                _ => words.say("the client sent its certificate"),
            };
            page.labelled(BENEATH, label("client"), LABEL, Look::Plain, sent);
        }
        for request in &one.requests {
            let status =
                request.status.map_or_else(|| words.say("no answer").to_owned(), |status| words.fill("status {}", &[&status.to_string()]));
            page.clipped(
                BENEATH,
                label("request"),
                LABEL,
                &words.fill("packet {}: {}", &[&request.packet.to_string(), &format!("{status}, {} {}", request.method, request.target)]),
            );
        }
        for alert in one.alerts.iter().filter(|alert| all || alert.level != "warning") {
            self::alert(page, alert);
        }
        for remark in one.remarks.iter().filter(|remark| all || !TOLD.contains(&remark.kind.as_str())) {
            let text = translated_packet(words, &remark.text).unwrap_or_else(|| remark.text.clone());
            page.quoted(BENEATH, label("noticed"), LABEL, &words.fill("packet {}: {}", &[&remark.packet.to_string(), &text]));
        }
    }
    for hidden in &one.hidden {
        page.labelled(BENEATH, label("hidden"), LABEL, Look::Plain, &translated_traffic(words, hidden));
    }
    copied(page, "filter", &one.filter);
    if one.licensing || one.failed || page.width < WIDE {
        page.gap();
    }
}

/// Something to copy behind a label: on one line, however long.
fn copied(page: &mut Page, label: &str, text: &str) {
    page.line(BENEATH, &[(Look::Faint, &pad(page.words.say(label), LABEL)), (Look::Command, text)]);
}

fn alert(page: &mut Page, alert: &Alert) {
    let words = page.words;
    let said = [&alert.packet.to_string(), words.say(&alert.from), &alert.level, &alert.description];
    page.labelled(BENEATH, (Look::Faint, words.say("alert")), LABEL, Look::Plain, &words.fill("packet {}, from the {}: {} {}", &said));
    copied(page, "", &alert.filter);
}

/// `leaf ← issuer ← its issuer`, by their shortest names.
fn chain(one: &Conversation) -> String {
    let mut names: Vec<&str> = one.chain.iter().map(|certificate| short(&certificate.subject)).collect();
    if let Some(last) = one.chain.last()
        && last.issuer != last.subject
    {
        names.push(short(&last.issuer));
    }
    names.join(" ← ")
}

/// The common name of a distinguished name, else all of it. A comma inside a value is escaped.
fn short(name: &str) -> &str {
    let Some(at) = name.find("CN=").filter(|at| *at == 0 || name.get(..*at).is_some_and(|before| before.ends_with([',', ' ', '+']))) else {
        return name;
    };
    let value = name.get(at + 3..).unwrap_or_default();
    let mut before = '=';
    let end = value.char_indices().find(|(_, c)| {
        let ends = matches!(c, ',' | '+') && before != '\\';
        before = *c;
        ends
    });
    let value = value.get(..end.map_or(value.len(), |(at, _)| at)).unwrap_or_default().trim();
    if value.is_empty() { name } else { value }
}

fn names(page: &mut Page, capture: &Capture) {
    let all = &capture.names;
    let listed = all.get(..shown(page, all.len())).unwrap_or(all);
    let recognised = all.iter().filter(|asked| asked.licensing).count();
    page.gap();
    let words = page.words;
    let asked_for = (all.len() as u64 + capture.names_left_out).to_string();
    page.heading(1, &words.fill("Names asked for ({}, {} of licensing)", &[&asked_for, &recognised.to_string()]));
    if page.narrow() {
        for asked in listed {
            page.quoted(1, (Look::Title, mark(asked.licensing, asked.failed)), BENEATH - 1, &format!("{} {}", asked.record, asked.name));
            page.labelled(
                BENEATH,
                (Look::Faint, words.say("answer")),
                LABEL,
                Look::Plain,
                &words.fill("packet {}: {}", &[&asked.first_packet.to_string(), &answer(words, asked)]),
            );
            copied(page, "filter", &asked.filter);
        }
    } else {
        let rows: Vec<Vec<String>> = listed
            .iter()
            .map(|asked| {
                let mark = mark(asked.licensing, asked.failed).to_owned();
                vec![mark, asked.first_packet.to_string(), asked.record.clone(), clip(&printable(&asked.name), 60), answer(words, asked)]
            })
            .collect();
        let fitted = |name, at: usize, most: usize| Column::fixed(name, widest(&rows, at, name).min(most));
        let plan = [
            Column::fixed("", 2),
            fitted(words.say("Packet"), 1, 10).right(),
            fitted(words.say("Type"), 2, 9),
            fitted(words.say("Name"), 3, page.width * 2 / 5),
            Column::rest(words.say("Answer")),
        ];
        let mut open = None;
        let beneath = |page: &mut Page, row: usize| {
            if let Some(asked) = listed.get(row).filter(|asked| asked.licensing || asked.failed || page.verbose) {
                copied(page, "filter", &asked.filter);
            }
        };
        grid(page, &plan, &rows, |page, row, first| {
            if first && let Some(before) = open.replace(row) {
                beneath(page, before);
            }
        });
        if let Some(last) = open {
            beneath(page, last);
        }
    }
    rest(page, all.len() - listed.len(), capture.names_left_out);
}

/// What became of a name.
fn answer(words: Words<'_>, asked: &NameAsked) -> String {
    let outcomes = asked.outcomes.iter().map(|(outcome, times)| match times {
        1 => translated_traffic(words, outcome),
        times => format!("{times} × {}", translated_traffic(words, outcome)),
    });
    let mut text = outcomes.collect::<Vec<_>>().join(words.say(", "));
    if !asked.addresses.is_empty() {
        text.push_str(": ");
        text.push_str(&asked.addresses.join(" "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Style, inventory};
    use super::*;
    use crate::report::samples;

    fn text(report: &Report, width: usize, verbose: bool) -> String {
        inventory(report, &Style { width, verbose, ..Style::default() })
    }

    #[test]
    fn filters_can_be_copied_at_any_width() {
        let report = samples::capture();
        let capture = report.artifacts[0].capture.as_ref().unwrap();
        for width in [20, 60, 80, 100, 120, 200] {
            let text = text(&report, width, false);
            for one in capture.conversations.iter().take(ROWS) {
                assert!(text.lines().any(|line| line.ends_with(&one.filter)), "{width}: {}\n{text}", one.filter);
            }
            assert!(text.lines().any(|line| line.trim() == "tls.alert_message.desc == 48"), "{width}\n{text}");
            assert!(text.lines().any(|line| line.ends_with("lower(dns.qry.name) == \"smartreceiver.cisco.com\"")), "{width}");
        }
    }

    #[test]
    fn licensing_is_first_and_says_who_issued() {
        for width in [60, 80, 120, 200] {
            let text = text(&samples::capture(), width, false);
            let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} at {width}\n{text}"));
            assert!(at("10.1.1.5:51234") < at("10.1.1.5:40001"), "{width}");
            assert!(text.contains("smartreceiver.cisco.com ← TLS Forward Proxy v2"), "{width}\n{text}");
            assert!(at("from the client: fatal unknown_ca") > 0 && at("1 more; -v lists them") > 0, "{width}");
        }
        assert!(text(&samples::capture(), 100, true).contains("10.1.1.5:40010"));
    }

    #[test]
    fn a_capture_without_licensing_says_so() {
        let mut report = samples::capture();
        let capture = report.artifacts[0].capture.as_mut().unwrap();
        capture.conversations.iter_mut().for_each(|one| one.licensing = false);
        capture.names.iter_mut().for_each(|one| one.licensing = false);
        assert!(text(&report, 80, false).contains("Nothing of licensing that the rules know is in this capture."));
    }

    #[test]
    fn hostile_names_neither_act_nor_widen() {
        let mut report = samples::capture();
        let hostile = format!("a\x1b]0;x\x07\u{202e}\r\n::set-env 東京{}", "w".repeat(300));
        let capture = report.artifacts[0].capture.as_mut().unwrap();
        for one in &mut capture.conversations {
            one.server_name = Some(hostile.clone());
            one.chain.iter_mut().for_each(|certificate| certificate.issuer.clone_from(&hostile));
            one.alerts.iter_mut().for_each(|alert| alert.description.clone_from(&hostile));
            one.outcome.clone_from(&hostile);
        }
        capture.names.iter_mut().for_each(|asked| asked.name.clone_from(&hostile));
        for width in [60, 80, 120, 200] {
            for line in text(&report, width, true).lines() {
                assert!(!line.chars().any(crate::intake::escape::is_unsafe), "{line}");
                let kept = line.contains(" && tcp.port == ") || line.contains("dns.qry.name") || line.contains("pcap");
                assert!(columns(line) <= width || kept, "{width}: {line}");
            }
        }
    }

    #[test]
    fn short_names_of_certificates() {
        for (name, expected) in [
            ("CN=TLS Forward Proxy v2,OU=Information Security,O=Example Corp", "TLS Forward Proxy v2"),
            ("C=US, O=IdenTrust, CN=IdenTrust Commercial Root CA 1", "IdenTrust Commercial Root CA 1"),
            ("CN=Cisco Systems\\, Inc.,C=US", "Cisco Systems\\, Inc."),
            ("OU=No name,O=X", "OU=No name,O=X"),
            ("O=SCN=1", "O=SCN=1"),
            ("CN=", "CN="),
        ] {
            assert_eq!(short(name), expected);
        }
    }

    #[test]
    fn times_for_people() {
        for (milliseconds, expected) in
            [(0, "0 ms"), (999, "999 ms"), (1_250, "1.2 s"), (99_999, "99.9 s"), (184_000, "3 min"), (7_200_000, "2 h")]
        {
            assert_eq!(took(milliseconds), expected);
        }
    }
}
