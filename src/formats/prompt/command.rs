//! One spelling for each `show` command, however it was abbreviated.

/// A command in its one spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Command {
    /// Lower case, single blanks, words of the `show` family written out.
    pub command: String,
    /// What stood behind the first `|`, as typed.
    pub filter: Option<String>,
}

/// A word of the command tree, the fewest letters that stand for it, and the words that may follow.
struct Word {
    text: &'static str,
    least: usize,
    next: &'static [Word],
}

const fn word(text: &'static str, least: usize) -> Word {
    Word { text, least, next: &[] }
}

const fn branch(text: &'static str, least: usize, next: &'static [Word]) -> Word {
    Word { text, least, next }
}

/// What may follow `show`. Where an abbreviation fits several words, the first is meant: the one support cases show.
static SHOW: &[Word] = &[
    branch("license", 3, LICENSE),
    branch("version", 3, &[word("running", 3), word("installed", 4)]),
    branch("logging", 3, &[word("last", 2), word("process", 4), word("onboard", 3), word("logfile", 4)]),
    branch("running-config", 3, &[word("callhome", 5), word("all", 2), word("interface", 3), word("section", 3)]),
    word("startup-config", 5),
    branch("tech-support", 4, &[word("license", 3), word("wireless", 4), word("details", 3)]),
    branch("processes", 4, &[branch("cpu", 2, SORTED), branch("memory", 3, SORTED)]),
    branch("crypto", 2, &[branch("pki", 2, PKI), branch("ca", 2, PKI)]),
    branch("call-home", 4, CALL_HOME),
    branch("callhome", 5, CALL_HOME),
    word("clock", 2),
    branch("ntp", 2, &[word("associations", 2), word("status", 2), word("peer-status", 6)]),
    word("inventory", 3),
    branch("interfaces", 3, &[word("status", 4), word("description", 3)]),
    branch(
        "ip",
        2,
        &[branch("interface", 3, &[word("brief", 2)]), word("route", 2), branch("http", 3, &[word("client", 2), word("server", 3)])],
    ),
    word("hosts", 3),
    word("module", 3),
    branch("memory", 3, &[word("statistics", 4)]),
    branch("platform", 3, &[word("software", 4), word("hardware", 4)]),
    branch("switch", 2, &[word("detail", 3)]),
    branch("redundancy", 3, &[word("history", 4), word("states", 3)]),
    branch("install", 4, &[word("summary", 3)]),
    branch("ap", 2, &[word("summary", 3)]),
    branch("feature", 3, &[]),
    word("udi", 3),
];

static LICENSE: &[Word] = &[
    word("all", 2),
    word("status", 4),
    word("summary", 3),
    word("usage", 2),
    word("udi", 3),
    branch("tech", 2, &[word("support", 3)]),
    branch("history", 3, &[word("message", 3)]),
    word("eventlog", 2),
    branch("rum", 3, &[branch("id", 2, &[word("all", 2)]), word("feature", 4)]),
    branch("data", 4, &[word("conversion", 4), word("translation", 4)]),
    word("authorization", 4),
    word("reservation", 3),
    word("right-to-use", 2),
    word("feature", 4),
    word("expiration", 3),
    branch("air", 3, &[branch("entities", 3, &[word("summary", 3)])]),
];

static PKI: &[Word] = &[
    branch("trustpoints", 6, &[word("status", 4)]),
    word("trustpool", 9),
    branch("certificates", 3, &[word("verbose", 3)]),
    word("crls", 3),
    word("timers", 3),
    word("server", 3),
];

static CALL_HOME: &[Word] =
    &[branch("profile", 4, &[word("all", 2)]), branch("smart-licensing", 5, &[word("statistics", 4)]), word("transport-email", 9)];

static SORTED: &[Word] = &[word("sorted", 3), word("history", 3), word("platform", 3)];

/// Commands with two spellings, the second being the one used here.
const SAME: [(&str, &str); 4] = [
    ("show license tech-support", "show license tech support"),
    ("show license tech", "show license tech support"),
    ("show license history", "show license history message"),
    ("show running-config call-home", "show running-config callhome"),
];

