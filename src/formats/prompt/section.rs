//! Headers of the sections of `show tech-support`.

/// First words of the commands that `show tech-support` announces.
const VERBS: [&str; 9] = ["show", "sh", "dir", "more", "test", "verify", "request", "debug", "remote"];

/// Rows of dashes this long announce a command even where the row behind it was cut off.
const LONG_ROW: usize = 10;

/// The command that a section header announces:
///
/// ```text
/// ------------------ show license all ------------------      IOS-XE, ASA
/// ---- show version running ----                              nested parts, pasted material
/// ------------------ show platform hardware … cpu policer     a long name cuts the row behind it
/// `show version`                                              NX-OS
/// ```
///
/// Audit lines (`CMD: 'show version' …`) and the rules under table titles are no headers.
pub fn section_header(line: &str) -> Option<&str> {
    let text = line.trim();
    let command = match text.strip_prefix('`') {
        Some(quoted) => quoted.strip_suffix('`').filter(|command| !command.contains('`')),
        None => between_dashes(text),
    }?;
    let command = command.trim();
    let verb = command.split_ascii_whitespace().next()?;
    VERBS.iter().any(|known| known.eq_ignore_ascii_case(verb)).then_some(command)
}

fn between_dashes(text: &str) -> Option<&str> {
    let inner = text.trim_start_matches('-');
    let command = inner.trim_end_matches('-');
    let (before, after) = (text.len() - inner.len(), inner.len() - command.len());
    (before >= 3 && after >= 3 || before >= LONG_ROW).then_some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (line, expected) in [
            ("------------------ show license all ------------------", "show license all"),
            ("--- show license status -----", "show license status"),
            ("---- show version running ----", "show version running"),
            ("---- show version installed  ----", "show version installed"),
            ("------------------ show pnp udi tracking ---------", "show pnp udi tracking"),
            ("------------------ show crashinfo: all ------------------\r", "show crashinfo: all"),
            ("  ------------------ show clock ------------------  ", "show clock"),
            (
                "------------------ show platform software fed switch active punt cpuq all",
                "show platform software fed switch active punt cpuq all",
            ),
            ("------------------ dir flash: ------------------", "dir flash:"),
            ("`show version`", "show version"),
            (" `show license usage` ", "show license usage"),
        ] {
            assert_eq!(section_header(line), Some(expected), "{line}");
        }
        for line in [
            "",
            "---------",
            "------------------------------------------------------------------------------",
            "-- show version --",
            "--- show version",
            "CMD: 'show version' 00:13:50 PDT Wed Jul 26 2023",
            "-----  ------- -----",
            "---------- Slot 1 ----------",
            "`show version",
            "` `",
            "use `show version` now",
            "show version",
            "------------------ showcase ------------------",
        ] {
            assert_eq!(section_header(line), None, "{line}");
        }
    }
}
