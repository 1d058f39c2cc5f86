//! One open section: its lines go to the value extractors one by one until it ends.

use regex::Captures;

use super::evidence::{Fact, SectionSeen};
use super::fields::{Field, Fields};
use super::headings::Headings;
use crate::formats::event::{Event, Place};
use crate::formats::license_history::HistoryReader;
use crate::formats::time::{self, Stamp};
use crate::rules::fact_name::{fill, slug};
use crate::rules::library::{Extract, ExtractId, Library, Matcher, SectionId, SectionReader, SignalId};
use crate::rules::model::{Identity, Keep, Nested};

/// Values kept of one section; more than any honest output gives.
const VALUES: usize = 2000;

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
    headings: Headings,
    values: Vec<Value>,
    /// Values whose name comes on a later line, with what reads them.
    unnamed: Vec<(ExtractId, Value)>,
    present: Vec<SignalId>,
    refused: bool,
    pub(super) time: Option<Stamp>,
    history: Option<HistoryReader>,
    lines: u64,
    /// What the line at hand may hold.
    fields: Vec<Field>,
    /// The heading whose block says that what it lists is over.
    over: Option<String>,
}

/// One value read in a section.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) text: String,
    pub(super) line: u64,
    pub(super) keep: Keep,
    pub(super) identity: Option<Identity>,
}

impl OpenSection {
    /// Begins a section.
    pub(super) fn new(library: &Library, id: Option<SectionId>, line: u64, by_opening: bool) -> Self {
        let section = id.and_then(|id| library.sections.get(id.0));
        let history = section.and_then(|section| section.reader).map(|SectionReader::LicenseHistory| HistoryReader::default());
        Self {
            id,
            line,
            by_opening,
            typed: false,
            filtered: false,
            command: None,
            headings: Headings::new(section.map_or(Nested::Colon, |section| section.nested)),
            values: Vec::new(),
            unnamed: Vec::new(),
            present: Vec::new(),
            refused: false,
            time: None,
            history,
            lines: 0,
            fields: Vec::new(),
            over: None,
        }
    }

    /// Whether its lines must be read one by one.
    pub(super) fn wants_lines(&self, library: &Library) -> bool {
        self.id
            .and_then(|id| library.sections.get(id.0))
            .is_some_and(|section| !section.extracts.is_empty() || !section.absents.is_empty() || section.reader.is_some())
    }

    /// Whether the block of the line read last says that what it lists is over.
    pub(super) fn is_over(&self) -> bool {
        self.over.as_deref().is_some_and(|path| path == self.headings.path() || self.headings.path().starts_with(&format!("{path}/")))
    }

    /// Reads one line.
    pub(super) fn read(&mut self, library: &Library, fields: &Fields, number: u64, line: &str, sink: &mut dyn FnMut(Event)) {
        let Some(section) = self.id.and_then(|id| library.sections.get(id.0)) else { return };
        self.lines += 1;
        let text = self.headings.line(line);
        if self.lines <= 4 && is_refusal(text) {
            self.refused = true;
        }
        if self.time.is_none() && (text.starts_with("Time source is") || self.lines <= 2) {
            let stated = text.strip_prefix("Time source is").and_then(|rest| rest.split_once(',')).map_or(text, |(_, stated)| stated);
            self.time = time::parse_prefix(stated.trim_start_matches([' ', '.', '*'])).map(|(stamp, _)| stamp).filter(Stamp::has_year);
        }
        if section.over.as_ref().is_some_and(|pattern| pattern.is_match(text)) {
            self.over = Some(self.headings.path().to_owned());
        }
        // A filter takes answers away as well as what stands around them.
        if let Some(history) = self.history.as_mut().filter(|_| !self.filtered) {
            history.line(number, line, sink);
        }
        fields.on(text, &mut self.fields);
        for field in std::mem::take(&mut self.fields) {
            let id = match field {
                Field::Extract(at) => section.extracts.get(at),
                Field::Absent(at) => {
                    if let Some(id) = section.absents.get(at)
                        && let Some(Matcher::Absent { pattern, .. }) = library.signals.get(id.0).map(|signal| &signal.matcher)
                        && !self.present.contains(id)
                        && pattern.is_match(text)
                    {
                        self.present.push(*id);
                    }
                    None
                }
            };
            let Some((id, extract)) = id.and_then(|id| Some((id, library.extracts.get(id.0)?))) else { continue };
            if extract.named_by.is_some() {
                self.name(*id, extract, text);
            }
            let Some(value) = read_value(extract, self.headings.path(), text, number) else { continue };
            if extract.named_by.is_some() {
                // Of the one before it nobody said whose it is.
                self.unnamed.retain(|(known, _)| known != id);
                self.unnamed.push((*id, value));
                continue;
            }
            let counted = (value.keep == Keep::Count).then(|| self.values.iter_mut().find(|known| known.name == value.name)).flatten();
            if let Some(known) = counted {
                known.value = known.value.parse::<u64>().unwrap_or(0).saturating_add(1).to_string();
            } else if self.values.len() < VALUES {
                self.values.push(value);
            }
        }
    }

