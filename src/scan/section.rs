//! One open section: its lines go to the value extractors until it ends, those of them that can hold something.

mod values;

use super::assemble::LINE;
use super::evidence::{Fact, SectionSeen};
use super::fields::{CURRENT_TIME, Field, Fields, TIME_SOURCE};
use super::headings::{Headings, content};
use super::whose;
use crate::formats::event::{Event, Place};
use crate::formats::license_history::HistoryReader;
use crate::formats::packet_list::PacketListReader;
use crate::formats::time::{self, Stamp};
use crate::rules::library::{Extract, ExtractId, Library, Matcher, Pattern, Section, SectionId, SectionReader, SignalId};
use crate::rules::model::Nested;

use self::values::Values;
pub(super) use self::values::{Value, read_value};

/// Lines at the beginning of an output that may refuse the command.
const REFUSAL: u64 = 4;
/// Lines at the beginning of an output that may state when it was made.
const DATED: u64 = 2;

/// A section whose end has not come yet.
pub(super) struct OpenSection {
    /// Which; `None` for a command no rule asks about.
    pub(super) id: Option<SectionId>,
    /// The line it begins at.
    pub(super) line: u64,
    /// It was recognised by its content, not by a command.
    pub(super) by_opening: bool,
    /// Its command was typed at a prompt, which says whose it is.
    pub(super) typed: bool,
    /// Its output went through a pipe (`| include …`), so a line missing from it means nothing.
    pub(super) filtered: bool,
    /// The command in its one spelling.
    pub(super) command: Option<String>,
    /// Nobody keeps its values.
    pub(super) surplus: bool,
    /// What its headings are.
    nested: Nested,
    /// Where something asks for them.
    headings: Option<Headings>,
    values: Values,
    /// Values whose name comes on a later line, with what reads them.
    unnamed: Vec<(ExtractId, Value)>,
    present: Vec<SignalId>,
    refused: bool,
    pub(super) time: Option<Stamp>,
    reader: Option<Reader>,
    lines: u64,
    /// What the line at hand may hold.
    fields: Vec<Field>,
    /// The heading whose block says that what it lists is over.
    over: Option<String>,
}

/// What needs more than patterns.
enum Reader {
    History(HistoryReader),
    Packets(Box<PacketListReader>),
}

/// Which lines of a section are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looking {
    /// Those of its lines that any text is searched for.
    Nowhere,
    /// Those on which it has something to look for.
    Somewhere,
    /// All.
    Everywhere,
}

impl OpenSection {
    /// Begins a section.
    pub(super) fn new(library: &Library, id: Option<SectionId>, line: u64, by_opening: bool) -> Self {
        let section = id.and_then(|id| library.sections.get(id.0));
        let reader = section.and_then(|section| section.reader).map(|reader| match reader {
            SectionReader::LicenseHistory => Reader::History(HistoryReader::default()),
            SectionReader::PacketList => Reader::Packets(Box::default()),
        });
        let nested = section.map_or(Nested::Colon, |section| section.nested);
        let below = |id: &ExtractId| library.extracts.get(id.0).is_some_and(|extract| extract.block.is_some());
        let headed = section.is_some_and(|section| section.over.is_some() || section.extracts.iter().any(below));
        Self {
            id,
            line,
            by_opening,
            typed: false,
            filtered: false,
            command: None,
            surplus: false,
            nested,
            headings: headed.then(|| Headings::new(nested)),
            values: Values::default(),
            unnamed: Vec::new(),
            present: Vec::new(),
            refused: false,
            time: None,
            reader,
            lines: 0,
            fields: Vec::new(),
            over: None,
        }
    }

    /// Which of the next lines must be looked at.
    pub(super) fn looking(&self, library: &Library, fields: Option<&Fields>) -> Looking {
        let section = self.id.and_then(|id| library.sections.get(id.0));
        let (Some(section), Some(fields)) = (section, fields) else { return Looking::Nowhere };
        if section.extracts.is_empty() && section.absents.is_empty() && section.reader.is_none() {
            return Looking::Nowhere;
        }
        // Of the lines above a line of a configuration those that matter are near; headings with a colon may stand anywhere.
        let headed = self.headings.is_some() && self.nested == Nested::Colon;
        let every = headed || section.over.is_some() || section.reader.is_some() || self.lines < REFUSAL;
        if every || fields.always().iter().any(|field| self.asks(library, section, *field).is_some()) {
            Looking::Everywhere
        } else {
            Looking::Somewhere
        }
    }

