//! Rows of tables that collectors and databases export: `"time","host","severity","message"`, `time | host | message`,
//! boxes, the message in any column.
//!
//! A first line that names its columns says which is the host's. Without it the one cell that can only be a host is; where there
//! are more, which of them it is stays open, and [`Header::beside`] tells rows apart.

use super::{Header, head, part, priority};
use crate::formats::time;

/// Cells of a row that are looked at.
const CELLS: usize = 64;

const SEPARATORS: [char; 4] = ['|', '\t', ';', ','];

/// Names of columns, the surest first: blanks for all that divides words. Collectors also name them in the language of their user.
const HOSTS: [&str; 58] = [
    "hostname",
    "host name",
    "host",
    "device name",
    "devicename",
    "device",
    "node",
    "fromhost",
    "from host",
    "sender",
    "logsource",
    "log source",
    "reporting device",
    "reporter",
    "source host",
    "source hostname",
    "source name",
    "source",
    "host ip",
    "device ip",
    "device address",
    "fromhost ip",
    "source ip",
    "source address",
    "reporting ip",
    "ip address",
    "ipaddress",
    "ip",
    "address",
    "sender ip",
    "system",
    "machine",
    "origin",
    "gerät",
    "gerätename",
    "geraet",
    "hostname/ip",
    "rechner",
    "rechnername",
    "quelle",
    "absender",
    "hôte",
    "nom d'hôte",
    "équipement",
    "dispositivo",
    "equipo",
    "origen",
    "origem",
    "ホスト",
    "ホスト名",
    "機器",
    "装置",
    "호스트",
    "호스트명",
    "장비",
    "主机",
    "主机名",
    "设备",
];
const MESSAGES: [&str; 21] = [
    "message",
    "msg",
    "log message",
    "syslog message",
    "event message",
    "full message",
    "message text",
    "raw message",
    "raw",
    "text",
    "log",
    "description",
    "meldung",
    "nachricht",
    "meldungstext",
    "mensaje",
    "mensagem",
    "messaggio",
    "メッセージ",
    "메시지",
    "消息",
];
const TIMES: [&str; 34] = [
    "time",
    "timestamp",
    "ts",
    "epoch",
    "epoch time",
    "unix time",
    "unixtime",
    "event timestamp",
    "log time",
    "generated time",
    "date",
    "datetime",
    "date time",
    "received",
    "received at",
    "receivedat",
    "event time",
    "devicereportedtime",
    "start time",
    "zeit",
    "uhrzeit",
    "zeitpunkt",
    "zeitstempel",
    "datum",
    "heure",
    "horodatage",
    "fecha",
    "hora",
    "data/ora",
    "data hora",
    "日時",
    "時刻",
    "시간",
    "时间",
];

/// What collectors print in a column of its own and no device is called.
const WORDS: [&str; 16] =
    ["syslog", "cisco", "ios", "ios-xe", "nx-os", "udp", "tcp", "null", "none", "unknown", "n/a", "true", "false", "active", "new", "open"];

/// The columns of a table, as its first line names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    separator: char,
    host: Option<usize>,
    time: Option<usize>,
    message: usize,
}

impl Columns {
    /// Reads the line that names the columns; `None` where it names no message, or neither a host nor a time.
    pub fn named(line: &str) -> Option<Self> {
        // Keys of an object.
        if line.contains("\":") {
            return None;
        }
        SEPARATORS.into_iter().find_map(|separator| {
            if !line.contains(separator) {
                return None;
            }
            let name = |cell: &Cell<'_>| cell.text.trim_start_matches(['@', '_']).to_lowercase().replace(['_', '-', '.'], " ");
            let names: Vec<String> = cells(line, separator).iter().map(name).collect();
            let position = |known: &[&str]| known.iter().find_map(|known| names.iter().position(|name| is_named(name, known)));
            let message = position(&MESSAGES)?;
            let host = position(&HOSTS).filter(|host| *host != message);
            let time = position(&TIMES);
            (host.is_some() || time.is_some()).then_some(Self { separator, host, time, message })
        })
    }

    /// The head of the message in a row.
    pub fn parse<'a>(&self, row: &'a str) -> Option<Header<'a>> {
        let cells = cells(row, self.separator);
        let message = cells.get(self.message)?;
        let host = cells.get(self.host?).map(|cell| cell.text).filter(|host| part::is_host(host) && !host.contains(' '));
        let inner = head::parse(row.get(message.at..)?);
        // A number is a time only where its column says so.
        let counted = || cells.get(self.time?).and_then(counted);
        let stamp = cells.iter().filter(|cell| cell.at != message.at).find_map(stamp).or_else(counted);
        Some(joined(inner, message.at, host, stamp)).filter(|header| header.stamp.is_some() || header.mnemonic.is_some())
    }
}

