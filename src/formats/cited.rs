//! What people write about messages, and no device wrote: that one was not seen, what to do or to test when it is, and articles of a
//! vendor that list what may be seen. Customers put both beside their logs.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{prompt, quoted, syslog};

/// Right before a message: it was not seen.
const DENIALS: &str = "do not see|did not see|don't see|didn't see|cannot see|can't see|not seeing|have not seen|haven't seen|never saw|never seen|\
    do not get|did not get|don't get|do not find|did not find|there is no|there are no|there was no|there were no|that no|ensure no|\
    without|without any|no longer see|no longer get|log has no|logs have no|not a single";

/// Words that may stand between those and the message.
const FILLERS: &str = "the|a|an|any|such|this|that|these|message|messages|error|errors|log|line|lines|entry|entries|of|following|like";

/// Anywhere before it: what is written is of no device of the case.
const FRAMES: &str = "alert rule|message contains|text contains|lab exercise|exercise|another customer|other customers|typical messages|test plan|test case|grep|zgrep|egrep|findstr|\
    whether you see|if you see|whether the log shows|whether the logs show|whether the log contains|whether the logs contain|if the log shows|\
    if the logs show|if the log contains|if the logs contain";

/// Behind it: that it is not there, or what to do when it is. Of other languages the verbs that deny or condition it.
const BEHIND: &str = "is gone|are gone|has gone|is no longer|are no longer|no longer appears|does not appear|did not appear|do not appear|was not seen|\
    were not seen|is not seen|are not seen|not observed|\
    出力されておりません|出力されていません|出力されません|出ておりません|出ていません|出ません|発生しておりません|発生していません|発生しません|\
    見られません|確認されておりません|確認されていません|た場合|る場合|\
    발생하지 않|나타나지 않|보이지 않|출력되지 않|발생하면|되는 경우|하는 경우|는 경우";

/// Whether a line, which is none of a log, only speaks of the message on it.
pub fn is_cited(line: &str) -> bool {
    let Some((before, behind)) = around_the_message(line) else { return false };
    // Of most messages nothing is said.
    let said = before.contains(char::is_alphabetic);
    said && (is_denied(before) || is_framed(before)) || LATER.is_match(behind)
}

static LATER: LazyLock<AhoCorasick> = LazyLock::new(|| finder(BEHIND));
static FRAMED: LazyLock<AhoCorasick> = LazyLock::new(|| finder(FRAMES));

#[expect(clippy::expect_used, reason = "constant words")]
fn finder(words: &str) -> AhoCorasick {
    AhoCorasick::builder().ascii_case_insensitive(true).build(words.split('|')).expect("constant words")
}

/// Lines above a message among which it is introduced: it may be one of a list.
const ABOVE: usize = 8;

/// Whether a message without a stamp, on a line of its own, belongs to what is said above it: `If you see`, `Typical messages`.
pub fn is_introduced(above: &[u8], line: &str) -> bool {
    let is_message = |line: &str| line.trim_start_matches([' ', '\t', '-', '*', '•', '"', '>']).starts_with('%');
    if !is_message(line) {
        return false;
    }
    let mut above = above;
    for _ in 0..ABOVE {
        let Some(end) = memchr::memrchr(b'\n', above) else { return false };
        above = above.get(..end).unwrap_or_default();
        let said = above.get(memchr::memrchr(b'\n', above).map_or(0, |end| end + 1)..).unwrap_or_default();
        // Another message of the list, by its first byte.
        if matches!(said.trim_ascii_start().first(), None | Some(b'%')) {
            continue;
        }
        let said = String::from_utf8_lossy(said);
        if !said.trim().is_empty() && !is_message(&said) {
            return quoted::is_instruction(said.trim_end()) || is_framed(&said);
        }
    }
    false
}

/// What stands before the message of a sentence, and what from there on. A message begins with its mnemonic, or in quotes.
fn around_the_message(line: &str) -> Option<(&str, &str)> {
    let mnemonic = line.find('%').filter(|at| line.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())));
    line.split_at_checked(mnemonic.or_else(|| line.find(['"', '“', '「', '『', '`']))?)
}

