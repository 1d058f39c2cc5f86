//! Outputs of commands: the lines that begin and end them, and what was read in one when it ends.

use std::sync::Arc;

use super::Assembler;
use crate::formats::prompt;
use crate::rules::library::SectionId;
use crate::rules::model::Identity as IdentityField;
use crate::scan::evidence::{Anchor, SectionSeen};
use crate::scan::gate::Target;
use crate::scan::section::{self, OpenSection, Value};

/// Lines after the first that still are the beginning of an output.
const BEGINNING: u64 = 2;
/// Outputs that are kept of a device and of an artifact. Of more the last of each kind stands for those before it.
const KEPT: usize = 512;
const KEPT_OF_ALL: usize = 16 * 1024;
/// Lines between one that says when an output was made and the output.
const ABOVE: u64 = 3;

impl Assembler<'_> {
    /// Whether a section begins (or ends) at this line.
    pub(super) fn boundary(&mut self, text: &str, number: u64, targets: &[Target]) -> bool {
        let repeated = text.trim().strip_prefix("!Command:").map(str::trim);
        if repeated.is_some() {
            self.weak_platform(self.subject, "nx-os");
        }
        if let Some(command) = prompt::section_header(text).or(repeated) {
            self.kinds.headers += 1;
            self.begin(command, number);
            return true;
        }
        if let Some(found) = prompt::parse(text) {
            self.kinds.prompts += 1;
            let (host, command) = (found.host.to_owned(), found.command.to_owned());
            let renames = found.mode.is_some_and(|mode| mode.contains("config"));
            self.end_section();
            let before = self.renamed.take().filter(|(_, name)| name.eq_ignore_ascii_case(&host));
            self.subject = self.subject_of(&host);
            if let Some((before, name)) = before.filter(|(before, _)| *before != self.subject) {
                let name = self.scanner.shown(&name);
                // It may have been given its old name again.
                self.scan.subjects.get_mut(self.subject).into_iter().for_each(|subject| subject.became = None);
                self.scan.subjects.get_mut(before).into_iter().for_each(|subject| subject.became = Some(name.clone()));
            }
            let given = command.strip_prefix("hostname ").or_else(|| command.strip_prefix("switchname ")).filter(|_| renames);
            self.renamed = given.map(|name| (self.subject, name.trim().to_owned()));
            if !command.is_empty() {
                self.begin(&command, number);
                if let Some(open) = &mut self.open {
                    open.typed = true;
                }
            }
            return true;
        }
        let lower = text.trim().to_ascii_lowercase();
        if lower.starts_with("xstatus") || lower.starts_with("xconfiguration") {
            self.weak_platform(self.subject, "expressway");
            self.begin(&lower, number);
            return true;
        }
        for target in targets {
            let Target::Opening(id) = target else { continue };
            let embeds = |id: SectionId| self.scanner.library.sections.get(id.0).is_some_and(|section| section.embeds);
            let open = self.open.as_ref().and_then(|open| Some((open.id?, open.by_opening, open.line)));
            let stays = open.is_some_and(|(open, by_opening, _)| !by_opening || (embeds(open) && !embeds(*id)));
            // The same output again: only where it says so, and not on the lines that begin it.
            let again = open.filter(|(open, ..)| open == id).map(|(.., line)| number > line + BEGINNING);
            if !stays
                && again != Some(false)
                && self.scanner.library.sections.get(id.0).is_some_and(|section| section.opens(&lower, again.is_some()))
            {
                self.kinds.openings += 1;
                self.end_section();
                self.open = Some(self.open_section(Some(*id), number, true));
                return true;
            }
        }
        false
    }

    /// An output that nothing in it tells from other text begins with its file, where the name of the file says which it is.
    pub(super) fn begin_by_name(&mut self) {
        let Some(command) = prompt::command_in_name(self.scan.path.file_name()) else { return };
        let sections = &self.scanner.library.sections;
        let Some(at) = sections.iter().position(|section| section.answers(&command.command)) else { return };
        let silent = command.filter.is_some() || sections.get(at).is_some_and(|section| section.openings.is_empty());
        if silent {
            let mut open = self.open_section(Some(SectionId(at)), 0, true);
            open.filtered = command.filter.is_some();
            open.command = Some(command.command);
            self.open = Some(open);
        }
    }

    fn begin(&mut self, command: &str, number: u64) {
        let command = prompt::normalise(command);
        let sections = &self.scanner.library.sections;
        let filtered = command.filter.is_some();
        let id = sections.iter().position(|section| section.answers(&command.command)).map(SectionId);
        // `!Command:` repeats the command that was typed at the prompt.
        if self.open.as_ref().is_some_and(|open| id.is_some() && open.id == id && number <= open.line + 2) {
            return;
        }
        self.end_section();
        if command.command.starts_with("show ") {
            self.commanded(self.subject);
        }
        let mut open = self.open_section(id, number, false);
        open.filtered = filtered;
        open.command = Some(command.command);
        self.open = Some(open);
    }

    fn open_section(&mut self, id: Option<SectionId>, number: u64, by_opening: bool) -> OpenSection {
        let library = self.scanner.library;
        let mut open = OpenSection::new(library, id, number, by_opening);
        // Of a device with as many facts as are kept, only what may say that another one speaks is read.
        let full = self.scan.subjects.get(self.subject).is_some_and(|subject| subject.facts.len() >= self.scanner.facts());
        open.surplus = full && id.is_some_and(|id| !section::identifies(library, id));
        self.scan.surplus.facts += u64::from(open.surplus);
        if by_opening && let Some((_, stamp)) = self.stated.take_if(|(line, _)| *line < number && number <= *line + ABOVE) {
            open.time = Some(stamp);
        }
        open
    }

    pub(super) fn read_in_section(&mut self, text: &str, number: u64) {
        let Some(mut open) = self.open.take() else { return };
        let mut events = Vec::new();
        if let Some(fields) = open.id.and_then(|id| self.scanner.fields(id)) {
            open.read(self.scanner.library, fields, number, text, &mut |event| events.push(event));
        }
        self.open = Some(open);
        for event in events {
            let signals = self.signals_for(&event);
            self.event(&Arc::new(event), &signals, self.subject);
        }
    }

    pub(super) fn end_section(&mut self) {
        let Some(open) = self.open.take() else { return };
        let mut events = Vec::new();
        let time = open.time.clone();
        let typed = open.typed;
        let (seen, values) = open.end(true, &mut |event| events.push(event));
        if let Some(time) = &time {
            self.scan.anchor = Some(Anchor { stamp: time.clone(), is_end: true });
        }
        if !typed {
            self.of_another(&values);
        }
        // The name first: what else the section says is said of the device it names.
        let names = |value: &&Value| value.identity == Some(IdentityField::Hostname);
        for value in values.iter().filter(names).chain(values.iter().filter(|value| !names(value))) {
            if !(typed && names(&value) && self.rename(value)) {
                self.identify(value);
            }
        }
        let subject = self.subject;
        if let Some(time) = &time {
            self.date(subject, time);
        }
        for (at, value) in values.iter().enumerate() {
            let Some(subject) = self.scan.subjects.get_mut(subject).filter(|subject| subject.facts.len() < self.scanner.facts()) else {
                self.scan.surplus.facts += (values.len() - at) as u64;
                break;
            };
            let secrets = self.scanner.masker.secrets(&value.text, &[]);
            let shown = self.scanner.shown(&secrets.out_of(&value.text, &value.value));
            let excerpt = self.scanner.excerpt(&value.text, &secrets, 0..0);
            subject.facts.push(section::fact(value, time.clone(), shown, excerpt));
        }
        if let Some(seen) = seen {
            self.keep_section(subject, seen);
        }
        for event in events {
            let signals = self.signals_for(&event);
            self.event(&Arc::new(event), &signals, subject);
        }
    }

    fn keep_section(&mut self, subject: usize, seen: SectionSeen) {
        let Some(of) = self.scan.subjects.get_mut(subject) else { return };
        let full = of.sections.len() >= KEPT || self.sections >= KEPT_OF_ALL;
        let last = of.sections.iter().rposition(|known| full && known.section == seen.section);
        let at = match last.and_then(|at| Some((at, of.sections.get_mut(at)?))) {
            Some((at, known)) => {
                // Only in one that was seen whole something can be missed.
                if seen.whole || !known.whole {
                    *known = seen;
                }
                at
            }
            None => {
                self.sections += 1;
                of.sections.push(seen);
                of.sections.len() - 1
            }
        };
        self.last_section = Some((subject, at));
    }

    /// Inside an output that quotes what is older than itself.
    pub(super) fn quoting(&self) -> bool {
        let section = self.open.as_ref().and_then(|open| self.scanner.library.sections.get(open.id?.0));
        section.is_some_and(|section| section.history)
    }
}