/// Whether a column has a name, of which the letters beyond ASCII may be lost with the encoding.
fn is_named(name: &str, known: &str) -> bool {
    let same = |(a, b): (char, char)| a == b || a == char::REPLACEMENT_CHARACTER && !b.is_ascii();
    name == known || name.chars().count() == known.chars().count() && name.chars().zip(known.chars()).all(same)
}

/// The head of the message in a row of a table whose columns nobody names.
pub(super) fn parse(line: &str) -> Option<Header<'_>> {
    // Keys of an object.
    if line.contains("\":") {
        return None;
    }
    SEPARATORS.into_iter().filter(|separator| line.contains(*separator)).find_map(|separator| row(line, separator))
}

fn row(line: &str, separator: char) -> Option<Header<'_>> {
    let cells = cells(line, separator);
    let boxed = separator == '|' && line.trim_start().starts_with('|');
    let (at, inner) = cells.iter().enumerate().find_map(|(at, cell)| Some((at, head::message(line.get(cell.at..)?)?)))?;
    let message = cells.get(at)?;
    let (before, after) = (cells.get(..at)?, cells.get(at + 1..)?);
    // Behind a message without quotes stands the rest of it, unless the row ends in a time.
    let after = if message.quoted || separator == '|' || separator == '\t' {
        after
    } else {
        let words = after.iter().rev().take_while(|cell| stamp(cell).is_some() || !cell.text.contains(' ')).count();
        let tail = after.get(after.len() - words..)?;
        if tail.iter().any(|cell| stamp(cell).is_some()) { tail } else { &[] }
    };
    let others = || before.iter().chain(after);
    let stamp = others().find_map(stamp).or_else(|| counted(before.first().filter(|_| inner.stamp.is_none())?));
    if before.is_empty() && after.is_empty() || stamp.is_none() && inner.stamp.is_none() && !message.quoted && !boxed {
        return None;
    }
    let may_be_host = |cell: &&Cell<'_>| is_name(cell.text) && self::stamp(cell).is_none() && !is_of_message(cell.text, &inner);
    let hosts: Vec<&str> = others().filter(may_be_host).map(|cell| cell.text).collect();
    let says = |cell: &&Cell<'_>| {
        let empty = cell.text.is_empty() || cell.text.bytes().all(|b| b.is_ascii_digit());
        !empty && self::stamp(cell).is_none() && !is_word(cell.text) && !is_of_message(cell.text, &inner)
    };
    let beside = match (hosts.as_slice(), inner.host) {
        ([], None) if others().any(|cell| says(&cell)) => Some(head::print(others().filter(says).map(|cell| cell.text))),
        ([] | [_], _) => None,
        (several, _) => Some(head::print(several.iter().copied())),
    };
    let host = hosts.first().copied();
    Some(Header { beside, ..joined(Some(inner), message.at, host, stamp) })
}

fn joined<'a>(inner: Option<Header<'a>>, at: usize, host: Option<&'a str>, time: Option<time::Stamp>) -> Header<'a> {
    let inner = inner.unwrap_or_default();
    let stamp = match (inner.stamp, &time) {
        (Some(stamp), Some(time)) => Some(stamp.completed_by(time)),
        (stamp, time) => stamp.or_else(|| time.clone()),
    };
    let beside = inner.beside.filter(|_| host.is_none());
    let unsure = host.is_none() && inner.unsure;
    Header { stamp, relay: time.or(inner.relay), host: host.or(inner.host), unsure, body: at + inner.body, beside, ..inner }
}

/// One cell: its text without quotes and the blanks around it, and where that begins in the line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cell<'a> {
    text: &'a str,
    at: usize,
    quoted: bool,
}

fn cells(line: &str, separator: char) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut rest = line.trim_start().trim_start_matches('\u{feff}');
    if separator == '|' {
        rest = rest.strip_prefix('|').unwrap_or(rest);
    }
    while cells.len() < CELLS {
        let blank = |c: char| c.is_whitespace() && c != separator;
        rest = rest.trim_start_matches(blank);
        let (text, end, quoted) = match rest.strip_prefix('"') {
            Some(inside) => {
                let end = closing(inside);
                (inside.get(..end).unwrap_or(inside), end + 1, true)
            }
            None => (rest, 0, false),
        };
        let next = rest.get(end..).and_then(|behind| behind.find(separator)).map(|at| end + at);
        let text = if quoted { text } else { rest.get(..next.unwrap_or(rest.len())).unwrap_or(text) };
        let text = text.trim();
        // Markdown.
        let text = if separator == '|' { text.trim_matches('`') } else { text };
        cells.push(Cell { text, at: text.as_ptr() as usize - line.as_ptr() as usize, quoted });
        match next.and_then(|next| rest.get(next + separator.len_utf8()..)) {
            Some(more) => rest = more,
            None => break,
        }
    }
    cells
}

