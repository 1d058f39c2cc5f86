//! Messages that a collector exported as JSON objects, one a line: `{"@timestamp": …, "host": {"hostname": …}, "message": …}`.
//! Keys are those of Elastic, Graylog, Splunk, QRadar and Loki exports. Escapes are left as they stand: none is seen in a head.

use std::borrow::Cow;

use super::{Header, head, part};
use crate::formats::time;

pub(super) const MESSAGES: [&str; 10] =
    ["message", "full_message", "short_message", "msg", "_raw", "log", "original", "event.original", "payload", "line"];
pub(super) const TIMES: [&str; 11] =
    ["@timestamp", "timestamp", "_time", "time", "received_at", "datetime", "date", "epoch", "ts", "eventtime", "__REALTIME_TIMESTAMP"];
pub(super) const HOSTS: [&str; 17] = [
    "log.source.address",
    "source.ip",
    "source.address",
    "observer.name",
    "observer.hostname",
    "hostname",
    "host",
    "host.name",
    "host.hostname",
    "source",
    "logsource",
    "gl2_remote_ip",
    "node",
    "device",
    "devname",
    "fromhost",
    "fromhost-ip",
];

/// Objects that name who sent a message, and their keys. Where a shipper stands between, `host` is the shipper: last.
pub(super) const OBJECTS: [(&str, &[&str]); 3] =
    [("source", &["address", "ip", "name", "domain"]), ("observer", &["name", "hostname", "ip"]), ("host", &["hostname", "name", "ip"])];

/// Lines around a line in which the object is looked for that it is part of.
const AROUND: usize = 64;

/// The head of the message in a line that is an object, with the object's own time and host.
pub(super) fn parse(line: &str) -> Option<Header<'_>> {
    let (message, body) = first(line, &MESSAGES)?;
    let time = TIMES.iter().find_map(|key| {
        let (time, at) = string(line, key).or_else(|| number(line, key))?;
        Some((time::parse_prefix(time).or_else(|| time::epoch(time))?.0, at, time.len()))
    });
    let nested = |place: &[(&str, &'static [&str])]| place.iter().find_map(|(object, keys)| within(line, object, keys));
    let (senders, shipper) = OBJECTS.split_at(2);
    let host = nested(senders).or_else(|| HOSTS.iter().find_map(|key| string(line, key).map(|(host, _)| host).and_then(host_of)));
    let host = host.or_else(|| nested(shipper));
    let inner = head::parse(message);
    if inner.is_none() && time.is_none() {
        return None;
    }
    let inner = inner.unwrap_or_default();
    // What else the object says may be who sent it.
    let beside = || {
        let (at, length) = time.as_ref().map_or((body, 0), |(_, at, length)| (*at, *length));
        let (a, b) = if at < body { ((at, length), (body, message.len())) } else { ((body, message.len()), (at, length)) };
        let between = line.get(a.0 + a.1..b.0).unwrap_or_default();
        head::print([line.get(..a.0).unwrap_or_default(), between, line.get(b.0 + b.1..).unwrap_or_default()].into_iter())
    };
    let unsure = host.is_none() && inner.unsure;
    let host = host.or(inner.host);
    let beside = host.is_none().then(beside);
    let time = time.map(|(stamp, ..)| stamp);
    let stamp = match (inner.stamp, &time) {
        (Some(stamp), Some(time)) => Some(stamp.completed_by(time)),
        (stamp, time) => stamp.or_else(|| time.clone()),
    };
    Some(Header { stamp, relay: time.or(inner.relay), host, unsure, body: body + inner.body, beside, ..inner })
}

/// The objects of an array that stands on one line, where it is one: `[{…},{…}]`.
pub fn objects(line: &str) -> Vec<&str> {
    let text = line.trim_start();
    if !text.starts_with('[') || !text.get(1..).is_some_and(|rest| rest.trim_start().starts_with('{')) {
        return Vec::new();
    }
    let (mut objects, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    objects.extend(text.get(start..=at));
                }
            }
            _ => {}
        }
    }
    objects
}