    /// Gives the value that waits for its name the names of this line, if it has any.
    fn name(&mut self, id: ExtractId, extract: &Extract, text: &str) {
        let Some(at) = self.unnamed.iter().position(|(known, _)| *known == id) else { return };
        let Some(names) = extract.named_by.as_ref().and_then(|later| later.captures(text)?.name("name").map(|group| group.as_str())) else {
            return;
        };
        let (_, value) = self.unnamed.swap_remove(at);
        for name in names.split([' ', '\t', ',']).filter(|name| !name.is_empty()) {
            let fact = fill(&extract.fact, |group| Some(if group == "name" { slug(name) } else { String::new() }));
            if let Some(name) = fact.filter(|_| self.values.len() < VALUES) {
                self.values.push(Value { name, ..value.clone() });
            }
        }
    }

    /// Ends it: what was seen, and its values, those of one name combined. `whole` is false where the text was cut.
    pub(super) fn end(mut self, whole: bool, sink: &mut dyn FnMut(Event)) -> (Option<SectionSeen>, Vec<Value>) {
        if let Some(history) = &mut self.history {
            history.finish(sink);
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
        (seen, combine(self.values))
    }
}

/// Reads a value on one line, under the given heading path.
pub(super) fn read_value(extract: &Extract, path: &str, text: &str, line: u64) -> Option<Value> {
    let block = match &extract.block {
        Some(block) => Some(block.captures(path)?),
        None => None,
    };
    let found = extract.pattern.captures(text)?;
    let group = |name: &str| {
        let in_block = || block.as_ref().and_then(|captures| captures.name(name));
        found.name(name).or_else(in_block).map(|group| group.as_str().trim())
    };
    let value = match &extract.value {
        Some(template) => fill(template, |name| Some(group(name).unwrap_or_default().to_owned()))?,
        None => whole_value(&found).to_owned(),
    };
    let value = match extract.keep {
        Keep::Count => "1".to_owned(),
        _ => extract.map.get(&value.to_lowercase()).cloned().unwrap_or(value),
    };
    let name = fill(&extract.fact, |name| Some(group(name).map(slug).unwrap_or_default()))?;
    Some(Value { name, value, text: text.to_owned(), line, keep: extract.keep, identity: extract.identity })
}

fn whole_value<'a>(found: &Captures<'a>) -> &'a str {
    found.name("value").or_else(|| found.get(0)).map_or("", |group| group.as_str().trim())
}

/// Values of one name become one, as their extractor says, in the order of first appearance.
fn combine(values: Vec<Value>) -> Vec<Value> {
    let mut combined: Vec<Value> = Vec::new();
    let mut at = std::collections::HashMap::new();
    for value in values {
        let Some(known) = at.get(&value.name).and_then(|at: &usize| combined.get_mut(*at)) else {
            at.insert(value.name.clone(), combined.len());
            combined.push(value);
            continue;
        };
        match value.keep {
            // Those that count were counted as they were read.
            Keep::First | Keep::Count => {}
            Keep::Last => *known = value,
            Keep::All if known.value.split(", ").any(|part| part == value.value) => {}
            Keep::All | Keep::Each => {
                known.value.push_str(", ");
                known.value.push_str(&value.value);
            }
        }
    }
    combined
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
