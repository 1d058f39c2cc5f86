//! Logs inside one document of JSON: outputs of commands as strings (Netmiko, pyATS, Ansible), and the answers of log stores whose
//! entries stand on one line (Elasticsearch, Loki). Each becomes what it was: a session with its prompt, or a record a line.

use serde_json::{Map, Value};

use super::exported::{HOSTS, MESSAGES, OBJECTS, TIMES};
use super::part;
use crate::formats::prompt;
use crate::formats::time::Stamp;

/// Longer documents are searched as they stand.
pub const LONGEST: usize = 16 << 20;
/// Bytes of a document for each thing in it, at least: what is made of it in memory is a few times as long as its text. An object takes
/// as much as several others. Of a short document that is no matter.
const EACH: usize = 8;
const OBJECT: usize = 6;
const SHORT: usize = 256 << 10;
/// Lines of a message that has its own time; a longer text is output.
const LINES: usize = 20;
/// Objects around an object.
const DEEPEST: usize = 64;
/// Bytes of a command or host that is repeated with what belongs to it.
const NAME: usize = 253;
/// Most bytes of lines: names, and what records of one message have in common, are said again for each.
const MOST: usize = 2 * LONGEST;

const COMMANDS: [&str; 4] = ["command", "cmd", "cli", "show_command"];

/// Whether a text that begins with `head` may be such a document: its first line does not end, or holds the line ends of others.
pub fn may_be(head: &[u8], whole: bool) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let Some((b'{' | b'[', inside)) = text.split_first() else { return false };
    if !matches!(inside.trim_ascii_start().first(), Some(b'"' | b'{' | b'[')) {
        return false;
    }
    let line_end = memchr::memchr(b'\n', text.trim_ascii_end());
    let several =
        memchr::memmem::find_iter(text, b"\\n").filter(|at| text.get(at + 2).is_some_and(|next| *next != b'"')).take(2).count() > 1;
    several || are_strings(text) || line_end.is_none() && (whole || head.len() >= crate::intake::HEAD)
}

/// Whether some lines are one string of a list each.
fn are_strings(text: &[u8]) -> bool {
    let is_string = |line: &&[u8]| {
        let line = line.trim_ascii();
        line.starts_with(b"\"")
            && serde_json::from_slice::<String>(line.strip_suffix(b",").unwrap_or(line)).is_ok_and(|line| line.contains(' '))
    };
    text.split(|byte| *byte == b'\n').take(LINES).filter(is_string).take(3).count() > 2
}

/// The lines of a document; `None` where it is damaged, too large, or holds nothing that is not on a line of its own already.
pub fn lines(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let things = text.iter().map(|byte| match byte {
        b',' | b'[' => 1,
        b'{' => OBJECT,
        _ => 0,
    });
    if text.len() > LONGEST || things.sum::<usize>().saturating_mul(EACH) > text.len() + SHORT {
        return None;
    }
    let documents: Vec<Value> = serde_json::Deserializer::from_slice(text).into_iter().collect::<Result<_, _>>().ok()?;
    let mut made = Lines::default();
    documents.iter().for_each(|document| made.value(document, &Around::default(), 0));
    (made.unfolded && !made.full).then_some(made.text)
}

/// What the objects around a value say of it.
#[derive(Clone, Default)]
struct Around {
    host: Option<String>,
    command: Option<String>,
}

#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    /// Something stands on lines of its own that did not before.
    unfolded: bool,
    /// There are more than [`MOST`] bytes.
    full: bool,
}

