//! Messages that a terminal wrapped: joined again, and tried as one line.

use std::borrow::Cow;

use super::Assembler;
use super::verify::{Found, LineRead};
use crate::formats::{prompt, syslog};
use crate::rules::library::SignalId;
use crate::scan::gate::Target;
use crate::scan::head::Head;
use crate::scan::mask::WRAPPED_LINES;
use crate::scan::{sift, sighting};

impl Assembler<'_> {
    /// A message wrapped by a terminal is tried as its lines say that it was cut, then joined without and with a blank at every cut,
    /// since some cut inside words. What it then shows stands on its first line; the same is not taken again from the lines that go on.
    pub(super) fn verify_wrapped(
        &mut self,
        text: &str,
        number: u64,
        targets: &[Target],
        head: Option<&Head>,
        continuation: &[String],
    ) -> bool {
        let mut heading = self.heading(head);
        let mut found: Vec<Found> = Vec::new();
        let mut whole = String::new();
        let cuts = cuts(text, continuation);
        let mixed = cuts.contains(&true) && cuts.contains(&false);
        let (without, with) = (vec![false; cuts.len()], vec![true; cuts.len()]);
        for blanks in mixed.then_some(cuts).into_iter().chain([without, with]) {
            whole = text.trim_end().to_owned();
            self.around.joints.clear();
            self.around.glued.clear();
            for (line, blank) in continuation.iter().zip(blanks) {
                if blank {
                    self.around.joints.push(whole.len());
                    whole.push(' ');
                } else {
                    self.around.glued.push(whole.len());
                }
                whole.push_str(line.trim());
            }
            let joined = whole.as_str();
            let mut read = LineRead::joined(heading.clone());
            for target in sift::holding(self.scanner, joined) {
                let Target::Signal(id) = target else { continue };
                let on_first_line = targets.contains(&target);
                if !on_first_line && !found.iter().any(|(known, ..)| *known == id) {
                    self.signal(id, joined, number, head, &mut read, &mut found);
                }
            }
        }
        self.around.joints.clear();
        self.around.glued.clear();
        let ids: Vec<SignalId> = found.iter().map(|(id, ..)| *id).collect();
        let any = !ids.is_empty();
        if any {
            heading.print = sighting::print(&whole);
            self.take(&whole, number, &heading, found);
        }
        self.wrapped = (number + continuation.len() as u64, ids);
        any
    }
}

/// Whether a blank stood where each line of a message begins that goes on: one of the two lines still has it, or the line before is
/// shorter than the longest, so that its blank was the last thing on it and got lost.
fn cuts(text: &str, continuation: &[String]) -> Vec<bool> {
    let width = |line: &str| line.trim_end().chars().count();
    let before = || std::iter::once(text).chain(continuation.iter().map(String::as_str));
    let longest = before().take(continuation.len()).map(width).max().unwrap_or(0);
    let blank = |(before, line): (&str, &String)| before.ends_with([' ', '\t']) || line.starts_with([' ', '\t']) || width(before) < longest;
    before().zip(continuation).map(blank).collect()
}

/// Whether lines go on with the message of the line before `rest`.
pub(in crate::scan) fn is_continued(text: &str, rest: &[u8]) -> bool {
    !text.trim().is_empty() && parts(text, rest).next().is_some()
}

/// The lines that go on with the message of the line before `rest`, if any: up to the next line that begins a
/// record, a prompt or a section, names a message of its own, or is empty.
pub(super) fn continued(text: &str, rest: &[u8]) -> Option<Vec<String>> {
    if text.trim().is_empty() {
        return None;
    }
    let lines: Vec<String> = parts(text, rest).take(WRAPPED_LINES).map(Cow::into_owned).collect();
    (!lines.is_empty()).then_some(lines)
}

fn parts<'r>(text: &str, rest: &'r [u8]) -> impl Iterator<Item = Cow<'r, str>> {
    let named = syslog::names_message(text);
    rest.split(|byte| *byte == b'\n').map_while(goes_on).take_while(move |line| !named || !syslog::names_message(line))
}

/// The text of a line that may go on with the message before it.
fn goes_on(line: &[u8]) -> Option<Cow<'_, str>> {
    let text = match prompt::clean(line.get(..line.len().min(4096)).unwrap_or_default()) {
        Cow::Borrowed(line) => prompt::text(line),
        Cow::Owned(line) => prompt::text(&line).into_owned().into(),
    };
    (!text.trim().is_empty() && !syslog::starts_record(&text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_blanks_are_told_from_cuts_in_words() {
        for (text, continuation, expected) in [
            ("we had com", &["munication", " failures"][..], &[false, true][..]),
            ("we had com", &["munication ", "failures"], &[false, true]),
            // The blank was the last of the line, and what copied the line dropped it.
            ("abcd efghi", &["jklm nopq", "xyz"], &[false, true]),
            ("one line", &["and the next"], &[false]),
        ] {
            let continuation: Vec<String> = continuation.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(cuts(text, &continuation), expected, "{text}");
        }
    }

    #[test]
    fn a_line_with_a_message_of_its_own_goes_on_with_none() {
        for (text, rest, expected) in [
            ("Aug 23 09:19:43: %SMART_LIC-3-COMM_FAILED: Communications", "failure with\nthe Cisco\n\nx", 2),
            ("<m>%SMART_LIC-3-COMM_FAILED: Communications failure</m>", "<m>%SMART_LIC-3-COMM_FAILED: Communications failure</m>\n", 0),
            ("<m>%SMART_LIC-3-COMM_FAILED: 50", "% of them</m>\n", 1),
            // The head alone.
            ("a very long name of a host and its", "domain, as it is: %SMART_LIC-3-COMM_FAILED: Communications\nfailure", 2),
        ] {
            assert_eq!(continued(text, rest.as_bytes()).map_or(0, |lines| lines.len()), expected, "{text}");
        }
    }
}