/// The object that a line with one key of it is part of, on one line: what stands before the line and behind it is searched a
/// little way for where it begins and ends. `None` for a line that is no such part.
pub fn enclosing(before: &[u8], line: &str, rest: &[u8]) -> Option<String> {
    let text = line.trim();
    if !text.starts_with('"') || string(text, MESSAGES.iter().find(|key| string(text, key).is_some())?).is_none() {
        return None;
    }
    let closes = |line: &str| line.starts_with(['}', ']']);
    let opens = |line: &str| line.ends_with(['{', '[']);
    // No object has a key twice: what stands behind the other is another object.
    let key = text.get(..text.find("\":").unwrap_or(text.len())).unwrap_or(text);
    let is_other = |line: &str| line.starts_with(key);
    let (mut above, mut below) = (Vec::new(), Vec::new());
    // Objects around the line, and those beside it.
    let (mut around, mut beside, mut begun) = (0_usize, 0_usize, false);
    let mut before = before.strip_suffix(b"\n").unwrap_or(before);
    for _ in 0..AROUND {
        let start = memchr::memrchr(b'\n', before);
        let line = shown(before.get(start.map_or(0, |end| end + 1)..).unwrap_or_default());
        let (opens, closes) = (opens(&line), closes(&line));
        if around + beside == 0 && is_other(&line) {
            return None;
        }
        if opens && beside == 0 {
            around += 1;
            // `{` alone begins an object that is no value of another's key.
            begun = line.trim_start_matches([']', '}', ',', '[', ' ']) == "{";
        }
        beside = (beside + usize::from(closes)).saturating_sub(usize::from(opens));
        above.push(line);
        before = before.get(..start.filter(|_| !begun).unwrap_or_default()).unwrap_or_default();
        if before.is_empty() {
            break;
        }
    }
    beside = 0;
    let mut rest = rest;
    for _ in 0..AROUND {
        let end = memchr::memchr(b'\n', rest);
        let line = shown(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
        rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or_default();
        if closes(&line) {
            around = around.saturating_sub(usize::from(beside == 0));
            beside = beside.saturating_sub(1);
        }
        beside += usize::from(opens(&line));
        below.push(line);
        if around == 0 || rest.is_empty() {
            break;
        }
    }
    above.reverse();
    above.push(text.into());
    above.append(&mut below);
    let object = above.join(" ");
    let object = object.get(object.find('{')?..)?;
    begun.then(|| object.to_owned())
}

/// The beginning of a line, without blanks around it.
fn shown(line: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(line.get(..1024).unwrap_or(line)) {
        Cow::Borrowed(line) => line.trim().into(),
        Cow::Owned(line) => line.trim().to_owned().into(),
    }
}

/// The host that a value names: an address without its port, a name, no path.
fn host_of(value: &str) -> Option<&str> {
    let bare = value.rsplit_once(':').map_or(value, |(host, port)| match port.parse::<u16>() {
        Ok(_) if !host.contains(':') => host,
        _ => value,
    });
    (part::is_host(bare) && !bare.contains(['/', ' ', '\\'])).then_some(bare)
}

/// Objects of one name on a line that are looked into, and bytes of each.
const OBJECTS_LOOKED_INTO: usize = 8;
const OBJECT: usize = 2048;

/// The host under one of the keys of an object.
fn within<'a>(line: &'a str, object: &str, keys: &[&'static str]) -> Option<&'a str> {
    let inside = |(at, _): (usize, &str)| {
        let inside = line.get(at + object.len()..)?.strip_prefix('"')?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('{')?;
        line.get(..at)?.ends_with('"').then_some(inside)
    };
    line.match_indices(object).filter_map(inside).take(OBJECTS_LOOKED_INTO).find_map(|inside| {
        let near = inside.get(..inside.floor_char_boundary(OBJECT)).unwrap_or(inside);
        let inside = near.get(..near.find('}').unwrap_or(near.len()))?;
        keys.iter().find_map(|key| string(inside, key)).and_then(|(host, _)| host_of(host))
    })
}

fn first<'a>(line: &'a str, keys: &[&'static str]) -> Option<(&'a str, usize)> {
    keys.iter().find_map(|key| string(line, key))
}

/// What stands under a key in turn, from its begin to the end of the line; of a list its first value.
fn values<'a>(line: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(key).filter_map(move |(at, _)| {
        let value = line.get(at + key.len()..)?.strip_prefix('"')?.trim_start().strip_prefix(':')?;
        let opened = line.get(..at).is_some_and(|before| before.ends_with('"'));
        opened.then(|| value.trim_start().trim_start_matches(['[', ' ']))
    })
}

