//! Loads rule files and checks what their types cannot: ids are unique, names resolve, patterns compile, every text
//! signal has a literal. All faults of all files are gathered; each names file, line and key.

mod bounds;
mod check;
mod collection;
mod condition;
mod extract;
mod fault;
mod pattern;
mod release;
mod rule;
mod section;
mod signal;
mod translation;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub use self::bounds::RuleLimits;
pub use self::fault::Fault;
use super::collect::CollectionFile;
use super::library::{Library, Shelf};
use super::literal;
use super::model::{Examples, ExtractFile, FactsFile, ReleaseFile, RuleFile, SectionFile, SignalFile, SignalsFile};
use super::pattern::Pattern;
use super::references::ReferencesFile;
use super::text::texts;
use super::translation::{Language, TranslationFile, Translations};

/// One rule file: its name for messages, and its text.
#[derive(Clone, Debug)]
pub struct RuleText {
    /// Path with `/`, whose folder says what it holds (`signals`, `facts`, `releases`, `collect`, `references`, `translations/ja`, else diagnoses).
    pub name: String,
    /// YAML.
    pub text: String,
}

/// Loads `files` in order; a later file replaces an earlier one of the same kind and id, with a note.
///
/// # Errors
/// Every fault found in any file.
pub fn load(files: &[RuleText]) -> Result<Library, Vec<Fault>> {
    load_beside(&[], files, &RuleLimits::default())
}

/// Loads `files` in order, under these limits.
///
/// # Errors
/// Every fault found in any file.
pub fn load_within(files: &[RuleText], limits: &RuleLimits) -> Result<Library, Vec<Fault>> {
    load_beside(&[], files, limits)
}

/// Loads `files` behind those that were `built` into the program: their patterns were compiled then, and are not again.
///
/// # Errors
/// Every fault found in any file.
pub(super) fn load_beside(built: &[RuleText], files: &[RuleText], limits: &RuleLimits) -> Result<Library, Vec<Fault>> {
    let mut loader = Loader { built, limits: limits.clone(), ..Loader::default() };
    if let Some(first) = files.get(limits.files) {
        loader.fault(first, "", format!("more than {} rule files (limit `rule_files`)", limits.files));
        return Err(loader.faults);
    }
    for file in built.iter().chain(files) {
        loader.file(file);
    }
    loader.finish(files)
}