/// Words of the longest denial, and such as may stand between it and a message.
const WORDS: usize = 4;
const BETWEEN: usize = 8;

fn is_denied(before: &str) -> bool {
    let mut words = before.rsplit(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty());
    let mut last: Vec<String> = words.by_ref().take(WORDS + BETWEEN).map(str::to_lowercase).collect();
    last.reverse();
    let fillers = last.iter().rev().take_while(|word| FILLERS.split('|').any(|filler| filler == **word)).count();
    // Some of the words that may stand between end a denial themselves.
    (0..=fillers.min(BETWEEN)).any(|left| {
        let end = last.len().saturating_sub(left);
        let said = last.get(end.saturating_sub(WORDS)..end).unwrap_or_default().join(" ");
        DENIALS.split('|').any(|denial| said.strip_suffix(denial).is_some_and(|rest| rest.is_empty() || rest.ends_with(' ')))
    })
}

/// Whether a text has words of a frame, as whole words.
fn is_framed(text: &str) -> bool {
    FRAMED.find_overlapping_iter(text).any(|found| {
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !is_letter(text.get(..found.start()).and_then(|before| before.chars().next_back()))
            && !is_letter(text.get(found.end()..).and_then(|behind| behind.chars().next()))
    })
}

/// Lines of a text among which the headings of an article are looked for.
const LINES: usize = 400;
/// The first of them, among which a field notice says that it is one.
const TITLE: usize = 10;

/// Whether a text is an article of a vendor (a field notice, release notes, the description of a defect) and no output.
pub fn is_article(text: &str) -> bool {
    let mut marks = Marks::default();
    text.lines().take(LINES).enumerate().for_each(|(number, line)| marks.add(line, number));
    let of_a_device = |line: &str| prompt::parse(line).is_some() || syslog::parse(line).is_some_and(|header| header.stamp.is_some());
    // A field notice shows outputs; in a ticket what looks like an article is somebody's own words beside real ones.
    marks.is_notice() || marks.is_of_a_defect() && !text.lines().take(LINES).any(of_a_device)
}

/// Headings of articles that were met.
#[derive(Default)]
struct Marks {
    notice: bool,
    part_of_notice: bool,
    caveats: bool,
    defects: usize,
    symptom: bool,
    circumstances: bool,
    cure: bool,
}

