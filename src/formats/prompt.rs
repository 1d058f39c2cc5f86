//! Prompts, section headers and what consoles leave in a captured session.
//!
//! ```text
//! SW1#show license all                                    WLC-1(config)#license smart transport smart
//! switch# show run callhome                               RP/0/RP0/CPU0:ios#show version
//! ------------------ show license all ------------------  `show version`
//! ```

mod command;
mod console;
mod in_name;
mod section;
mod stamped;

pub use self::command::{Command, normalise};
pub use self::console::{clean, text};
pub use self::in_name::command_in_name;
pub use self::section::section_header;
pub use self::stamped::LineStamp;

use super::cursor::Cursor;
use super::time;

/// A prompt and what was typed behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompt<'a> {
    /// Name of the device.
    pub host: &'a str,
    /// The mode, parentheses included: `(config)`, `(config-if)`.
    pub mode: Option<&'a str>,
    /// What was typed, without blanks around it; empty at a prompt left alone.
    pub command: &'a str,
}

/// A host name of IOS is at most 63 bytes; the rest of a fully qualified one is allowed for.
const LONGEST_HOST: usize = 128;

/// Words that people put between angle brackets or before `>`, which are no host.
const PLACEHOLDERS: [&str; 12] = ["pid", "sn", "udi", "uuid", "token", "id", "host", "name", "none", "empty", "username", "password"];

/// First words of commands in privileged mode. In a configuration mode any word may be typed.
const VERBS: [&str; 68] = [
    "app-hosting",
    "archive",
    "attach",
    "bash",
    "call-home",
    "callhome",
    "cd",
    "checkpoint",
    "clear",
    "clock",
    "configure",
    "connect",
    "copy",
    "crypto",
    "debug",
    "delete",
    "diagnostic",
    "dir",
    "disable",
    "enable",
    "end",
    "erase",
    "event",
    "exit",
    "feature",
    "format",
    "guestshell",
    "hw-module",
    "install",
    "license",
    "logout",
    "mkdir",
    "monitor",
    "more",
    "move",
    "no",
    "ping",
    "platform",
    "pwd",
    "quit",
    "redundancy",
    "reload",
    "rename",
    "request",
    "rmdir",
    "run",
    "send",
    "session",
    "set",
    "show",
    "software",
    "ssh",
    "switch",
    "systat",
    "tclsh",
    "telnet",
    "terminal",
    "test",
    "traceroute",
    "undebug",
    "upgrade",
    "verify",
    "where",
    "who",
    "wireless",
    "write",
    "do",
    "xstatus",
];

/// The prompt at the start of `line`, or `None`. Text that holds a `#` or `>` for other reasons (comments, addresses,
/// `<187>`, `Bug#1234`) is none.
pub fn parse(line: &str) -> Option<Prompt<'_>> {
    let mut cursor = Cursor::new(line.trim_matches(['\r', '\n', ' ', '\t', '\u{feff}']));
    cursor.attempt(session_stamp);
    cursor.attempt(node);
    let host = host(&mut cursor)?;
    let before_mode = cursor;
    while cursor.attempt(parenthesised).is_some() {}
    let mode = before_mode.rest().get(..cursor.offset() - before_mode.offset()).filter(|mode| !mode.is_empty());
    let privileged = cursor.eat("#");
    if !privileged && !cursor.eat(">") {
        return None;
    }
    let command = cursor.rest().trim();
    let plausible = if privileged { mode.is_some() && is_typed(command) || is_command(command) } else { user_mode(host, mode, command) };
    plausible.then_some(Prompt { host, mode, command })
}

/// Whether a line can be a prompt or a header at all, told by its marks: cheap, for lines that nothing else points at.
pub fn may_be(line: &str) -> bool {
    memchr::memchr3(b'#', b'>', b'`', line.as_bytes()).is_some() || line.trim_start().starts_with(['-', '!', 'x', 'X'])
}

/// Calls `sink` with a place on each line of a long text that holds the mark of a prompt, or a byte for which [`clean`] changes
/// more of the line than its end; the same line may come again. Headers, and pager lines, hold one of [`WORDS`].
pub fn marks(text: &[u8], mut sink: impl FnMut(usize)) {
    for [a, b, c] in [[b'#', b'>', b'`'], [0x08, 0x1b, 0x7f], [0, 0x07, 0x0c]] {
        memchr::memchr3_iter(a, b, c, text).for_each(&mut sink);
    }
    memchr::memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n')).for_each(sink);
}

/// One of these stands on a line that is a header of a section (but for `xstatus` and its like), or that a pager left its mark
/// on, where [`marks`] finds nothing.
pub const WORDS: [&str; 3] = ["---", "!command:", "--more--"];

/// `[2024-01-01 10:00:00] `, which terminal programs put before every line.
fn session_stamp(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat("[").then_some(())?;
    let (_, length) = time::parse_prefix(cursor.rest())?;
    cursor.jump(cursor.offset() + length);
    cursor.eat("]").then(|| cursor.blanks()).map(|_| ())
}