/// The number under a key, and where it begins.
fn number<'a>(line: &'a str, key: &'a str) -> Option<(&'a str, usize)> {
    let value = values(line, key).find(|value| value.starts_with(|c: char| c.is_ascii_digit()))?;
    let value = value.get(..value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len()))?;
    Some((value, value.as_ptr() as usize - line.as_ptr() as usize))
}

/// The string under a key, without its quotes, and where it begins.
fn string<'a>(line: &'a str, key: &'a str) -> Option<(&'a str, usize)> {
    let value = values(line, key).find_map(|value| value.strip_prefix('"'))?;
    let mut escaped = false;
    let end = value.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    let value = value.get(..end?)?;
    Some((value, value.as_ptr() as usize - line.as_ptr() as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_collectors() {
        for (line, expected) in [
            (
                r#"{"@timestamp": "2024-01-28T08:00:00Z", "host": {"hostname": "sw1"}, "message": "%SMART_LIC-3-COMM_FAILED: x"}"#,
                ("2024-01-28T08:00:00Z", Some("sw1"), "%S"),
            ),
            (
                r#"{"message":"<187>12: Jan 28 07:59:59.1: %SMART_LIC-3-COMM_FAILED: x","source":"10.1.1.1","timestamp":"2024-01-28T08:00:00.000Z"}"#,
                ("2024-01-28T07:59:59.100Z", Some("10.1.1.1"), "<1"),
            ),
            (
                r#"{"host":{"name":"sw2"},"time":"2024-01-28 08:00:00","msg":"said \"%SMART_LIC-3-COMM_FAILED\" once"}"#,
                ("2024-01-28T08:00:00", Some("sw2"), "sa"),
            ),
            (
                r#"{"_source":{"timestamp":"2024-05-14T08:15:02Z","source":{"ip":"10.1.1.1"},"event":{"original":"<187>11: May 14 08:15:02.1: %SMART_LIC-3-COMM_FAILED: x"}}}"#,
                ("2024-05-14T08:15:02.100Z", Some("10.1.1.1"), "<1"),
            ),
            (
                r#"{"@timestamp":"2024-05-14T08:15:02Z","host":{"name":"shipper"},"log":{"source":{"address":"10.1.1.1:514"}},"message":"%SMART_LIC-3-COMM_FAILED: x"}"#,
                ("2024-05-14T08:15:02Z", Some("10.1.1.1"), "%S"),
            ),
            (
                r#"{"fields":{"@timestamp":["2024-05-14T08:15:02Z"],"host.name":["sw-a"],"message":["%SMART_LIC-3-COMM_FAILED: x"]}}"#,
                ("2024-05-14T08:15:02Z", Some("sw-a"), "%S"),
            ),
            (
                r#"{"time":"2024-05-14T08:15:02Z","fields":{"host":"sw-a"},"source":"/var/log/x.log","msg":"%SMART_LIC-3-COMM_FAILED: x"}"#,
                ("2024-05-14T08:15:02Z", Some("sw-a"), "%S"),
            ),
            // Splunk, Elastic, the journal of systemd, Kibana.
            (
                r#"{"time": 1712650502.119, "host": "sw-a", "time_zone": "x", "msg": "%SMART_LIC-3-COMM_FAILED: x"}"#,
                ("2024-04-09T08:15:02.119Z", Some("sw-a"), "%S"),
            ),
            (
                r#"{"@timestamp":1712650502119,"host":"sw-a","message":"%SMART_LIC-3-COMM_FAILED: x"}"#,
                ("2024-04-09T08:15:02.119Z", Some("sw-a"), "%S"),
            ),
            (
                r#"{"ts":"1712650502","hostname":"sw-a","message":"12: Apr  9 08:15:01.1: %SMART_LIC-3-COMM_FAILED: x"}"#,
                ("2024-04-09T08:15:01.100Z", Some("sw-a"), "12"),
            ),
            // Loki, as Grafana saves what it shows: nanoseconds.
            (
                r#"{"line":"<187>12: Apr  9 08:15:01.1: %SMART_LIC-3-COMM_FAILED: x","timestamp":"1712650502119000000","fields":{"host":"sw-a"}}"#,
                ("2024-04-09T08:15:01.100Z", Some("sw-a"), "<1"),
            ),
            (
                r#"{"@timestamp":"Apr 9, 2024 @ 08:15:02.119","host":"sw-a","message":"%SMART_LIC-3-COMM_FAILED: x"}"#,
                ("2024-04-09T08:15:02.119", Some("sw-a"), "%S"),
            ),
        ] {
            let header = parse(line).unwrap();
            assert_eq!(header.stamp.and_then(|stamp| stamp.rfc3339()).as_deref(), Some(expected.0), "{line}");
            assert_eq!(header.host, expected.1, "{line}");
            assert!(crate::formats::syslog::starts_record(line), "{line}");
            assert_eq!(header.beside, None, "{line}");
            assert!(first(line, &MESSAGES).unwrap().0.starts_with(expected.2), "{line}");
        }
        for line in ["{", "{\"message\": 7}", "{\"message\": \"no time, no message of a device\"}", "{\"message\": \"cut", "message"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn whose_an_object_is_may_stay_open() {
        let beside = |who: &str, time: &str| {
            let line = format!(r#"{{"time":"2024-05-14T08:15:0{time}Z","who":"{who}","msg":"%SMART_LIC-3-COMM_FAILED: x"}}"#);
            parse(&line).unwrap().beside
        };
        assert!(beside("a", "1").is_some() && beside("a", "1") == beside("a", "2") && beside("a", "1") != beside("b", "1"));
    }

    #[test]
    fn arrays_on_one_line() {
        for (line, expected) in [
            (r#"[{"a":1},{"b":"}, {\""}]"#, vec![r#"{"a":1}"#, r#"{"b":"}, {\""}"#]),
            (r#" [ {"a":{"b":[{}]}} , {"c":2}"#, vec![r#"{"a":{"b":[{}]}}"#, r#"{"c":2}"#]),
            (r#"[{"a":1"#, vec![]),
            (r#"{"a":[{"b":1}]}"#, vec![]),
            ("[10.1.1.1] x", vec![]),
        ] {
            assert_eq!(objects(line), expected, "{line}");
        }
    }

    #[test]
    fn objects_over_several_lines() {
        let text = "[\n  {\n    \"host\": {\n      \"name\": \"sw-a\"\n    },\n    \"msg\": \"one\",\n    \"n\": 1\n  },\n  {\n    \"msg\": \"two\",\n    \"hostname\": \"sw-b\"\n  }\n]\n";
        let object = |line: &str| {
            let at = text.find(line).unwrap();
            let end = at + text[at..].find('\n').unwrap();
            enclosing(text[..at].trim_end_matches(' ').as_bytes(), &text[at..end], &text.as_bytes()[end + 1..])
        };
        assert_eq!(object("\"msg\": \"one\"").unwrap(), r#"{ "host": { "name": "sw-a" }, "msg": "one", "n": 1 },"#);
        assert_eq!(object("\"msg\": \"two\"").unwrap(), r#"{ "msg": "two", "hostname": "sw-b" }"#);
        assert_eq!(object("\"n\": 1"), None);
        assert_eq!(enclosing(b"", "\"msg\": \"x\"", b""), None);
        assert_eq!(enclosing(b"{\n\"msg\": \"x\"\n", "\"msg\": \"y\"", b"}\n"), None);
        assert_eq!(
            enclosing(b"{\n\"msg\": \"x\",\n\"log\": {\n", "\"msg\": \"y\"", b"}\n}\n").unwrap(),
            r#"{ "msg": "x", "log": { "msg": "y" } }"#
        );
    }

    proptest::proptest! {
        #[test]
        fn never_panics(a in "[\\[\\]{}\": ,a\\\\\n]{0,40}", line in "[\"msg:{}\\[\\] ,\\\\]{0,40}") {
            objects(&line);
            enclosing(a.as_bytes(), &line, a.as_bytes());
            enclosing(a.as_bytes(), &format!("\"msg\": \"{line}"), a.as_bytes());
        }
    }
}
