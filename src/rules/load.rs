//! Loads rule files and checks what their types cannot: ids are unique, names resolve, patterns compile, every text
//! signal has a literal. All faults of all files are gathered; each names file, line and key.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use chrono::NaiveDate;
use regex::{Regex, RegexBuilder};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::check::{Check, Comparison, DateTest};
use super::collect::{CollectItem, Collection, CollectionFile};
use super::library::{
    Cond, Extract, ExtractId, Item, Library, Matcher, Opening, Over, PairId, Product, ReleaseTable, Rule, Section, SectionId,
    SectionReader, Signal, SignalId, TableRow,
};
use super::literal;
use super::model::{Condition, ExtractFile, FactsFile, Kind, ReleaseFile, RuleFile, SectionFile, SignalFile, SignalsFile, Test, VersionIs};
use super::references::{self, ReferencesFile};
use super::version::{self, Releases, Version};

/// Largest rule file, in bytes.
pub const FILE_LIMIT: usize = 1024 * 1024;
/// Largest compiled pattern, in bytes.
const PATTERN_LIMIT: usize = 1024 * 1024;
/// Fewest letters that a command read where it is typed begins with: they alone let its line through.
const TYPED: usize = 6;
/// Longest pattern, in bytes.
const PATTERN_LENGTH: usize = 4096;

/// One rule file: its name for messages, and its text.
#[derive(Clone, Debug)]
pub struct RuleText {
    /// Path with `/`, whose folder says what it holds (`signals`, `facts`, `releases`, `collect`, `references`, else diagnoses).
    pub name: String,
    /// YAML.
    pub text: String,
}

/// One thing wrong with a rule file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// Line, counted from 1; 0 where the fault is of the whole file.
    pub line: u64,
    /// Column, counted from 1.
    pub column: u64,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}:{}: {}", self.file, self.column, self.message),
        }
    }
}

