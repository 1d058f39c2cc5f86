//! Extracts: the values to read, in which sections, or on lines with which literals.

use std::collections::HashMap;

use super::{Loader, RuleText};
use crate::rules::library::{Extract, Pattern, SectionId};
use crate::rules::literal;
use crate::rules::text::{Text, texts};

/// Fewest letters that a command read where it is typed begins with: they alone let its line through.
const TYPED: usize = 6;

impl Loader<'_> {
    pub(super) fn extracts(&mut self, section_ids: &HashMap<String, SectionId>) -> Vec<(Extract, Vec<SectionId>)> {
        let mut extracts = Vec::new();
        for (file_extract, file) in std::mem::take(&mut self.extracts) {
            let in_sections = self.resolve(file, &file_extract.sections, "section", section_ids);
            let literals = literal::required(&literal::relax_blanks(&file_extract.pattern)).unwrap_or_default();
            let keywords = match (file_extract.sections.is_empty(), file_extract.keywords.is_empty()) {
                (true, true) => {
                    if literals.is_empty() {
                        self.fault(
                            file,
                            &file_extract.pattern,
                            "a pattern outside sections needs a literal of three characters, or `keywords`",
                        );
                    }
                    literals.clone()
                }
                _ => file_extract.keywords.iter().map(|word| word.to_ascii_lowercase()).collect(),
            };
            let block = file_extract.block.as_ref().and_then(|block| {
                let prepared = format!("(?i)(?:^|/)(?:{})$", literal::relax_blanks(block));
                self.regex(file, block, &prepared)
            });
            let Some(pattern) = self.regex(file, &file_extract.pattern, &literal::prepare(&file_extract.pattern)) else { continue };
            let named_by = file_extract.named_by.as_ref().and_then(|source| self.regex(file, source, &literal::prepare(source)));
            if let Some(later) = &named_by
                && !(later.regex().is_some_and(|regex| regex.capture_names().flatten().any(|group| group == "name"))
                    && file_extract.fact.contains("{name}"))
            {
                self.fault(file, &file_extract.fact, "`named_by` needs a group `name`, and a fact with `{name}` in it");
            }
            let read = Extract {
                fact: file_extract.fact.into(),
                block,
                pattern,
                value: file_extract.value.map(Text::from),
                map: file_extract.map.into_iter().map(|(from, to)| (from.to_lowercase().into(), to.into())).collect(),
                named_by,
                keywords: texts(keywords),
                literals: texts(literals),
                keep: file_extract.keep,
                identity: file_extract.identity,
            };
            if file_extract.typed
                && let Some((pattern, keywords)) = self.typed(&file_extract.pattern, file)
            {
                extracts.push((Extract { block: None, pattern, keywords: texts(keywords), ..read.clone() }, Vec::new()));
            }
            extracts.push((read, in_sections));
        }
        extracts
    }

    /// A pattern of a configuration line as one of the line typed at a configuration prompt or logged, and the literals of
    /// such lines: the words that it begins with.
    fn typed(&mut self, source: &str, file: &RuleText) -> Option<(Pattern, Vec<String>)> {
        let command = source.trim_start_matches('^');
        let words = command.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ' ' | '-'))).next().unwrap_or_default();
        if words.len() < TYPED {
            self.fault(file, source, format!("a pattern that is `typed` begins with at least {TYPED} letters of the command"));
            return None;
        }
        let pattern = self.regex(file, source, &literal::prepare(&format!(r"(?:logged command:|\)#) ?{command}")))?;
        let keywords = ["logged command:", ")#", ")# "].map(|before| format!("{before}{}", words.trim_end()).to_ascii_lowercase());
        Some((pattern, keywords.to_vec()))
    }
}