impl Lines {
    fn value(&mut self, value: &Value, around: &Around, depth: usize) {
        match value {
            _ if self.full => {}
            _ if depth > DEEPEST => self.line(&value.to_string()),
            Value::String(text) => self.output(text, around),
            Value::Array(items) => self.array(items, around, depth),
            Value::Object(object) => self.object(object, around, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn array(&mut self, items: &[Value], around: &Around, depth: usize) {
        self.unfolded |= items.len() > 1;
        if let Some((time, message)) = entry(items) {
            let mut record = Map::new();
            record.insert("timestamp".to_owned(), time.into());
            record.insert("message".to_owned(), message.trim_end().into());
            self.record(record, around);
        } else if items.iter().all(Value::is_string) {
            let lines: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            self.output(&lines.join("\n"), around);
        } else {
            items.iter().for_each(|item| self.value(item, around, depth + 1));
        }
    }

    fn object(&mut self, object: &Map<String, Value>, around: &Around, depth: usize) {
        let command = COMMANDS.iter().find_map(|key| object.get(*key)?.as_str()).filter(|command| is_name(command));
        let around = Around {
            host: host_of(object).map(str::to_owned).or_else(|| around.host.clone()),
            command: command.map(str::to_owned).or_else(|| around.command.clone()),
        };
        if self.message_of_lines(object, &around) {
            return;
        }
        let (folded, plain): (Vec<_>, Vec<_>) = object.iter().partition(|(_, value)| is_folded(value));
        let plain: Map<String, Value> = plain.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        if !plain.is_empty() {
            self.record(plain, &around);
        }
        for (key, value) in folded {
            self.unfolded = true;
            let named = holds_commands(value) && is_prompt(key);
            let inside = Around {
                host: around.host.clone().or_else(|| (named && host_in(value).is_none()).then(|| key.clone())),
                command: command_of(key).or_else(|| around.command.clone()),
            };
            self.value(value, &inside, depth + 1);
        }
    }

    /// A message of several lines with its own time: a record for each.
    fn message_of_lines(&mut self, object: &Map<String, Value>, around: &Around) -> bool {
        let Some((key, message)) = MESSAGES.iter().find_map(|key| Some((*key, object.get(*key)?.as_str()?))) else { return false };
        let lines: Vec<&str> = message.lines().filter(|line| !line.trim().is_empty()).collect();
        let timed = TIMES.iter().any(|key| object.contains_key(*key));
        if !timed || lines.len() < 2 || lines.len() > LINES || object.iter().any(|(other, value)| other != key && is_folded(value)) {
            return false;
        }
        self.unfolded = true;
        for line in lines {
            let mut record = object.clone();
            record.insert(key.to_owned(), line.into());
            self.record(record, around);
        }
        true
    }

    /// A record on one line, with the host that stands around it.
    fn record(&mut self, mut record: Map<String, Value>, around: &Around) {
        let says = MESSAGES.iter().any(|key| record.get(*key).is_some_and(Value::is_string));
        if let Some(host) = around.host.as_ref().filter(|_| says && host_of(&record).is_none()) {
            record.insert("host".to_owned(), host.as_str().into());
        }
        self.line(&Value::Object(record).to_string());
    }

    /// Lines that a device wrote, below the prompt or the header that says which, and for what command.
    fn output(&mut self, text: &str, around: &Around) {
        let command = around.command.as_deref().unwrap_or_default();
        match around.host.as_deref().filter(|host| is_prompt(host)) {
            Some(host) => self.line(&format!("{host}#{command}")),
            None if !command.is_empty() => self.line(&format!("------------------ {command} ------------------")),
            None => {}
        }
        text.lines().for_each(|line| self.line(line));
    }

    fn line(&mut self, line: &str) {
        self.full |= self.text.len() + line.len() > MOST;
        if self.full {
            return;
        }
        self.text.extend_from_slice(line.trim_end_matches('\r').as_bytes());
        self.text.push(b'\n');
    }
}

/// Whether a value holds lines of its own: a string of several, records, or strings that read like lines.
fn is_folded(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim_end().contains('\n'),
        Value::Array(items) => {
            let words = items.iter().filter(|item| item.as_str().is_some_and(|text| text.trim().contains(' '))).count();
            items.iter().any(|item| item.is_object() || item.as_array().is_some_and(|item| entry(item).is_some()) || is_folded(item))
                || words > 1
        }
        Value::Object(object) => object.values().any(is_folded),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether an object, or each of a list, is of commands: as keys, or as the value of a key.
fn holds_commands(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.keys().any(|key| command_of(key).is_some() || COMMANDS.contains(&key.as_str())),
        Value::Array(items) => items.first().is_some_and(|first| first.is_object() && holds_commands(first)),
        _ => false,
    }
}

fn host_in(value: &Value) -> Option<&str> {
    value.as_object().and_then(host_of)
}

/// `show logging`, also `show_logging`.
fn command_of(key: &str) -> Option<String> {
    let command = key.trim().replace('_', " ");
    let mut words = command.split_ascii_whitespace();
    (matches!(words.next(), Some("show" | "sh")) && words.next().is_some() && is_name(&command)).then_some(command)
}

/// The host that an object names: by itself, or in the object of the sender, or of labels.
fn host_of(object: &Map<String, Value>) -> Option<&str> {
    let direct = named(object, &HOSTS).or_else(|| named(object, &["ansible_net_hostname", "inventory_hostname"]));
    let sender = || OBJECTS.iter().find_map(|(key, keys)| named(object.get(*key)?.as_object()?, keys));
    let labels = || ["stream", "labels", "ansible_facts"].iter().find_map(|key| host_of(object.get(*key)?.as_object()?));
    direct.or_else(sender).or_else(labels)
}

fn named<'a>(object: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a str> {
    keys.iter().filter_map(|key| object.get(*key)?.as_str()).find(|host| is_host(host))
}

/// Whether a text is short enough to be repeated.
fn is_name(text: &str) -> bool {
    text.len() <= NAME && !text.contains('\n')
}

fn is_host(text: &str) -> bool {
    is_name(text) && part::is_host(text) && !text.contains([' ', '/', '\\', '\n'])
}

/// Whether a name can stand in a prompt.
fn is_prompt(host: &str) -> bool {
    is_name(host) && prompt::parse(&format!("{host}#")).is_some_and(|prompt| prompt.host == host)
}

/// `["1712667391000000000", "the line"]`, an entry of Loki.
fn entry(items: &[Value]) -> Option<(String, &str)> {
    let [Value::String(time), Value::String(message)] = items else { return None };
    Some((nanoseconds(time)?, message))
}

/// The time that nanoseconds since 1970 are.
fn nanoseconds(digits: &str) -> Option<String> {
    let seconds = digits.get(..digits.len().checked_sub(9)?)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    let stamp = (all && seconds.len() == 10).then(|| seconds.parse().ok()).flatten().and_then(|seconds| Stamp::from_unix(seconds, 0))?;
    stamp.rfc3339()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        lines(text.as_bytes()).map(|lines| String::from_utf8(lines).unwrap())
    }

    #[test]
    fn outputs_are_sessions_again() {
        for (text, expected) in [
            (
                r#"{"sw-a": {"show logging": "Apr 9: \"a\"\r\nApr 9: b\n", "show clock": "x\ny"}}"#,
                "sw-a#show clock\nx\ny\nsw-a#show logging\nApr 9: \"a\"\nApr 9: b\n",
            ),
            (
                r#"{"device": "sw-a", "command": "show logging", "output": "one\ntwo"}"#,
                "{\"command\":\"show logging\",\"device\":\"sw-a\"}\nsw-a#show logging\none\ntwo\n",
            ),
            (
                r#"{"10.1.1.1": {"show_logging": ["line one", "line two"]}}"#,
                "------------------ show logging ------------------\nline one\nline two\n",
            ),
            (
                r#"[{"hostname": "sw-a", "commandResponses": {"SUCCESS": {"show clock": "show clock\nx"}}}]"#,
                "{\"hostname\":\"sw-a\"}\nsw-a#show clock\nshow clock\nx\n",
            ),
            (r#"{"stdout_lines": [["line one", "line two"]]}"#, "line one\nline two\n"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn entries_stand_on_lines() {
        for (text, expected) in [
            (
                r#"{"data":{"result":[{"stream":{"host":"sw-a","job":"syslog"},"values":[["1712667391000000000","%X-3-Y: a"],["1712666621000000000","b"]]}]},"status":"success"}"#,
                "{\"status\":\"success\"}\n{\"stream\":{\"host\":\"sw-a\",\"job\":\"syslog\"}}\n{\"host\":\"sw-a\",\"message\":\"%X-3-Y: a\",\"timestamp\":\"2024-04-09T12:56:31Z\"}\n{\"host\":\"sw-a\",\"message\":\"b\",\"timestamp\":\"2024-04-09T12:43:41Z\"}\n",
            ),
            (
                r#"{"hits":{"hits":[{"_id":"1","_source":{"host":{"name":"sw-a"},"message":"a","tags":["x","y"]}},{"_id":"2","_source":{"message":"b"}}],"total":2}}"#,
                "{\"total\":2}\n{\"_id\":\"1\",\"_source\":{\"host\":{\"name\":\"sw-a\"},\"message\":\"a\",\"tags\":[\"x\",\"y\"]}}\n{\"_id\":\"2\",\"_source\":{\"message\":\"b\"}}\n",
            ),
            (
                r#"[{"time":"2024-04-09T12:43:41Z","host":"sw-a","msg":"one\ntwo\n"}]"#,
                "{\"host\":\"sw-a\",\"msg\":\"one\",\"time\":\"2024-04-09T12:43:41Z\"}\n{\"host\":\"sw-a\",\"msg\":\"two\",\"time\":\"2024-04-09T12:43:41Z\"}\n",
            ),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_stands_on_lines_already_stays() {
        for text in [
            "{\"message\":\"a\",\"host\":\"b\"}\n{\"message\":\"c\",\"tags\":[\"x\"]}\n",
            "{\"message\":\"a\"",
            "{\"log\":\"a\\n\",\"time\":\"x\"}\n{\"log\":\"b\\n\",\"time\":\"x\"}\n",
            "",
            "[1, 2",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        // What is repeated has a bound, and so has what is made of it.
        let long = format!(r#"{{"command": "show {}", "outputs": [{}{{"x": "a\nb"}}]}}"#, "x".repeat(300), r#"{"x": "a\nb"}, "#.repeat(50));
        assert!(read(&long).is_some_and(|lines| lines.matches("show xxx").count() == 1));
        let large = format!(r#"[{{"time": "x", "other": "{}", "message": "{}"}}]"#, "x".repeat(MOST / 8), "a\\n".repeat(LINES));
        assert_eq!(read(&large), None);
        assert_eq!(read(&"[".repeat(100_000)), None);
        assert_eq!(read(&format!("[{}\"a\\nb\"]", "0,".repeat(100_000))), None);
        let objects = |count: usize| read(&format!("[{}{{}}]", r#"{"abcd":"b c\nd e"},"#.repeat(count)));
        assert!(objects(1_000).is_some() && objects(100_000).is_none());
    }

    #[test]
    fn the_head_tells() {
        let long = format!("{{\"a\": \"{}", "x".repeat(crate::intake::HEAD));
        for (head, whole, expected) in [
            ("{\"a\": {\"show version\": \"one\\ntwo\\n\\nthree", false, true),
            ("{\"log\":\"a\\n\",\"time\":\"x\"}\n{\"log\":\"b\\n\",\"time\":\"x\"}\n{\"log\":\"c\\n\"", false, false),
            ("{\"a\": [{\"b\": 1}, {\"b\": 2}]}\n", true, true),
            ("{\"a\": 1}\n{\"a\": 2}\n", true, false),
            ("{\"a\": [\n  \"one line\",\n  \"\",\n  \"another line\",\n \"the last: \\\"x\\\"\"\n]}\n", true, true),
            ("{\n  \"a\": 1\n}\n", true, false),
            ("[10.1.1.1] Apr 9", true, false),
            (&long[..crate::intake::HEAD], false, true),
            ("Apr 9 {\"a\": \"b\\nc\\nd\"}", true, false),
        ] {
            assert_eq!(may_be(head.as_bytes(), whole), expected, "{head}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}\": ,ashow0-9\\\\\n]{0,80}") {
            may_be(text.as_bytes(), true);
            lines(text.as_bytes());
            lines(format!("{{\"a\":[{{\"show x\":\"{text}\\nb\"}}]}}").as_bytes());
        }
    }
}
