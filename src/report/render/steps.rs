//! Which lines of a remedy's step are commands to be typed, and which are sentences.

/// What a line of a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineKind {
    /// A sentence, to be wrapped and read.
    Sentence,
    /// A command or its output, to be copied as it stands.
    Command,
}

/// The lines of a step. A step of one line is a sentence.
pub(super) fn lines_of(step: &str) -> impl Iterator<Item = (LineKind, &str)> {
    let step = step.trim_end();
    let block = step.contains('\n');
    step.lines().map(move |line| (if block && is_command(line) { LineKind::Command } else { LineKind::Sentence }, line))
}

/// Whether a line of a step of several lines is to be typed: sentences begin with a capital letter, have commas and end like
/// sentences, commands do not.
fn is_command(line: &str) -> bool {
    let text = line.trim_end();
    let sentence = text.ends_with(['.', ':', ';', ',', '!', '?', '。', '、', '：', '；', '！', '？', ')', '）'])
        || text.starts_with(|c: char| c.is_uppercase())
        || text.contains(". ")
        || has_comma(text);
    line.starts_with([' ', '\t', '!', '#']) || (!sentence && !text.is_empty())
}

/// Whether a comma with a blank behind it stands outside of quotation marks and braces.
fn has_comma(text: &str) -> bool {
    let (mut quoted, mut depth, mut comma) = (false, 0usize, false);
    for c in text.chars() {
        match c {
            ' ' if comma => return true,
            '"' => quoted = !quoted,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        comma = c == ',' && !quoted && depth == 0;
    }
    false
}

/// Verbs that begin what is typed on a device or a computer.
const VERBS: [&str; 34] = [
    "show",
    "ping",
    "telnet",
    "traceroute",
    "terminal",
    "debug",
    "undebug",
    "license",
    "xstatus",
    "xconfiguration",
    "xcommand",
    "monitor",
    "nslookup",
    "dig",
    "curl",
    "openssl",
    "clear",
    "test",
    "copy",
    "dir",
    "more",
    "ip",
    "ipv6",
    "ntp",
    "no",
    "configure",
    "crypto",
    "do",
    "clock",
    "call-home",
    "utils",
    "run",
    "tcpdump",
    "admin",
];

/// Whether something to collect is typed, and not asked of somebody: `show clock`, but not `packet capture between device and proxy`.
pub(super) fn is_typed(command: &str) -> bool {
    let first = command.split_whitespace().next().unwrap_or_default();
    VERBS.contains(&first) && !command.contains([',', '('])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_sentences() {
        for (line, expected) in [
            ("license smart trust idtoken <token> all force", true),
            ("! or, after copying the file:", true),
            ("  show crypto pki trustpool", true),
            ("Then establish trust again:", false),
            ("Upgrade to a fixed release.", false),
            ("次に信頼を確立します。", false),
            ("ip name-server <ip>", true),
            ("Or go offline, then", false),
            ("Then", false),
            ("upload it to CSSM, download the ACK, then", false),
            ("tls.handshake.extensions_server_name in {\"smartreceiver.cisco.com\", \"tools.cisco.com\"}", true),
            ("tcp.flags.syn==1 && tcp.flags.ack==0", true),
            ("", false),
        ] {
            assert_eq!(is_command(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_asked_for_is_not_typed() {
        for (command, expected) in [
            ("show crypto pki trustpool", true),
            ("telnet <server> <port> /ipv4", true),
            ("xstatus", true),
            ("xstatus (licence part)", false),
            ("packet capture on the licensing source interface", false),
            ("terminal monitor, then license smart trust idtoken <token> all force, and the messages that follow", false),
            ("Alarms list", false),
            ("", false),
        ] {
            assert_eq!(is_typed(command), expected, "{command}");
        }
    }

    #[test]
    fn a_step_of_one_line_is_a_sentence() {
        let kinds = |step: &'static str| lines_of(step).map(|(kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(kinds("show license status"), [LineKind::Sentence]);
        assert_eq!(kinds("Then:\nshow license status\n"), [LineKind::Sentence, LineKind::Command]);
    }
}
