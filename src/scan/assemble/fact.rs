//! Facts that no output states: read on lines, or told by the reader of a capture.

use std::collections::BTreeSet;

use super::Assembler;
use super::verify::LineRead;
use crate::formats::event::Place;
use crate::formats::prompt;
use crate::formats::time::Stamp;
use crate::rules::library::ExtractId;
use crate::rules::model::Identity as IdentityField;
use crate::scan::evidence::Fact;
use crate::scan::head::Head;
use crate::scan::section;

/// Samples of a fact read on lines that are kept; the last one always is.
const SAMPLES: usize = 8;

impl Assembler<'_> {
    /// Reads one value on a line; true when it is there.
    pub(super) fn extract(&mut self, id: ExtractId, text: &str, number: u64, head: Option<&Head>, read: &mut LineRead) -> bool {
        let Some(extract) = self.scanner.library.extracts.get(id.0) else { return false };
        let Some(value) = section::read_value(extract, "", text.trim(), number) else { return false };
        // A command at a prompt ends what is quoted, though only some commands are looked at for it.
        let past = self.quoting() && prompt::parse(text.trim()).is_none();
        let heading = self.heading_of(head, read);
        let subject = heading.subject;
        self.observe(&heading, text, number);
        let secrets = self.around.secrets(&self.scanner.masker, text);
        let shown = self.scanner.shown(&secrets.out_of(text, &value.value));
        if value.identity == Some(IdentityField::Hostname) {
            self.subject_of(&shown);
        } else if value.identity.is_some() && subject == self.subject {
            self.identify(&value);
        }
        let excerpt = self.scanner.excerpt(text, &secrets, 0..0);
        self.line_fact(subject, Fact { past, ..section::fact(&value, heading.stamp, shown, excerpt) });
        true
    }

    /// Keeps a fact that was read outside sections: the first few samples, and the last.
    pub(super) fn line_fact(&mut self, subject: usize, fact: Fact) {
        let Some(facts) = self.scan.subjects.get_mut(subject).map(|subject| &mut subject.facts) else { return };
        let (samples, last) = self.line_facts.entry((subject, fact.name.clone())).or_default();
        if *samples >= SAMPLES {
            if let Some(known) = facts.get_mut(*last) {
                *known = fact;
            }
        } else if facts.len() < self.scanner.facts() {
            *samples += 1;
            *last = facts.len();
            facts.push(fact);
        } else {
            self.scan.surplus.facts += 1;
        }
    }

    /// As many facts as are kept of a device.
    pub(in crate::scan) fn most_facts(&self) -> usize {
        self.scanner.facts()
    }

    /// Adds a fact of the artifact's first device.
    pub(in crate::scan) fn fact(&mut self, name: &str, value: &str, place: Option<Place>, time: Option<Stamp>) {
        let value = self.scanner.shown(value);
        if let Some(subject) = self.scan.subjects.first_mut()
            && subject.facts.len() < self.scanner.facts()
        {
            subject.facts.push(Fact { name: name.to_owned(), excerpt: value.as_str().into(), value, place, time, past: false });
        }
    }

    /// Adds a fact whose value is a list: whole, however long, since a cut list would deny what it lacks.
    pub(in crate::scan) fn list(&mut self, name: &str, members: &BTreeSet<String>) {
        let value = members.iter().map(|member| self.scanner.shown(member)).collect::<Vec<_>>().join(", ");
        let excerpt = self.scanner.shown(&value).into();
        if let Some(subject) = self.scan.subjects.first_mut()
            && subject.facts.len() < self.scanner.facts()
        {
            subject.facts.push(Fact { name: name.to_owned(), value, excerpt, place: None, time: None, past: false });
        }
    }
}