    /// Where those of the next lines, whole and without bytes that a console left, begin that must be looked at.
    pub(super) fn look(&self, library: &Library, fields: &Fields, text: &[u8]) -> Vec<usize> {
        let Some(section) = self.id.and_then(|id| library.sections.get(id.0)) else { return Vec::new() };
        fields.lines(text, &mut |field, line| {
            let Some(pattern) = self.asks(library, section, field) else { return false };
            let Ok(text) = std::str::from_utf8(line) else { return true };
            line.len() > LINE || pattern.is_match(content(self.nested, text))
        })
    }

    /// Passes over whole lines that need not be looked at.
    pub(super) fn pass(&mut self, lines: &[u8], count: u64) {
        self.lines += count;
        if let Some(headings) = &mut self.headings {
            headings.passed(lines);
        }
    }

    /// The pattern that a line is asked for a field with; `None` where it makes no difference any more.
    fn asks<'a>(&self, library: &'a Library, section: &Section, field: Field) -> Option<&'a Pattern> {
        match field {
            Field::Absent(at) => {
                let id = section.absents.get(at).filter(|id| !self.present.contains(id))?;
                match &library.signals.get(id.0)?.matcher {
                    Matcher::Absent { pattern, .. } => Some(pattern),
                    _ => None,
                }
            }
            Field::Extract(at) => {
                let extract = library.extracts.get(section.extracts.get(at)?.0)?;
                (!self.surplus && self.values.takes(extract)).then_some(&extract.pattern)
            }
        }
    }

    /// Whether the block of the line read last says that what it lists is over.
    pub(super) fn is_over(&self) -> bool {
        let (Some(over), Some(headings)) = (&self.over, &self.headings) else { return false };
        let path = headings.path();
        path.strip_prefix(over.as_str()).is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    /// Reads one line.
    pub(super) fn read(&mut self, library: &Library, fields: &Fields, number: u64, line: &str, sink: &mut dyn FnMut(Event)) {
        let Some(section) = self.id.and_then(|id| library.sections.get(id.0)) else { return };
        self.lines += 1;
        if let Some(headings) = &mut self.headings {
            headings.line(line);
        }
        let text = content(self.nested, line);
        if self.lines <= REFUSAL && is_refusal(text) {
            self.refused = true;
        }
        if self.time.is_none() {
            let begins = || time::parse_prefix(text.trim_start_matches([' ', '.', '*'])).map(|(stamp, _)| stamp).filter(Stamp::has_year);
            self.time = made_at(text).or_else(|| begins().filter(|_| self.lines <= DATED));
        }
        if section.over.as_ref().is_some_and(|pattern| pattern.is_match(text)) {
            self.over = self.headings.as_ref().map(Headings::path);
        }
        // A filter takes answers away as well as what stands around them.
        match self.reader.as_mut().filter(|_| !self.filtered) {
            Some(Reader::History(history)) => history.line(number, line, sink),
            Some(Reader::Packets(packets)) => packets.line(number, line, sink),
            None => {}
        }
        let mut found = std::mem::take(&mut self.fields);
        fields.on(text, &mut found);
        for field in &found {
            let Some(pattern) = self.asks(library, section, *field) else { continue };
            match *field {
                Field::Absent(at) => {
                    if pattern.is_match(text) {
                        self.present.extend(section.absents.get(at));
                    }
                }
                Field::Extract(at) => {
                    let Some(id) = section.extracts.get(at) else { continue };
                    if let Some(extract) = library.extracts.get(id.0) {
                        self.extract(*id, extract, text, number);
                    }
                }
            }
        }
        self.fields = found;
    }

    /// Reads one value, if it stands there.
    fn extract(&mut self, id: ExtractId, extract: &Extract, text: &str, number: u64) {
        let headings = self.headings.as_ref();
        let path = || headings.map(Headings::path).unwrap_or_default();
        let Some(later) = &extract.named_by else { return self.values.read(extract, path, text, number) };
        if let Some(at) = self.unnamed.iter().position(|(known, _)| *known == id)
            && let Some(names) = later.captures(text).and_then(|found| Some(found.name("name")?.as_str()))
        {
            let (_, value) = self.unnamed.swap_remove(at);
            self.values.named(extract, names, &value);
        }
        if let Some(value) = values::read(extract, path, text, number) {
            // Of the one before it nobody said whose it is.
            self.unnamed.retain(|(known, _)| *known != id);
            self.unnamed.push((id, value));
        }
    }

    /// Ends it: what was seen, and its values, those of one name combined. `whole` is false where the text was cut.
    pub(super) fn end(mut self, whole: bool, sink: &mut dyn FnMut(Event)) -> (Option<SectionSeen>, Vec<Value>) {
        match self.reader.as_mut().filter(|_| !self.filtered) {
            Some(Reader::Packets(packets)) => packets.finish(sink),
            Some(Reader::History(history)) => history.finish(sink),
            None => {}
        }
        let seen = self.id.map(|section| SectionSeen {
            section,
            command: self.command,
            line: self.line,
            last: self.line + self.lines,
            whole: whole && !self.refused && !self.filtered,
            refused: self.refused,
            present: self.present,
            time: self.time,
        });
        (seen, self.values.into_list())
    }
}

