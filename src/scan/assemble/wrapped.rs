//! Messages that a terminal wrapped: joined again, and tried as one line.

use std::borrow::Cow;

use super::Assembler;
use super::verify::{Found, LineRead};
use crate::formats::{prompt, syslog};
use crate::rules::library::SignalId;
use crate::scan::gate::Target;

/// Lines a wrapped message may go on for.
const WRAPPED_LINES: usize = 4;

impl Assembler<'_> {
    /// A message wrapped by a terminal is tried joined with and without a blank, since some cut inside words. What it
    /// then shows stands on its first line; the same is not taken again from the lines that go on.
    pub(super) fn verify_wrapped(&mut self, text: &str, number: u64, targets: &[Target], continuation: &[String]) -> bool {
        let heading = self.heading(text);
        let mut found: Vec<Found> = Vec::new();
        let mut whole = String::new();
        for blank in ["", " "] {
            whole = std::iter::once(text.trim_end()).chain(continuation.iter().map(|line| line.trim())).collect::<Vec<_>>().join(blank);
            let joined = whole.as_str();
            let mut read = LineRead::with_heading(heading.clone());
            for target in self.scanner.gate.targets(joined.as_bytes()) {
                let Target::Signal(id) = target else { continue };
                let on_first_line = targets.contains(&target);
                if !on_first_line && !found.iter().any(|(known, ..)| *known == id) {
                    self.signal(id, joined, number, &mut read, &mut found);
                }
            }
        }
        let ids: Vec<SignalId> = found.iter().map(|(id, ..)| *id).collect();
        let any = !ids.is_empty();
        self.take(&whole, number, &mut LineRead::with_heading(heading), found);
        self.wrapped = (number + continuation.len() as u64, ids);
        any
    }
}

/// The lines that go on with the message of the line before `rest`, if any: up to the next line that begins a
/// record, a prompt or a section, or is empty.
pub(in crate::scan) fn continued(text: &str, rest: &[u8]) -> Option<Vec<String>> {
    if text.trim().is_empty() {
        return None;
    }
    let mut lines = Vec::new();
    for line in rest.split(|byte| *byte == b'\n').take(WRAPPED_LINES) {
        let line: Cow<'_, [u8]> = prompt::clean(line.get(..line.len().min(4096)).unwrap_or_default());
        let line = prompt::text(&line).into_owned();
        if line.trim().is_empty() || syslog::starts_record(&line) {
            break;
        }
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}
