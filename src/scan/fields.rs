//! What a line of a section may hold: the values and missing lines whose literals stand on it. Sections ask dozens of
//! patterns about every line, and hardly any line answers more than one.

use super::gate::Windows;
use crate::rules::library::{Library, Matcher, Section, SectionId};

/// The literals of one section's patterns.
#[derive(Debug, Default)]
pub(super) struct Fields {
    windows: Option<Windows>,
    /// What each literal stands for.
    of: Vec<Field>,
    /// What has no literal, or needs every line.
    always: Vec<Field>,
}

/// Something a section's line is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// Position in [`Section::absents`].
    Absent(usize),
    /// Position in [`Section::extracts`].
    Extract(usize),
}

impl Fields {
    /// The fields of a section.
    pub(super) fn new(library: &Library, id: SectionId) -> Self {
        let Some(section) = library.sections.get(id.0) else { return Self::default() };
        let mut fields = Self::default();
        let mut literals: Vec<Box<[u8]>> = Vec::new();
        for (field, words) in wanted(library, section) {
            if words.is_empty() {
                fields.always.push(field);
            }
            for word in words {
                literals.push(word.as_bytes().into());
                fields.of.push(field);
            }
        }
        fields.windows = Some(Windows::choose(literals));
        fields
    }

    /// The fields that `line` may hold, each once, in the order of the section.
    pub(super) fn on(&self, line: &str, found: &mut Vec<Field>) {
        found.clear();
        found.extend_from_slice(&self.always);
        if let Some(windows) = &self.windows {
            for at in 0..line.len() {
                windows.at(line.as_bytes(), at, &mut |literal| found.extend(self.of.get(literal as usize).copied()));
            }
        }
        found.sort_unstable();
        found.dedup();
    }
}

fn wanted<'a>(library: &'a Library, section: &'a Section) -> impl Iterator<Item = (Field, &'a [String])> {
    let absents = section.absents.iter().enumerate().filter_map(|(at, id)| match &library.signals.get(id.0)?.matcher {
        Matcher::Absent { literals, .. } => Some((Field::Absent(at), literals.as_slice())),
        _ => None,
    });
    let extracts = section.extracts.iter().enumerate().filter_map(|(at, id)| {
        let extract = library.extracts.get(id.0)?;
        // The line that names a value is another one than that of the value.
        Some((Field::Extract(at), if extract.named_by.is_some() { &[] } else { extract.literals.as_slice() }))
    });
    absents.chain(extracts)
}
