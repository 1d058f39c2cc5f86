//! Values that stand on lines of their own, beneath the key that names them: YAML, an XML element over several lines, what a device
//! prints of a container of keys. A line of them shows nothing that says what it is.

use std::sync::OnceLock;

use memchr::memrchr;

use super::classes;
use super::values::is_word;
use crate::rules::library::Pattern;

/// Lines above a line among which its key is looked for, and their bytes.
const LINES: usize = 64;
const BYTES: usize = 8 * 1024;
/// The longest line that can end in a key.
const LONGEST: usize = 512;
/// The shortest line of encoded or encrypted bytes.
const ENCODED: usize = 20;

/// The class of the secret that a line is, by the lines before it, of which each has its end.
pub(super) fn class(before: &[u8], line: &[u8]) -> Option<&'static str> {
    let own = line.trim_ascii();
    if own.is_empty() || before.last() != Some(&b'\n') {
        return None;
    }
    let depth = indent(line);
    let encoded = own.len() >= ENCODED && own.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    if depth == 0 && !encoded && own.contains(&b' ') {
        return None;
    }
    let mut nearest = true;
    for above in Above(before.get(before.len().saturating_sub(BYTES)..)?).take(LINES) {
        let outer = indent(above) < depth;
        if encoded && ENVELOPE.iter().any(|mark| contains(above, mark)) {
            return Some("private-key");
        }
        if outer || nearest {
            let class = may_open(above).then(|| opened(above, own, outer)).flatten();
            if class.is_some() {
                return class;
            }
        }
        // Beneath something else, which is no key.
        if outer || (depth == 0 && !encoded) {
            return None;
        }
        nearest = false;
    }
    None
}

/// What stands above lines of encoded bytes that are a container of keys, or encrypted.
const ENVELOPE: [&[u8]; 4] = [b"pkcs12 follows", b"BEGIN PKCS12", b"pkcs12 terminal", b"$ANSIBLE_VAULT"];

/// The lines of a text from its end on that are not empty.
struct Above<'t>(&'t [u8]);

impl<'t> Iterator for Above<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        while let Some(rest) = self.0.strip_suffix(b"\n") {
            let start = memrchr(b'\n', rest).map_or(0, |end| end + 1);
            let line = rest.get(start..)?;
            self.0 = rest.get(..start)?;
            if !line.trim_ascii().is_empty() {
                return Some(line);
            }
        }
        None
    }
}

fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

fn contains(line: &[u8], part: &[u8]) -> bool {
    line.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Whether a line ends as one does whose value is still to come.
fn may_open(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line.len() <= LONGEST && matches!(line.last(), Some(b':' | b'=' | b'|' | b'>' | b'-' | b'+' | b'0'..=b'9' | b't'))
        // Headers of HTTP go on behind a scheme.
        || line.len() <= 64 && memchr::memmem::find(line, b"uthorization:").is_some()
}

/// What a line opens for another, which stands deeper than it or not.
fn opened(above: &[u8], own: &[u8], deeper: bool) -> Option<&'static str> {
    static KEY: OnceLock<[Pattern; 4]> = OnceLock::new();
    let [block, bare, element, header] = KEY.get_or_init(|| {
        [
            r#"{KEY}["']?\s*:\s*(?:!\S+\s+)?[|>][-+0-9]*$"#,
            r#"{KEY}s?["']?(?:\s*\([^()]*\))?\s*(?::|=)(?:\s*!\S+)?$"#,
            r"<(?:[\w.-]+:)?(?:{KEY}|(?:return|confirmation|request|authori[sz]ation)[_-]?code)(?:\s[^<>]*)?>$",
            r"^(?:(?:proxy-)?authorization:\s*(?:basic|bearer|digest|token)|(?:set-)?cookie:|x-(?:auth|api)[\w-]*:)$",
        ]
        .map(|pattern| Pattern::new(classes::spelled_out(pattern)))
    });
    let above = String::from_utf8_lossy(above.trim_ascii());
    let own = String::from_utf8_lossy(own);
    let item = own.trim_start_matches("- ");
    let structure = item.starts_with(['{', '[', '}', ']', '<']) || item.contains(": ") || item.ends_with(':');
    if block.is_match(&above) {
        return deeper.then_some("secret");
    }
    if deeper && header.is_match(&above) {
        return Some("authorization");
    }
    if element.is_match(&above) {
        return (!own.starts_with('<')).then_some("secret");
    }
    let alone = !own.contains([' ', '#', '>']) && !is_word(&own);
    (!structure && (deeper || alone) && bare.is_match(&above)).then_some("secret")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_beneath_its_key_is_one() {
        for (before, line, expected) in [
            ("password:\n", "  hunter", Some("secret")),
            ("db:\n  password: |\n    two words\n", "    and more", Some("secret")),
            ("db:\n  password: |\n    two words\n", "  host: a", None),
            ("token: >-\n", "  abc", Some("secret")),
            ("db_password: !vault |\n", "  $ANSIBLE_VAULT;1.1;AES256", Some("secret")),
            ("x:\n$ANSIBLE_VAULT;1.1;AES256\n", "66386439653236336462626566653063", Some("private-key")),
            ("credentials:\n", "  user: bob", None),
            ("credentials:\n", "  - hunter", Some("secret")),
            ("tokens:\n", "  - hunter", Some("secret")),
            ("\"password\":\n", "   \"hunter\",", Some("secret")),
            ("<ns:password>\n", "  hunter", Some("secret")),
            ("<password>\n", "</password>", None),
            ("<statusCode>\n", "200", None),
            ("<authorizationCode>\n", "AbCdEf-1", Some("secret")),
            ("Authorization: Basic\n", "  dXNlcjpwYXNz", Some("authorization")),
            ("Authorization: Basic\n", "Host: a.example", None),
            ("License Authorization:\n", "  Status: AUTHORIZED", None),
            ("Authorization:\n", "  Status: AUTHORIZED", None),
            ("Cookie:\n", "\tsid=1", Some("authorization")),
            ("Password:\n", "hunter22", Some("secret")),
            ("Password:\n", "sw1-core01#show", None),
            ("Password:\n", "% Login invalid", None),
            ("Password (level 15):\n\n", "hunter22", Some("secret")),
            ("Licenses:\n", "  network-advantage", None),
            ("Smart Licensing Status:\n", "  Registration: none", None),
            ("Exported pkcs12 follows:\nMIIKTQIBAzCCCgcGCSqGSIb3\n", "DQEHAaCCCfgEggn0MIIJ8DCC", Some("private-key")),
            ("password:\nMIIKTQ", "hunter22", None),
        ] {
            assert_eq!(class(before.as_bytes(), line.as_bytes()), expected, "{before}{line}");
        }
    }
}