/// Where the quote is that ends a cell; two of them are one that is meant.
fn closing(inside: &str) -> usize {
    let mut from = 0;
    while let Some(at) = inside.get(from..).and_then(|rest| rest.find('"')).map(|at| from + at) {
        if !inside.get(at + 1..).is_some_and(|behind| behind.starts_with('"')) {
            return at;
        }
        from = at + 2;
    }
    inside.len()
}

/// The time that a cell is.
fn stamp(cell: &Cell<'_>) -> Option<time::Stamp> {
    let text = cell.text.strip_prefix('[').unwrap_or(cell.text);
    let (stamp, length) = time::parse_prefix(text)?;
    text.get(length..)?.trim().len().le(&6).then_some(stamp)
}

/// The time that a cell is as a number and nothing else.
fn counted(cell: &Cell<'_>) -> Option<time::Stamp> {
    time::epoch(cell.text).filter(|(_, length)| *length == cell.text.len()).map(|(stamp, _)| stamp)
}

/// A word that may be the name or the address of a device, by itself.
fn is_name(text: &str) -> bool {
    let name = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':'));
    name && text.len() > 1
        && part::is_host(text)
        && (text.bytes().any(|b| b.is_ascii_alphabetic()) || text.parse::<std::net::IpAddr>().is_ok())
        && !is_word(text)
}

