//! The command whose output a file holds, where its name says so: collectors that run one command after the other write each output
//! into a file of its own, without the prompt: `core1_show_clock.txt`, `show-running-config--include-http.log`.

use super::command::{Command, normalise};

/// Filters behind the stroke, which no name of a file can hold.
const FILTERS: [&str; 12] = ["include", "inc", "incl", "i", "section", "sec", "exclude", "exc", "begin", "beg", "grep", "count"];

/// Two words of a command that a hyphen joins, which a name may write with what divides its other words.
const JOINED: [(&str, &str); 3] =
    [("running config", "running-config"), ("startup config", "startup-config"), ("tech support", "tech-support")];

/// The command in the name of a file; `None` where it names none.
pub fn command_in_name(name: &str) -> Option<Command> {
    let name = name.to_ascii_lowercase().replace("%20", " ").replace("%7c", "|");
    // What a name ends in says how the text is kept.
    let mut name = name.as_str();
    while let Some((stem, extension)) = name.rsplit_once('.')
        && (1..=4).contains(&extension.len())
        && extension.starts_with(|c: char| c.is_ascii_lowercase())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        name = stem;
    }
    let is_divider = |c: char| !c.is_ascii_alphanumeric();
    let starts =
        name.match_indices("show").map(|(at, _)| at).filter(|at| name.get(..*at).is_some_and(|b| b.is_empty() || b.ends_with(is_divider)));
    let typed =
        starts.filter_map(|at| name.get(at..)).find(|rest| rest.strip_prefix("show").is_some_and(|rest| rest.starts_with(is_divider)))?;
    // Where something else divides the words, a hyphen is part of one.
    let coarse = typed.strip_prefix("show").is_some_and(|rest| !rest.starts_with('-'));
    let divides = |c: char| matches!(c, '_' | ' ' | '+' | '|' | '(' | ')' | ',') || !coarse && c == '-';
    let mut words: Vec<&str> = typed.split(divides).filter(|word| !word.is_empty()).collect();
    let filter = words.iter().position(|word| FILTERS.contains(word)).filter(|at| *at > 1);
    let filtered = filter.map(|at| words.split_off(at).join(" "));
    let joined = words.join(" ");
    let joined = JOINED.iter().fold(joined, |joined, (apart, one)| joined.replace(apart, one));
    let command = normalise(&joined);
    Some(Command { filter: filtered.or(command.filter), ..command })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_outputs() {
        for (name, expected) in [
            ("show_clock.txt", Some(("show clock", None))),
            ("core1_show_clock.txt", Some(("show clock", None))),
            ("SW1-show-clock.log", Some(("show clock", None))),
            ("show clock.txt.gz", Some(("show clock", None))),
            ("show_clock-20230823.txt", Some(("show clock-20230823", None))),
            ("show_system_internal_mts_buffers_summary.txt", Some(("show system internal mts buffers summary", None))),
            ("show-running-config--include-http.txt", Some(("show running-config", Some("include http")))),
            ("show_running-config_section_call-home.txt", Some(("show running-config", Some("section call-home")))),
            ("sw1_show_running-config_ntp.cfg", Some(("show running-config ntp", None))),
            ("show%20lic%20all.txt", Some(("show license all", None))),
            ("show-tech-support-license.txt", Some(("show tech-support license", None))),
            ("showtech.txt", None),
            ("show.txt", None),
            ("slideshow_clock.txt", None),
            ("syslog.log", None),
        ] {
            let found = command_in_name(name).map(|Command { command, filter }| (command, filter));
            let expected = expected.map(|(command, filter): (&str, Option<&str>)| (command.to_owned(), filter.map(str::to_owned)));
            assert_eq!(found, expected, "{name}");
        }
    }
}