/// `RP/0/RP0/CPU0:` of IOS XR.
fn node(cursor: &mut Cursor<'_>) -> Option<()> {
    let text = cursor.take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '/');
    (text.bytes().filter(|b| *b == b'/').count() == 3 && cursor.eat(":")).then_some(())
}

fn host<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let word = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    // `asa1/pri/act#` and `fw1/admin#`: unit and context of ASA.
    let (name, context) = word.split_once('/').unwrap_or((word, ""));
    let context_fits = context.split('/').all(|part| part.len() <= 32 && !part.contains('.')) && context.matches('/').count() <= 2;
    let named = name.len() <= LONGEST_HOST
        && name.bytes().any(|b| b.is_ascii_alphabetic())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    (named && context_fits).then_some(name)
}

/// `(config-if)`.
fn parenthesised(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat("(").then_some(())?;
    let inside = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '+'));
    (inside.starts_with(|c: char| c.is_ascii_alphabetic()) && cursor.eat(")")).then_some(())
}

/// In a configuration mode: any word, a comment, a scrolled line, or nothing.
fn is_typed(command: &str) -> bool {
    command.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '?' | '!')) || command.is_empty()
}

/// In privileged mode: a verb or the start of one, a scrolled line (`$`), help, or nothing.
fn is_command(command: &str) -> bool {
    let word = command.split([' ', '\t', '|', '?']).next().unwrap_or("");
    let known = |verb: &&str| word.len() >= 2 && verb.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    word.is_empty() || word.starts_with(['$', '!']) || VERBS.iter().any(known)
}

fn user_mode(host: &str, mode: Option<&str>, command: &str) -> bool {
    let placeholder = PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(host));
    mode.is_none() && host.len() > 1 && !placeholder && is_command(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts() {
        type Row<'a> = (&'a str, (&'a str, Option<&'a str>, &'a str));
        let table: &[Row<'_>] = &[
            ("SW1#show license all", ("SW1", None, "show license all")),
            ("SW1#", ("SW1", None, "")),
            ("SW1#   ", ("SW1", None, "")),
            ("\r\rSW1#sh lic all  \r", ("SW1", None, "sh lic all")),
            ("  c1000v-5#show license status", ("c1000v-5", None, "show license status")),
            ("switch# show run callhome", ("switch", None, "show run callhome")),
            ("WLC-1(config)#", ("WLC-1", Some("(config)"), "")),
            ("Switch(cfg-call-home)#profile CiscoTAC-1", ("Switch", Some("(cfg-call-home)"), "profile CiscoTAC-1")),
            ("DC-DMZ(config)# ping tools.cisco.com vrf management", ("DC-DMZ", Some("(config)"), "ping tools.cisco.com vrf management")),
            ("n9k(maint-mode)(config)# no feature x", ("n9k", Some("(maint-mode)(config)"), "no feature x")),
            ("RP/0/RP0/CPU0:ios#show version", ("ios", None, "show version")),
            ("RP/0/RP0/CPU0:R2_xr#", ("R2_xr", None, "")),
            ("RP/0/RP0/CPU0:ios(config)#commit", ("ios", Some("(config)"), "commit")),
            ("cat9k#show logg last 40", ("cat9k", None, "show logg last 40")),
            (
                "vg410#$ file flash:vg4x0-universalk9.17.12.01a.SPA.bin activate com        ",
                ("vg410", None, "$ file flash:vg4x0-universalk9.17.12.01a.SPA.bin activate com"),
            ),
            ("vg410# install commit", ("vg410", None, "install commit")),
            ("Router>en", ("Router", None, "en")),
            ("Router>", ("Router", None, "")),
            ("asa1/pri/act# show license all", ("asa1", None, "show license all")),
            ("9800-A#terminal length 0", ("9800-A", None, "terminal length 0")),
            ("[2024-01-01 10:00:00] SW1#show clock", ("SW1", None, "show clock")),
            ("WLC-1#license smart trust idtoken <token> all force", ("WLC-1", None, "license smart trust idtoken <token> all force")),
            ("sw1.example.com#wr", ("sw1.example.com", None, "wr")),
        ];
        for (line, (host, mode, command)) in table {
            assert_eq!(parse(line), Some(Prompt { host, mode: *mode, command }), "{line}");
        }
    }

    #[test]
    fn what_is_no_prompt() {
        for line in [
            "",
            "#",
            ">",
            "! comment #1",
            "# show version",
            "Ticket #1234",
            "Bug#1234",
            "Channel C# is",
            "<187>123: SW1: x",
            "https://example.com/#show",
            "example.com/a/b.html#show",
            "PID>",
            "<PID>",
            "token>",
            "10.1.1.1#show",
            "a->b",
            "name(s)>=3",
            "x(1)#y",
            "Issue#see below",
            "*Oct 22 16:06:06.643: SW1#show",
            "Smart Account: <none>",
            "UDI: PID:C9300-24UX,SN:FCW2303D16Y",
            "-show#",
            "日本#show",
            "username x password 7 abc#def",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(free in "\\PC{0,80}", near in "[a-z/:()\\-\\[\\] #>$é]{0,40}") {
            for line in [free, near] {
                parse(&line);
                section_header(&line);
                normalise(&line);
            }
        }
    }
}