/// A word that names no device.
fn is_word(text: &str) -> bool {
    priority::names_priority(text) || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A part of the message that stands in a column of its own.
fn is_of_message(text: &str, message: &Header<'_>) -> bool {
    message.mnemonic.is_some_and(|mnemonic| {
        let whole = || format!("{}-{}-{}", mnemonic.facility, mnemonic.severity, mnemonic.name);
        text.eq_ignore_ascii_case(mnemonic.facility) || text.eq_ignore_ascii_case(mnemonic.name) || text.eq_ignore_ascii_case(&whole())
    })
}

#[cfg(test)]
mod tests {
    use super::super::{parse, starts_record};
    use super::*;

    const MESSAGE: &str = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : x, y";

    #[test]
    fn rows_without_a_head() {
        for (row, host, time) in [
            ("\"2024-05-14 08:15:02\",\"sw-a\",\"err\",\"%M\"", Some("sw-a"), true),
            ("\"2024-05-14 08:15:02\",\"sw-a\",\"local7\",\"err\",\"%M\"", Some("sw-a"), true),
            ("2024-05-14 08:15:02;sw-a;err;%M", Some("sw-a"), true),
            ("sw-a,2024-05-14 08:15:02,%M", Some("sw-a"), true),
            ("\"%M\",\"sw-a\",\"2024-05-14 08:15:02\"", Some("sw-a"), true),
            ("%M,10.1.1.1,2024-05-14 08:15:02", Some("10.1.1.1"), true),
            ("2024-05-14 08:15:02 | sw-a | err | %M", Some("sw-a"), true),
            ("| 2024-05-14 08:15:02 | sw-a | %M |", Some("sw-a"), true),
            ("| sw-a | 3 | %M | 2024-05-14 08:15:02 |", Some("sw-a"), true),
            ("| 26 | `May 14 08:15:02.119 UTC: %M` |", None, true),
            ("14.05.2024 08:15:02;sw-a;%M", Some("sw-a"), true),
            ("| SMART_LIC | COMM_FAILED | sw-a | %M |", Some("sw-a"), false),
            ("17\t2024-05-14 08:15:02\tsyslog\tlocal7.err\t10.1.1.1\t%M", Some("10.1.1.1"), true),
            ("7,2024-05-14 08:15:02,local7,err,%M", None, true),
            ("\"[2024-05-14 08:15:02]\",\"sw-a\",\"%M\"", Some("sw-a"), true),
            ("\"1715674502\",\"sw-a\",\"%M\"", Some("sw-a"), true),
            ("\"17156745021\",\"sw-a\",\"%M\"", Some("sw-a"), false),
            ("\"sw-a\",\"1715674502\",\"%M\"", Some("sw-a"), false),
        ] {
            let row = row.replace("%M", MESSAGE);
            let header = parse(&row).unwrap();
            assert_eq!(header.host, host, "{row}");
            assert_eq!(header.stamp.is_some(), time, "{row}");
            assert_eq!(header.mnemonic.map(|mnemonic| mnemonic.name), Some("COMM_FAILED"), "{row}");
            assert!(row.get(header.body..).unwrap().starts_with("Communications"), "{row}");
            assert!(starts_record(&row), "{row}");
        }
    }

    #[test]
    fn what_is_no_row() {
        for line in [
            "Aug 23 09:19:43.486: %LINK-3-UPDOWN: Interface Gi1/0/1, changed state to down",
            "%LINK-3-UPDOWN: Interface Gi1/0/1, changed state to down",
            "we saw it on sw1, sw2, %LINK-3-UPDOWN: Interface down",
            "SW1#show logging | include %LINK-3-UPDOWN",
        ] {
            assert_eq!(super::parse(line), None, "{line}");
        }
    }

    #[test]
    fn which_cell_is_the_host_may_stay_open() {
        let beside = |row: &str| parse(&row.replace("%M", MESSAGE)).unwrap().beside;
        // One of a group, or one behind a collector: rows of the same device look the same, others do not.
        let [a, again, b] = [
            "\"2024-05-14 08:15:02\",\"group1\",\"sw-a\",\"%M\"",
            "\"2024-05-14 09:15:02\",\"group1\",\"sw-a\",\"%M\"",
            "\"2024-05-14 08:15:02\",\"group1\",\"sw-b\",\"%M\"",
        ]
        .map(beside);
        assert!(a.is_some() && a == again && a != b);
        assert_eq!(beside("\"2024-05-14 08:15:02\",\"sw-a\",\"err\",\"%M\""), None);
    }

    #[test]
    fn columns_with_names() {
        for (names, row, host) in [
            ("\"Time\",\"Host\",\"Severity\",\"Message\"", "\"2024-05-14 08:15:02\",\"sw-a\",\"err\",\"%M\"", Some("sw-a")),
            ("Message;Group;Device Name;@timestamp", "\"%M\";switches;sw-a;2024-05-14 08:15:02", Some("sw-a")),
            ("_time\tsource_ip\tfacility\t_raw", "2024-05-14 08:15:02\t10.1.1.1\tfoo\t%M", Some("10.1.1.1")),
            (" receivedat | fromhost | message ", " 2024-05-14 08:15:02 | sw-a | %M", Some("sw-a")),
            ("| time | hostname | message |", "| 2024-05-14 08:15:02 | sw-a | %M |", Some("sw-a")),
            ("Zeit;Ger\u{fffd}t;Meldung", "14.05.2024 08:15:02;sw-a;%M", Some("sw-a")),
            ("Horodatage;Nom d'hôte;Message", "14.05.2024 08:15:02;sw-a;%M", Some("sw-a")),
            ("日時,ホスト名,メッセージ", "2024/05/14 08:15:02,sw-a,%M", Some("sw-a")),
            ("日時,ホスト名,メッセージ", "2024年05月14日 08:15:02,sw-a,%M", Some("sw-a")),
            ("\"Id\",\"Host\",\"epoch\",\"Message\"", "\"1600000000\",\"sw-a\",\"1715674502119\",\"%M\"", Some("sw-a")),
            ("\"@timestamp\",\"host.name\",\"message\"", "\"May 14, 2024 @ 08:15:02.119\",\"sw-a\",\"%M\"", Some("sw-a")),
        ] {
            let row = row.replace("%M", MESSAGE);
            let header = Columns::named(names).unwrap().parse(&row).unwrap();
            assert_eq!((header.host, header.beside), (host, None), "{row}");
            let seconds = header.stamp.and_then(|stamp| stamp.unix_seconds());
            assert_eq!(seconds, Some(1_715_674_502), "{row}");
            assert_eq!(header.mnemonic.map(|mnemonic| mnemonic.name), Some("COMM_FAILED"), "{row}");
        }
        for line in [
            "",
            "a,b,c",
            "Host, Severity",
            "Message",
            "[{\"time\":\"x\",\"host\":\"a\",\"msg\":\"b\"}]",
            "the message, said the host",
            "2024-05-14 08:15:02,sw-a,%X-3-Y: z",
        ] {
            assert_eq!(Columns::named(line), None, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(line in "[\"|,;\t %A-Z0-9:é-]{0,60}") {
            super::parse(&line);
            if let Some(columns) = Columns::named(&line) { columns.parse(&line); }
            if let Some(columns) = Columns::named("time,host,message") { columns.parse(&line); }
        }
    }
}