impl Marks {
    fn add(&mut self, line: &str, number: usize) {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '*' | '•' | '-'));
        let begins = |words: &[&str]| words.iter().any(|word| line.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)));
        match line.as_bytes().first().map(u8::to_ascii_lowercase) {
            Some(b'f') => {
                self.notice |= number < TITLE && begins(&["field notice:"]);
                self.cure |= begins(&["further problem description:"]);
            }
            Some(b'p') => self.part_of_notice |= begins(&["products affected", "problem description", "problem symptom"]),
            Some(b'd') => self.part_of_notice |= begins(&["defect information"]),
            Some(b'o') => self.caveats |= begins(&["open caveats", "open bugs"]),
            Some(b'r') => {
                self.caveats |= begins(&["resolved caveats", "resolved bugs"]);
                self.cure |= begins(&["resolution:"]);
            }
            Some(b'w') => {
                self.part_of_notice |= begins(&["workaround/solution"]);
                self.cure |= begins(&["workaround:"]);
            }
            Some(b's') => {
                self.symptom |= begins(&["symptom:", "symptoms:"]);
                self.cure |= begins(&["solution:"]);
            }
            Some(b'c') => {
                self.caveats |= begins(&["caveats in"]);
                self.circumstances |= begins(&["conditions:", "condition:", "cause:"]);
                self.defects += usize::from(begins(&["csc"]) && line.bytes().skip(5).take(5).filter(u8::is_ascii_digit).count() == 5);
            }
            _ => {}
        }
    }

    fn is_notice(&self) -> bool {
        self.notice && self.part_of_notice
    }

    fn is_of_a_defect(&self) -> bool {
        self.caveats && self.defects > 1 || self.symptom && self.circumstances && self.cure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_may_speak_of_a_message_that_nobody_saw() {
        const MESSAGE: &str =
            "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given";
        for (line, expected) in [
            (format!("We do NOT see {MESSAGE} on this switch."), true),
            (format!("Test plan step 7: verify that no \"{MESSAGE}\" appears in the log. Result: PASS"), true),
            (format!("$ grep -c \"{MESSAGE}\" core.log"), true),
            (format!("In 2021 another customer had {MESSAGE}; our case is different."), true),
            (format!("Alert rule: message contains \"{MESSAGE}\" -> notify noc"), true),
            (format!("The error \"{MESSAGE}\" is gone since we added the name server"), true),
            (format!("「{MESSAGE}」が出力された場合はTACへ連絡してください。"), true),
            (format!("なお、「{MESSAGE}」は出力されておりません。"), true),
            (format!("\"{MESSAGE}\" 메시지는 발생하지 않았습니다."), true),
            ("Lab exercise 4: provoke the error \"Communications failure with X\"".to_owned(), true),
            (format!("we never saw {}{MESSAGE}", "the ".repeat(7)), true),
            (format!("Please tell us whether you see {MESSAGE}"), true),
            (format!("Is {MESSAGE} a problem? Please tell us whether it matters"), false),
            (format!("{}we never saw the {MESSAGE}", "the ".repeat(9_000)), true),
            (format!("fgrep {MESSAGE}"), false),
            (format!("Since yesterday we see this: {MESSAGE}"), false),
            (format!("The license is not registered: {MESSAGE}"), false),
            (format!("昨日から「{MESSAGE}」が出力されています。"), false),
            (format!("어제부터 \"{MESSAGE}\" 메시지가 발생합니다."), false),
            (format!("We do not understand {MESSAGE}"), false),
            (MESSAGE.to_owned(), false),
            ("Failure Reason: there is no response".to_owned(), false),
            (format!("There is no registration and the log says {MESSAGE}"), false),
            (format!("「{MESSAGE}」が出力され、ライセンスが登録されません。"), false),
            (format!("\"{MESSAGE}\" 때문에 등록할 수 없습니다."), false),
        ] {
            assert_eq!(is_cited(&line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_said_above_a_list_of_messages_counts_for_them() {
        for (above, line, expected) in [
            ("If you see\n", "%SMART_LIC-3-COMM_FAILED: x", true),
            ("Training slide 12: Typical messages\n- %LINK-3-UPDOWN\n", "- %SMART_LIC-3-COMM_FAILED: x", true),
            ("Please check whether the log shows messages such as\n\n", "  %SMART_LIC-3-COMM_FAILED: x", true),
            ("Since yesterday we see\n", "%SMART_LIC-3-COMM_FAILED: x", false),
            ("Please tell us whether these messages matter:\n", "%SMART_LIC-3-COMM_FAILED: x", false),
            ("If you see\n", "Apr  8 10:30:48: %SMART_LIC-3-COMM_FAILED: x", false),
            ("", "%SMART_LIC-3-COMM_FAILED: x", false),
        ] {
            assert_eq!(is_introduced(above.as_bytes(), line), expected, "{above}{line}");
        }
    }

    #[test]
    fn articles_are_told_by_their_headings() {
        let notice = "Field Notice: FN72323 - Cisco IOS XE Software\n\nProblem Symptom\nsw1# show log\n%SMART_LIC-3-COMM_FAILED: x\nWorkaround/Solution\n";
        let notes = "Resolved caveats in Cisco IOS XE 17.3.5\nCSCwa11048  Invalid Polling Id\nOpen caveats\nCSCwa85525  Memory leak\n";
        let defect = "CSCwa11048\nSymptom:\n%SMART_LIC-3-COMM_FAILED: x\nConditions: smart transport\nWorkaround: none\n";
        for article in [notice, notes, defect] {
            assert!(is_article(article), "{article}");
        }
        let ticket =
            "Symptom: licences do not report\nCause: see FN72323\nWorkaround: none\nApr  8 10:30:48.049 UTC: %SMART_LIC-3-COMM_FAILED: x\n";
        for other in [ticket, "We read Field Notice: FN72323.\n%SMART_LIC-3-COMM_FAILED: x\n", "Symptom: x\nerror since May\n", ""] {
            assert!(!is_article(other), "{other}");
        }
    }
}