/// Brings `command` into its one spelling: `sh lic all` is `show license all`, `show tech license` is
/// `show tech-support license`, `show license tech-support` is `show license tech support`. Commands outside the
/// `show` family are only brought to lower case and single blanks.
pub fn normalise(command: &str) -> Command {
    let (typed, filter) = match command.split_once('|') {
        Some((typed, filter)) => (typed, Some(filter.trim().to_owned()).filter(|filter| !filter.is_empty())),
        None => (command, None),
    };
    let lower = typed.to_ascii_lowercase();
    let mut words = lower.split_ascii_whitespace().peekable();
    words.next_if_eq(&"do");
    let mut spelled: Vec<&str> = Vec::new();
    if words.next_if(|first| first.len() >= 2 && "show".starts_with(first)).is_some() {
        spelled.push("show");
        let mut expected = SHOW;
        while let Some(typed) = words.peek() {
            // `show license tech-support` is no abbreviation of `tech`.
            let Some(found) = find(expected, typed) else { break };
            spelled.push(found.text);
            expected = found.next;
            words.next();
        }
    }
    spelled.extend(words);
    let joined = spelled.join(" ");
    let command = SAME.iter().find(|(other, _)| *other == joined).map_or(joined, |(_, same)| (*same).to_owned());
    Command { command, filter }
}

fn find(expected: &'static [Word], typed: &str) -> Option<&'static Word> {
    let exact = expected.iter().find(|word| word.text == typed);
    exact.or_else(|| expected.iter().find(|word| typed.len() >= word.least && word.text.starts_with(typed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        for (typed, expected) in [
            ("sh lic all", "show license all"),
            ("SHOW  License\tALL", "show license all"),
            ("show run callhome", "show running-config callhome"),
            ("show running-config callhome", "show running-config callhome"),
            ("show ver", "show version"),
            ("sho version", "show version"),
            ("show logg", "show logging"),
            ("show logg last 40", "show logging last 40"),
            ("show log", "show logging"),
            ("show tech-support license", "show tech-support license"),
            ("show tech license", "show tech-support license"),
            ("show tech lic", "show tech-support license"),
            ("show tech", "show tech-support"),
            ("show tech wireless", "show tech-support wireless"),
            ("show license tech-support", "show license tech support"),
            ("show license tech support", "show license tech support"),
            ("sh lic tech sup", "show license tech support"),
            ("show license history message", "show license history message"),
            ("show license history", "show license history message"),
            ("show lic hist mess", "show license history message"),
            ("show license rum id all", "show license rum id all"),
            ("show license sum", "show license summary"),
            ("show lic us", "show license usage"),
            ("show lic stat", "show license status"),
            ("show license air entities summary", "show license air entities summary"),
            ("do sh clo", "show clock"),
            ("sh proc cpu sort", "show processes cpu sorted"),
            ("sh crypto pki trustpoint", "show crypto pki trustpoints"),
            ("sh cry pki cert", "show crypto pki certificates"),
            ("show call-home prof all", "show call-home profile all"),
            ("show callhome", "show callhome"),
            ("show ip int br", "show ip interface brief"),
            ("show wlan summary", "show wlan summary"),
            ("show license bogus all", "show license bogus all"),
            ("License Smart Sync  all", "license smart sync all"),
            ("test license smart rum id-list", "test license smart rum id-list"),
            ("s", "s"),
            ("", ""),
        ] {
            assert_eq!(normalise(typed), Command { command: expected.to_owned(), filter: None }, "{typed}");
        }
    }

    #[test]
    fn filters_stay_apart() {
        for (typed, command, filter) in [
            ("show run | include License Smart", "show running-config", Some("include License Smart")),
            ("sh lic all|i Status | count", "show license all", Some("i Status | count")),
            ("show logging |", "show logging", None),
        ] {
            assert_eq!(normalise(typed), Command { command: command.to_owned(), filter: filter.map(str::to_owned) }, "{typed}");
        }
    }
}
