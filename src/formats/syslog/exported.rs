//! Messages that a collector exported as JSON objects, one a line: `{"@timestamp": …, "host": {"hostname": …}, "message": …}`.
//! Keys are those of Elastic, Graylog and Splunk exports. Escapes are left as they stand: none is seen in a head.

use super::{Dialect, Header, head};
use crate::formats::time;

const MESSAGES: [&str; 6] = ["message", "full_message", "short_message", "msg", "_raw", "log"];
const TIMES: [&str; 7] = ["@timestamp", "timestamp", "_time", "time", "received_at", "datetime", "date"];
const HOSTS: [&str; 9] = ["hostname", "host", "source", "logsource", "gl2_remote_ip", "node", "device", "fromhost", "fromhost-ip"];

/// The head of the message in a line that is an object, with the object's own time and host.
pub(super) fn parse(line: &str) -> Option<Header<'_>> {
    let (message, body) = first(line, &MESSAGES)?;
    let time = first(line, &TIMES).and_then(|(time, _)| time::parse_prefix(time)).map(|(stamp, _)| stamp);
    // `"host": {"name": "sw1"}`.
    let nested = || line.split_once("\"host\"").and_then(|(_, host)| string(host, "name"));
    let host = first(line, &HOSTS).or_else(nested).map(|(host, _)| host).filter(|host| !host.is_empty());
    let inner = head::parse(message);
    if inner.is_none() && time.is_none() {
        return None;
    }
    let inner =
        inner.unwrap_or(Header { stamp: None, relay: None, host: None, sequence: None, dialect: Dialect::Other, mnemonic: None, body: 0 });
    let stamp = match (inner.stamp, &time) {
        (Some(stamp), Some(time)) => Some(stamp.completed_by(time)),
        (stamp, time) => stamp.or_else(|| time.clone()),
    };
    Some(Header { stamp, relay: time.or(inner.relay), host: host.or(inner.host), body: body + inner.body, ..inner })
}

fn first<'a>(line: &'a str, keys: &[&str]) -> Option<(&'a str, usize)> {
    keys.iter().find_map(|key| string(line, key))
}

/// The string under a key, without its quotes, and where it begins.
fn string<'a>(line: &'a str, key: &str) -> Option<(&'a str, usize)> {
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| rest.find(key)).map(|at| from + at) {
        from = at + key.len();
        let value = line.get(from..).and_then(|rest| rest.strip_prefix('"')).map(str::trim_start).and_then(|rest| rest.strip_prefix(':'));
        let opened = line.get(..at).is_some_and(|before| before.ends_with('"'));
        let Some(value) = value.filter(|_| opened).map(str::trim_start).and_then(|value| value.strip_prefix('"')) else { continue };
        let mut escaped = false;
        let end = value.find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        let value = value.get(..end?)?;
        return Some((value, value.as_ptr() as usize - line.as_ptr() as usize));
    }
    None
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
        ] {
            let header = parse(line).unwrap();
            assert_eq!(header.stamp.and_then(|stamp| stamp.rfc3339()).as_deref(), Some(expected.0), "{line}");
            assert_eq!(header.host, expected.1, "{line}");
            assert!(crate::formats::syslog::starts_record(line), "{line}");
            assert!(string(line, "message").or_else(|| string(line, "msg")).unwrap().0.starts_with(expected.2), "{line}");
        }
        for line in ["{", "{\"message\": 7}", "{\"message\": \"no time, no message of a device\"}", "{\"message\": \"cut", "message"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