#[derive(Default)]
struct Loader<'a> {
    /// Files whose patterns are known to compile.
    built: &'a [RuleText],
    limits: RuleLimits,
    /// Bytes of the patterns compiled so far.
    compiled: usize,
    faults: Vec<Fault>,
    notes: Vec<String>,
    /// Of the rules that are made, in their order.
    examples: Vec<Examples>,
    rules: BTreeMap<String, (RuleFile, &'a RuleText)>,
    signals: Vec<(SignalFile, &'a RuleText)>,
    sections: Vec<(SectionFile, &'a RuleText)>,
    extracts: Vec<(ExtractFile, &'a RuleText)>,
    records: Vec<String>,
    licensing: Vec<String>,
    ordinary: Vec<Pattern>,
    releases: BTreeMap<String, (ReleaseFile, &'a RuleText)>,
    collections: Vec<(CollectionFile, &'a RuleText)>,
    references: ReferencesFile,
    translations: Vec<(Language, String, TranslationFile)>,
}

impl<'a> Loader<'a> {
    fn file(&mut self, file: &'a RuleText) {
        let built = self.built.iter().any(|built| std::ptr::eq(built, file));
        if file.text.len() > self.limits.file && !built {
            self.fault(file, "", format!("larger than {} bytes (limit `rule_file`); a rule file holds one diagnosis", self.limits.file));
            return;
        }
        let mut folders = file.name.rsplit('/').skip(1);
        let (folder, above) = (folders.next().unwrap_or(""), folders.next());
        match folder {
            language if above == Some("translations") => self.translation(file, language),
            "signals" => {
                if let Some(parsed) = self.parse::<SignalsFile>(file) {
                    self.records.extend(parsed.records);
                    self.remainder(file, parsed.licensing, &parsed.ordinary);
                    self.signals.extend(parsed.signals.into_iter().map(|signal| (signal, file)));
                }
            }
            "facts" => {
                if let Some(parsed) = self.parse::<FactsFile>(file) {
                    self.sections.extend(parsed.sections.into_iter().map(|section| (section, file)));
                    self.extracts.extend(parsed.extract.into_iter().map(|extract| (extract, file)));
                }
            }
            "releases" => {
                if let Some(parsed) = self.parse::<ReleaseFile>(file) {
                    self.named_as_file(file, &parsed.id);
                    if let Some((_, old)) = self.releases.insert(parsed.id.clone(), (parsed.clone(), file)) {
                        self.notes.push(format!("{} replaces {} of {}", file.name, parsed.id, old.name));
                    }
                }
            }
            "references" => {
                if let Some(parsed) = self.parse::<ReferencesFile>(file) {
                    self.references.add(parsed);
                }
            }
            "collect" => {
                if let Some(parsed) = self.parse::<CollectionFile>(file) {
                    self.collections.push((parsed, file));
                }
            }
            _ => {
                if let Some(parsed) = self.parse::<RuleFile>(file) {
                    self.named_as_file(file, &parsed.id);
                    if let Some((_, old)) = self.rules.insert(parsed.id.clone(), (parsed.clone(), file)) {
                        self.notes.push(format!("{} replaces {} of {}", file.name, parsed.id, old.name));
                    }
                }
            }
        }
    }

    /// Takes what licensing lines are, and which of them are ordinary.
    fn remainder(&mut self, file: &RuleText, licensing: Vec<String>, ordinary: &[String]) {
        for literal in licensing {
            if literal.len() < literal::SHORTEST {
                self.fault(file, &literal, format!("`{literal}` stands on too many lines; at least {} characters", literal::SHORTEST));
            }
            self.licensing.push(literal.to_ascii_lowercase());
        }
        for source in ordinary {
            let pattern = self.regex(file, source, &literal::prepare(source));
            self.ordinary.extend(pattern);
        }
    }

    fn parse<T: DeserializeOwned>(&mut self, file: &RuleText) -> Option<T> {
        let options = serde_saphyr::options! { budget: self.limits.yaml() };
        match serde_saphyr::from_str_with_options(&file.text, options) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let (line, column) = error.location().map_or((0, 0), |location| (location.line(), location.column()));
                let message = fault::explain(&error);
                self.faults.push(Fault { file: file.name.clone(), line, column, message });
                None
            }
        }
    }

    fn named_as_file(&mut self, file: &RuleText, id: &str) {
        let stem = file.name.rsplit('/').next().unwrap_or("").trim_end_matches(".yaml");
        if stem != id {
            self.fault(file, "id:", format!("id `{id}` must be the file's name `{stem}`"));
        }
    }

    fn finish(mut self, files: &[RuleText]) -> Result<Library, Vec<Fault>> {
        let translations = Translations::new(std::mem::take(&mut self.translations), &self.english(), &self.short());
        let section_ids = self.section_ids();
        let extracts = self.extracts(&section_ids);
        let mut sections = self.sections(&section_ids, &extracts);
        let (signals, signal_ids) = self.signals(&section_ids, &mut sections);
        let releases = self.release_tables();
        let collection = self.collection(&section_ids);
        let mut pairs = Vec::new();
        let rules = self.rules(&signal_ids, &releases, &mut pairs);

        if !self.faults.is_empty() {
            self.faults.sort();
            self.faults.dedup();
            return Err(self.faults);
        }
        let mut hasher = Sha256::new();
        for file in self.built.iter().chain(files) {
            hasher.update((file.name.len() as u64).to_le_bytes());
            hasher.update(&file.name);
            hasher.update((file.text.len() as u64).to_le_bytes());
            hasher.update(&file.text);
        }
        let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut records: Vec<String> = self.records.iter().map(|record| record.to_ascii_lowercase()).collect();
        records.sort();
        records.dedup();
        self.licensing.sort();
        self.licensing.dedup();
        Ok(Library {
            rules,
            examples: Shelf::open(self.examples),
            translations: Shelf::open(translations),
            signals,
            pairs,
            sections,
            extracts: extracts.into_iter().map(|(extract, _)| extract).collect(),
            records: texts(records),
            licensing: texts(self.licensing),
            ordinary: self.ordinary,
            releases,
            collection,
            digest,
            notes: self.notes,
        })
    }
}

#[cfg(test)]
mod tests;