/// The rule files that are part of the program.
pub fn embedded() -> Vec<RuleText> {
    static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
    FILES.iter().map(|(name, text)| RuleText { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}

/// Loads `files` in order; a later file replaces an earlier one of the same kind and id, with a note.
///
/// # Errors
/// Every fault found in any file.
pub fn load(files: &[RuleText]) -> Result<Library, Vec<Fault>> {
    let mut loader = Loader::default();
    for file in files {
        loader.file(file);
    }
    loader.finish(files)
}

#[derive(Default)]
struct Loader {
    faults: Vec<Fault>,
    notes: Vec<String>,
    rules: BTreeMap<String, (RuleFile, RuleText)>,
    signals: Vec<(SignalFile, RuleText)>,
    sections: Vec<(SectionFile, RuleText)>,
    extracts: Vec<(ExtractFile, RuleText)>,
    records: Vec<String>,
    licensing: Vec<String>,
    ordinary: Vec<Regex>,
    releases: BTreeMap<String, (ReleaseFile, RuleText)>,
    collections: Vec<(CollectionFile, RuleText)>,
    references: ReferencesFile,
}

impl Loader {
    fn file(&mut self, file: &RuleText) {
        if file.text.len() > FILE_LIMIT {
            self.fault(file, "", format!("larger than {FILE_LIMIT} bytes; a rule file holds one diagnosis"));
            return;
        }
        let folder = file.name.rsplit('/').nth(1).unwrap_or("");
        match folder {
            "signals" => {
                if let Some(parsed) = self.parse::<SignalsFile>(file) {
                    self.records.extend(parsed.records);
                    self.remainder(file, parsed.licensing, &parsed.ordinary);
                    self.signals.extend(parsed.signals.into_iter().map(|signal| (signal, file.clone())));
                }
            }
            "facts" => {
                if let Some(parsed) = self.parse::<FactsFile>(file) {
                    self.sections.extend(parsed.sections.into_iter().map(|section| (section, file.clone())));
                    self.extracts.extend(parsed.extract.into_iter().map(|extract| (extract, file.clone())));
                }
            }
            "releases" => {
                if let Some(parsed) = self.parse::<ReleaseFile>(file) {
                    self.named_as_file(file, &parsed.id);
                    if let Some((_, old)) = self.releases.insert(parsed.id.clone(), (parsed.clone(), file.clone())) {
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
                    self.collections.push((parsed, file.clone()));
                }
            }
            _ => {
                if let Some(parsed) = self.parse::<RuleFile>(file) {
                    self.named_as_file(file, &parsed.id);
                    if let Some((_, old)) = self.rules.insert(parsed.id.clone(), (parsed.clone(), file.clone())) {
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
        match serde_saphyr::from_str(&file.text) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let (line, column) = error.location().map_or((0, 0), |location| (location.line(), location.column()));
                let message = explain(&error);
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

    /// Notes a fault at the first line that holds `near`.
    fn fault(&mut self, file: &RuleText, near: &str, message: impl Into<String>) {
        let found = file.text.lines().enumerate().find_map(|(at, line)| line.find(near).map(|column| (at as u64 + 1, column as u64 + 1)));
        let (line, column) = if near.is_empty() { (0, 0) } else { found.unwrap_or((0, 0)) };
        self.faults.push(Fault { file: file.name.clone(), line, column, message: message.into() });
    }

    fn regex(&mut self, file: &RuleText, source: &str, prepared: &str) -> Option<Regex> {
        if source.len() > PATTERN_LENGTH {
            self.fault(
                file,
                &source[..source.floor_char_boundary(24)],
                format!("pattern of {} bytes; at most {PATTERN_LENGTH}", source.len()),
            );
            return None;
        }
        match RegexBuilder::new(prepared).size_limit(PATTERN_LIMIT).nest_limit(64).build() {
            Ok(regex) => Some(regex),
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or("not a regular expression").trim_start_matches("error: ");
                self.fault(file, source.lines().next().unwrap_or(source), format!("pattern `{source}`: {reason}"));
                None
            }
        }
    }

    fn finish(mut self, files: &[RuleText]) -> Result<Library, Vec<Fault>> {
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
        for file in files {
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
            signals,
            pairs,
            sections,
            extracts: extracts.into_iter().map(|(extract, _)| extract).collect(),
            records,
            licensing: self.licensing,
            ordinary: self.ordinary,
            releases,
            collection,
            digest,
            notes: self.notes,
        })
    }

    fn section_ids(&mut self) -> HashMap<String, SectionId> {
        let mut ids = HashMap::new();
        for (at, (section, file)) in self.sections.clone().iter().enumerate() {
            if ids.insert(section.id.clone(), SectionId(at)).is_some() {
                self.fault(file, &section.id, format!("section `{}` is declared twice", section.id));
            }
        }
        ids
    }

    fn extracts(&mut self, section_ids: &HashMap<String, SectionId>) -> Vec<(Extract, Vec<SectionId>)> {
        let mut extracts = Vec::new();
        for (file_extract, file) in std::mem::take(&mut self.extracts) {
            let mut in_sections = Vec::new();
            for name in &file_extract.sections {
                match section_ids.get(name) {
                    Some(id) => in_sections.push(*id),
                    None => self.unknown(&file, name, "section", section_ids.keys()),
                }
            }
            let keywords = match (file_extract.sections.is_empty(), file_extract.keywords.is_empty()) {
                (true, true) => {
                    let found = literal::required(&literal::relax_blanks(&file_extract.pattern)).unwrap_or_default();
                    if found.is_empty() {
                        self.fault(
                            &file,
                            &file_extract.pattern,
                            "a pattern outside sections needs a literal of three characters, or `keywords`",
                        );
                    }
                    found
                }
                _ => file_extract.keywords.iter().map(|word| word.to_ascii_lowercase()).collect(),
            };
            let block = file_extract.block.as_ref().and_then(|block| {
                let prepared = format!("(?i)(?:^|/)(?:{})$", literal::relax_blanks(block));
                self.regex(&file, block, &prepared)
            });
            let Some(pattern) = self.regex(&file, &file_extract.pattern, &literal::prepare(&file_extract.pattern)) else { continue };
            let named_by = file_extract.named_by.as_ref().and_then(|source| self.regex(&file, source, &literal::prepare(source)));
            if let Some(later) = &named_by
                && !(later.capture_names().flatten().any(|group| group == "name") && file_extract.fact.contains("{name}"))
            {
                self.fault(&file, &file_extract.fact, "`named_by` needs a group `name`, and a fact with `{name}` in it");
            }
            let read = Extract {
                fact: file_extract.fact,
                block,
                pattern,
                value: file_extract.value,
                map: file_extract.map.into_iter().map(|(from, to)| (from.to_lowercase(), to)).collect(),
                named_by,
                keywords,
                keep: file_extract.keep,
                identity: file_extract.identity,
            };
            if file_extract.typed
                && let Some((pattern, keywords)) = self.typed(&file_extract.pattern, &file)
            {
                extracts.push((Extract { block: None, pattern, keywords, ..read.clone() }, Vec::new()));
            }
            extracts.push((read, in_sections));
        }
        extracts
    }

    /// A pattern of a configuration line as one of the line typed at a configuration prompt or logged, and the literals of
    /// such lines: the words that it begins with.
    fn typed(&mut self, source: &str, file: &RuleText) -> Option<(Regex, Vec<String>)> {
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

    fn sections(&mut self, ids: &HashMap<String, SectionId>, extracts: &[(Extract, Vec<SectionId>)]) -> Vec<Section> {
        let mut sections = Vec::new();
        for (section, file) in std::mem::take(&mut self.sections) {
            let mut commands = Vec::new();
            for command in &section.commands {
                commands.extend(self.regex(&file, command, &format!("^(?:{})$", literal::relax_blanks(command))));
            }
            let over = section.over.as_ref().and_then(|over| self.regex(&file, over, &literal::prepare(over)));
            let reader = match section.reader.as_deref() {
                None => None,
                Some("license-history") => Some(SectionReader::LicenseHistory),
                Some(other) => {
                    self.fault(&file, other, format!("unknown reader `{other}`; there is license-history"));
                    None
                }
            };
            let id = ids.get(&section.id).copied();
            let of_section = extracts.iter().enumerate().filter(|(_, (_, in_sections))| id.is_some_and(|id| in_sections.contains(&id)));
            sections.push(Section {
                title: section.title,
                openings: (section.openings.iter().map(|text| opening(text, false)))
                    .chain(section.first_lines.iter().map(|text| opening(text, true)))
                    .collect(),
                embeds: section.embeds,
                history: section.history,
                nested: section.nested,
                over,
                commands,
                reader,
                extracts: of_section.map(|(at, _)| ExtractId(at)).collect(),
                absents: Vec::new(),
                id: section.id,
            });
        }
        sections
    }

    fn signals(&mut self, section_ids: &HashMap<String, SectionId>, sections: &mut [Section]) -> (Vec<Signal>, HashMap<String, SignalId>) {
        let mut all = std::mem::take(&mut self.signals);
        for (rule, file) in self.rules.values() {
            all.extend(rule.signals.iter().map(|signal| (signal.clone(), file.clone())));
        }
        let mut signals = Vec::new();
        let mut ids: HashMap<String, SignalId> = HashMap::new();
        for (signal, file) in all {
            if let Some(old) = ids.get(&signal.id) {
                let source: &Signal = &signals[old.0];
                self.fault(&file, &signal.id, format!("signal `{}` is declared twice; also in {}", signal.id, source.source));
                continue;
            }
            let Some(matcher) = self.matcher(&signal, &file, section_ids) else { continue };
            let id = SignalId(signals.len());
            if let Matcher::Absent { section, .. } = &matcher
                && let Some(section) = sections.get_mut(section.0)
            {
                section.absents.push(id);
            }
            ids.insert(signal.id.clone(), id);
            signals.push(Signal {
                id: signal.id,
                source: file.name.clone(),
                title: signal.title,
                matcher,
                peer: signal.peer,
                restores: signal.restores,
                collect: signal.collect,
                unverified: signal.unverified,
            });
        }
        (signals, ids)
    }

    fn matcher(&mut self, signal: &SignalFile, file: &RuleText, section_ids: &HashMap<String, SectionId>) -> Option<Matcher> {
        let given = [signal.text.is_some(), signal.event.is_some(), signal.fact.is_some(), signal.absent.is_some()];
        if given.iter().filter(|given| **given).count() != 1 {
            self.fault(file, &signal.id, format!("signal `{}` needs exactly one of text, event, fact, absent", signal.id));
            return None;
        }
        if signal.fact.is_none() && (signal.ever || signal.grows || signal.changed || signal.is.is_some()) {
            self.fault(file, &signal.id, format!("signal `{}`: is, ever, grows and changed are for facts", signal.id));
        }
        let mut keywords: Vec<String> = signal.keywords.iter().map(|word| word.to_ascii_lowercase()).collect();
        let resolve = |loader: &mut Self, names: &[String]| -> Vec<SectionId> {
            let mut found = Vec::new();
            for name in names {
                match section_ids.get(name) {
                    Some(id) => found.push(*id),
                    None => loader.unknown(file, name, "section", section_ids.keys()),
                }
            }
            found
        };
        if let Some(text) = &signal.text {
            let pattern = literal::prepare(text);
            self.regex(file, text, &pattern)?;
            if keywords.is_empty() {
                keywords = literal::required(&literal::relax_blanks(text)).unwrap_or_default();
            }
            if keywords.is_empty() || keywords.iter().any(|word| word.len() < literal::SHORTEST) {
                self.fault(file, text, format!("pattern of signal `{}` has no literal of three characters; name `keywords`", signal.id));
            }
            let (within, outside) = (resolve(self, &signal.within), resolve(self, &signal.outside));
            return Some(Matcher::Text { pattern, keywords, within, outside });
        }
        if let Some(kind) = &signal.event {
            let mut with = Vec::new();
            for (field, test) in &signal.with {
                let check = self.check(test, file)?;
                if !check.against.is_empty() || !check.dates.is_empty() {
                    self.fault(file, field, format!("signal `{}`: only facts can be compared with facts and dates", signal.id));
                }
                with.push((field.clone(), check));
            }
            return Some(Matcher::Event { kind: kind.clone(), with, keywords });
        }
        if let Some(name) = &signal.fact {
            let is = match &signal.is {
                Some(test) => self.check(test, file)?,
                None => Check::default(),
            };
            let over = match (signal.ever, signal.grows, signal.changed) {
                (false, false, false) => Over::Last,
                (true, false, false) => Over::Ever,
                (false, true, false) => Over::Grows,
                (false, false, true) => Over::Changed,
                _ => {
                    self.fault(file, &signal.id, format!("signal `{}` has at most one of ever, grows, changed", signal.id));
                    return None;
                }
            };
            return Some(Matcher::Fact { name: name.clone(), is, over });
        }
        let source = signal.absent.as_ref()?;
        let pattern = self.regex(file, source, &literal::prepare(source))?;
        let Some(name) = &signal.section else {
            self.fault(file, &signal.id, format!("signal `{}`: `absent` needs the `section` that would show the line", signal.id));
            return None;
        };
        let section = resolve(self, std::slice::from_ref(name)).first().copied()?;
        Some(Matcher::Absent { section, pattern })
    }

    fn check(&mut self, Test(test): &Test, file: &RuleText) -> Option<Check> {
        let mut one_of: Vec<String> = test.one_of.clone();
        one_of.extend(test.equals.clone());
        let pattern = |loader: &mut Self, source: &Option<String>| -> Option<Option<Regex>> {
            match source {
                None => Some(None),
                Some(source) => loader.regex(file, source, &literal::prepare(source)).map(Some),
            }
        };
        let matches = pattern(self, &test.matches)?;
        let lacks = pattern(self, &test.lacks)?;
        let against = [
            (Comparison::Same, &test.same_as),
            (Comparison::Different, &test.differs_from),
            (Comparison::Fewer, &test.fewer_than),
            (Comparison::Contains, &test.contains),
        ];
        let against = against.into_iter().filter_map(|(how, name)| Some((how, name.clone()?))).collect();
        let mut dates: Vec<DateTest> = test.past.map(DateTest::Past).into_iter().collect();
        for (day, as_test) in [(&test.since, DateTest::Since as fn(NaiveDate) -> DateTest), (&test.before, DateTest::Before)] {
            let Some(text) = day else { continue };
            match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
                Ok(day) => dates.push(as_test(day)),
                Err(_) => self.fault(file, text, format!("`{text}` is no day (2022-02-05)")),
            }
        }
        dates.extend(test.due_within.map(DateTest::DueWithin));
        dates.extend(test.older_than.clone().map(|older| DateTest::OlderThan(older.days, older.fact)));
        Some(Check { one_of, matches, lacks, at_least: test.at_least, below: test.below, dates, against })
    }

    fn release_tables(&mut self) -> BTreeMap<String, ReleaseTable> {
        let mut tables = BTreeMap::new();
        for (id, (table, file)) in std::mem::take(&mut self.releases) {
            let mut rows = Vec::new();
            for row in table.rows {
                let hint = row.platforms.first().cloned();
                let mut releases = Releases::default();
                for text in &row.fixed {
                    match version::parse(hint.as_deref(), text) {
                        Some(version) => releases.fixed.push(version),
                        None => self.fault(&file, text, format!("`{text}` is no release of {}", row.platforms.join(", "))),
                    }
                }
                for text in &row.affected {
                    match version::parse_range(text) {
                        Ok(range) => releases.affected.push(range),
                        Err(reason) => self.fault(&file, text, reason),
                    }
                }
                if let Some(text) = &row.minimum {
                    releases.minimum = version::parse(hint.as_deref(), text);
                    if releases.minimum.is_none() {
                        self.fault(&file, text, format!("`{text}` is no release"));
                    }
                }
                let products = row.products.as_ref().and_then(|source| self.regex(&file, source, &format!("(?i){source}")));
                let agents = row.agents.as_ref().and_then(|source| self.regex(&file, source, source));
                rows.push(TableRow { platforms: row.platforms, products, agents, releases, fixed: row.fixed });
            }
            tables.insert(id.clone(), ReleaseTable { id, rows });
        }
        tables
    }

    fn collection(&mut self, section_ids: &HashMap<String, SectionId>) -> Collection {
        let mut items = Vec::new();
        for (collection, file) in std::mem::take(&mut self.collections) {
            for item in collection.items {
                let mut sections = Vec::new();
                for name in &item.sections {
                    match section_ids.get(name) {
                        Some(id) => sections.push(*id),
                        None => self.unknown(&file, name, "section", section_ids.keys()),
                    }
                }
                items.push(CollectItem::new(item, collection.platforms.clone(), sections));
            }
        }
        Collection { items }
    }

    fn rules(
        &mut self,
        signal_ids: &HashMap<String, SignalId>,
        releases: &BTreeMap<String, ReleaseTable>,
        pairs: &mut Vec<(SignalId, SignalId)>,
    ) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (id, (rule, file)) in std::mem::take(&mut self.rules) {
            if let Some(table) = &rule.releases
                && !releases.contains_key(table)
            {
                self.unknown(&file, table, "release table", releases.keys());
            }
            let mut names = Names { signals: signal_ids, pairs, platforms: &rule.platforms, elsewhere: false };
            let mut evidence = Vec::new();
            for item in &rule.evidence {
                if let Some(when) = self.condition(&item.when, &file, &mut names) {
                    evidence.push(Item { when, weight: item.weight, why: item.why.clone() });
                }
            }
            let mut severity_when = Vec::new();
            for item in &rule.severity_when {
                if let Some(when) = self.condition(&item.when, &file, &mut names) {
                    severity_when.push((when, item.severity));
                }
            }
            for reference in rule.references.iter().filter(|reference| !references::KINDS.contains(&reference.kind.as_str())) {
                let known = references::KINDS.join(", ");
                self.fault(
                    &file,
                    &format!("kind: {}", reference.kind),
                    format!("no kind of reference: `{}`; there are {known}", reference.kind),
                );
            }
            let mut ended_by = Vec::new();
            for name in &rule.ended_by {
                match signal_ids.get(name) {
                    Some(signal) => ended_by.push(*signal),
                    None => self.unknown(&file, name, "signal", signal_ids.keys()),
                }
            }
            let prior = rule.prior.unwrap_or(match rule.kind {
                Kind::RootCause | Kind::Defect | Kind::Misconfiguration => -2.5,
                Kind::Symptom | Kind::State | Kind::Expected => -2.0,
            });
            rules.push(Rule {
                id,
                source: file.name.clone(),
                title: rule.title,
                kind: rule.kind,
                severity: rule.severity,
                severity_when,
                platforms: rule.platforms,
                summary: rule.summary.split_whitespace().collect::<Vec<_>>().join(" "),
                prior,
                releases: rule.releases,
                evidence,
                explains: rule.explains,
                ended_by,
                fingerprint: rule.fingerprint,
                remedy: trimmed(rule.remedy),
                workaround: trimmed(rule.workaround),
                references: rule.references.iter().map(|reference| self.references.resolve(reference)).collect(),
                collect: rule.collect,
                examples: rule.examples,
            });
        }
        rules
    }

    fn condition(&mut self, condition: &Condition, file: &RuleText, names: &mut Names<'_>) -> Option<Cond> {
        let signals = names.signals;
        let signal = |loader: &mut Self, name: &String| match signals.get(name) {
            Some(id) => Some(*id),
            None => {
                loader.unknown(file, name, "signal", signals.keys());
                None
            }
        };
        Some(match condition {
            Condition::Signal(name) => Cond::Signal(signal(self, name)?),
            Condition::Count(name, n) => Cond::Count(signal(self, name)?, *n),
            Condition::Pairs(opened, closed, n) => {
                let pair = (signal(self, opened)?, signal(self, closed)?);
                let at = names.pairs.iter().position(|known| *known == pair).unwrap_or_else(|| {
                    names.pairs.push(pair);
                    names.pairs.len() - 1
                });
                Cond::Pairs(PairId(at), *n)
            }
            Condition::Later(later, earlier) => Cond::Later(signal(self, later)?, signal(self, earlier)?),
            Condition::All(inner) => Cond::All(inner.iter().filter_map(|cond| self.condition(cond, file, names)).collect()),
            Condition::Any(inner) => Cond::Any(inner.iter().filter_map(|cond| self.condition(cond, file, names)).collect()),
            Condition::Not(inner) => Cond::Not(Box::new(self.condition(inner, file, names)?)),
            Condition::Elsewhere(inner) => {
                if std::mem::replace(&mut names.elsewhere, true) {
                    self.fault(file, "elsewhere", "`elsewhere` inside `elsewhere` would be this device again");
                    return None;
                }
                let inner = self.condition(inner, file, names);
                names.elsewhere = false;
                Cond::Elsewhere(Box::new(inner?))
            }
            Condition::Release(standing) => Cond::Release(*standing),
            Condition::Platform(names) => Cond::Platform(names.clone()),
            Condition::Product(source) => Cond::Product(Product(self.regex(file, source, &format!("(?i){source}"))?)),
            Condition::Version(VersionIs { from, before }) => {
                if from.is_none() && before.is_none() {
                    self.fault(file, "version:", "`version` needs `from`, `before`, or both");
                    return None;
                }
                let from = self.bound(from.as_ref(), file, names.platforms)?;
                let before = self.bound(before.as_ref(), file, names.platforms)?;
                if let (Some(from), Some(before)) = (&from, &before)
                    && from.partial_cmp(before) != Some(Ordering::Less)
                {
                    self.fault(file, "version:", format!("no version is {from} or later and earlier than {before}"));
                    return None;
                }
                Cond::Version(from, before)
            }
            Condition::After(text) => match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
                Ok(date) => Cond::After(date),
                Err(_) => {
                    self.fault(file, text, format!("`{text}` is no date; write 2022-02-05"));
                    return None;
                }
            },
        })
    }

    /// A version of a condition; `None` is a fault, `Some(None)` no bound. Where the shape does not say whose it is, the
    /// rule's platforms do.
    fn bound(&mut self, text: Option<&String>, file: &RuleText, platforms: &[String]) -> Option<Option<Version>> {
        let Some(text) = text else { return Some(None) };
        let mut hints: Vec<Option<&str>> = platforms.iter().map(|platform| Some(platform.as_str())).collect();
        hints.insert(if hints.len() == 1 { 1 } else { 0 }, None);
        let found = hints.into_iter().find_map(|hint| version::parse(hint, text));
        match found {
            Some(Version::Engineering(_)) | None => {
                self.fault(file, text, format!("`{text}` is no release; write it whole, as 17.9.1, X14.2.5 or 9.3(5)"));
                None
            }
            found => Some(found),
        }
    }

    fn unknown<'a>(&mut self, file: &RuleText, name: &str, what: &str, known: impl Iterator<Item = &'a String>) {
        let hint = nearest(name, known.map(String::as_str)).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        self.fault(file, name, format!("unknown {what} `{name}`{hint}"));
    }
}

/// What a condition may name, and where it stands.
struct Names<'a> {
    signals: &'a HashMap<String, SignalId>,
    pairs: &'a mut Vec<(SignalId, SignalId)>,
    /// The rule's platforms.
    platforms: &'a [String],
    /// Inside `elsewhere`.
    elsewhere: bool,
}

fn trimmed(steps: Vec<String>) -> Vec<String> {
    steps.into_iter().map(|step| step.trim().to_owned()).collect()
}

fn opening(text: &str, first: bool) -> Opening {
    let at_start = text.starts_with('^');
    let at_end = text.ends_with('$');
    Opening { text: text.trim_start_matches('^').trim_end_matches('$').to_ascii_lowercase(), at_start, at_end, first }
}

/// The message of a YAML fault without its picture; an unknown key gets the nearest valid one.
fn explain(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let first = text.lines().next().unwrap_or("not valid YAML").to_owned();
    let mut quoted = first.split('`').skip(1).step_by(2);
    if first.contains("unknown field")
        && let Some(wrong) = quoted.next()
        && let Some(near) = nearest(wrong, quoted)
    {
        return format!("{first}; did you mean `{near}`?");
    }
    first
}

/// The known name nearest to a mistyped one, if any is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (wrong.chars().count() / 3).max(1);
    known.map(|name| (distance(wrong, name), name)).filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
}

/// Edits (insert, delete, replace) between two names.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut previous = i;
        let mut left = i + 1;
        for (cb, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let best = (*cell + 1).min(left + 1).min(previous + usize::from(ca != *cb));
            previous = std::mem::replace(cell, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
