//! What the lines of a section may hold: the values and missing lines whose literals stand on them. Sections ask dozens of
//! patterns about every line, and hardly any line answers more than one; most of a long output need not be looked at line by
//! line at all.

use memchr::{memchr, memrchr};

use super::gate::Words;
use crate::formats::prompt;
use crate::rules::library::{Library, Matcher, Section, SectionId};
use crate::rules::text::Text;

/// The literals of one section's patterns, and those of the lines that may end it.
#[derive(Debug)]
pub(super) struct Fields {
    words: Words,
    /// What each literal stands for; `None` where its line must be looked at whatever it is.
    of: Vec<Option<Field>>,
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
        let mut always = Vec::new();
        let mut literals: Vec<Box<[u8]>> = Vec::new();
        let mut of = Vec::new();
        for (field, words) in library.sections.get(id.0).into_iter().flat_map(|section| wanted(library, section)) {
            if words.is_empty() {
                always.push(field);
            }
            for word in words {
                literals.push(word.as_bytes().into());
                of.push(Some(field));
            }
        }
        for word in prompt::WORDS.into_iter().chain([TIME_SOURCE, CURRENT_TIME]) {
            literals.push(word.as_bytes().into());
            of.push(None);
        }
        Self { words: Words::new(literals), of, always }
    }

    /// What any line may hold.
    pub(super) fn always(&self) -> &[Field] {
        &self.always
    }

    /// The fields that `line` may hold, each once, in the order of the section.
    pub(super) fn on(&self, line: &str, found: &mut Vec<Field>) {
        found.clear();
        found.extend_from_slice(&self.always);
        self.words.find(line.as_bytes(), &mut |_, literal| found.extend(self.of.get(literal as usize).copied().flatten()));
        found.sort_unstable();
        found.dedup();
    }

    /// Where those of the whole lines `text` begin that must be looked at, in order: lines that may be no plain line of the
    /// output, and lines on which a field `holds`. There is nothing to look at on the others unless a field needs every line.
    pub(super) fn lines(&self, text: &[u8], holds: &mut dyn FnMut(Field, &[u8]) -> bool) -> Vec<usize> {
        let mut found = Vec::new();
        // Hits come several to a line.
        let mut last = 0..0;
        let line_at = |at: usize| {
            let start = text.get(..at).and_then(|before| memrchr(b'\n', before)).map_or(0, |end| end + 1);
            start..text.get(at..).and_then(|rest| memchr(b'\n', rest)).map_or(text.len(), |length| at + length)
        };
        self.words.find(text, &mut |at, literal| {
            if last.contains(&at) {
                return;
            }
            let line = line_at(at);
            let field = self.of.get(literal as usize).copied().flatten();
            if field.is_none_or(|field| holds(field, text.get(line.clone()).unwrap_or_default())) {
                found.push(line.start);
                last = line;
            }
        });
        let mut last = 0..0;
        prompt::marks(text, |at| {
            if !last.contains(&at) {
                last = line_at(at);
                found.push(last.start);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// What a line begins with that says when the output was made.
pub(super) const TIME_SOURCE: &str = "Time source is";
/// The same in `show license tech support`.
pub(super) const CURRENT_TIME: &str = "Current time:";

fn wanted<'a>(library: &'a Library, section: &'a Section) -> impl Iterator<Item = (Field, &'a [Text])> {
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