/// When an output was made, where a line of it or above it says so.
pub(super) fn made_at(text: &str) -> Option<Stamp> {
    let source = || text.strip_prefix(TIME_SOURCE)?.split_once(',').map(|(_, stated)| stated);
    let stated = source().or_else(|| text.strip_prefix(CURRENT_TIME))?;
    time::parse_prefix(stated.trim_start_matches([' ', '.', '*'])).map(|(stamp, _)| stamp).filter(Stamp::has_year)
}

/// Whether the values of a section say something of the device that wrote it, or may.
pub(super) fn identifies(library: &Library, id: SectionId) -> bool {
    let extracts = library.sections.get(id.0).map_or(&[][..], |section| &section.extracts);
    let mut extracts = extracts.iter().filter_map(|id| library.extracts.get(id.0));
    extracts.any(|extract| extract.identity.is_some() || whose::may_tell(&extract.fact))
}

fn is_refusal(text: &str) -> bool {
    let text = text.trim_start_matches(['%', ' ']).to_ascii_lowercase();
    [
        "invalid input",
        "invalid command",
        "incomplete command",
        "ambiguous command",
        "unrecognized command",
        "permission denied for the role",
    ]
    .iter()
    .any(|refusal| text.starts_with(refusal))
}

/// The fact a value becomes.
pub(super) fn fact(value: &Value, time: Option<Stamp>, shown: String, excerpt: String) -> Fact {
    Fact { name: value.name.clone(), value: shown, excerpt: excerpt.into(), place: Some(Place::Line(value.line)), time, past: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::load::{RuleText, load};

    const FACTS: &str = r"
sections:
  - id: ids
    commands: [show ids]
extract:
  - {fact: first, sections: [ids], pattern: '^id (?<value>\d+)', keep: first}
  - {fact: last, sections: [ids], pattern: '^id (?<value>\d+)'}
  - {fact: all, sections: [ids], pattern: '^id (?<value>\d+)', keep: all}
  - {fact: each, sections: [ids], pattern: '^id (?<value>\d+)', keep: each}
  - {fact: count, sections: [ids], pattern: '^id \d+', keep: count}
  - {fact: 'under.{name}', sections: [ids], block: 'Unit (?<name>.+)', pattern: '^id (?<value>\d+)'}
";

    #[test]
    fn a_value_may_get_its_name_from_a_later_line() {
        let facts = "sections:\n  - {id: s, commands: [show s]}\nextract:\n  - {fact: 'of.{name}.end', sections: [s], pattern: '^end date: (?<value>.+)', named_by: '^Owners: (?<name>.+)$', keep: all}\n";
        let library = load(&[RuleText { name: "facts/s.yaml".to_owned(), text: facts.to_owned() }]).unwrap();
        let fields = Fields::new(&library, SectionId(0));
        let mut section = OpenSection::new(&library, Some(SectionId(0)), 1, false);
        let text = "Certificate\n  end date: 1\nCertificate\n  end   date: 2\n  Owners: B-1 C\nCertificate\n  end date: 3\n  Owners: C\n  Owners: D";
        for (number, line) in text.lines().enumerate() {
            section.read(&library, &fields, number as u64 + 2, line, &mut |_| {});
        }
        let (_, values) = section.end(true, &mut |_| {});
        let found: Vec<(&str, &str, u64)> = values.iter().map(|value| (value.name.as_str(), value.value.as_str(), value.line)).collect();
        assert_eq!(found, [("of.b_1.end", "2", 5), ("of.c.end", "2, 3", 5)]);
    }

    #[test]
    fn several_values_become_one() {
        let file = RuleText { name: "facts/ids.yaml".to_owned(), text: FACTS.to_owned() };
        let library = load(&[file]).unwrap();
        let fields = Fields::new(&library, SectionId(0));
        let mut section = OpenSection::new(&library, Some(SectionId(0)), 1, false);
        for (number, line) in ["id 7", "Unit A-1:", "  id 9", "", "id 7"].iter().enumerate() {
            section.read(&library, &fields, number as u64 + 2, line, &mut |_| {});
        }
        let (_, values) = section.end(true, &mut |_| {});
        let found: Vec<(&str, &str)> = values.iter().map(|value| (value.name.as_str(), value.value.as_str())).collect();
        let expected = [("first", "7"), ("last", "7"), ("all", "7, 9"), ("each", "7, 9, 7"), ("count", "3"), ("under.a_1", "7")];
        assert_eq!(found, expected);
    }
}
