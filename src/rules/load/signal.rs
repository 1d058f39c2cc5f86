//! Signals: ids are unique, each has exactly one matcher, every text signal has a literal.

use std::collections::HashMap;

use super::{Loader, RuleText};
use crate::rules::check::{Check, DateTest};
use crate::rules::library::{Matcher, Over, Section, SectionId, Signal, SignalId};
use crate::rules::literal;
use crate::rules::model::SignalFile;
use crate::rules::needs::Needs;
use crate::rules::text::{Text, texts};

impl Loader<'_> {
    pub(super) fn signals(
        &mut self,
        section_ids: &HashMap<String, SectionId>,
        sections: &mut [Section],
    ) -> (Vec<Signal>, HashMap<String, SignalId>) {
        let mut all = std::mem::take(&mut self.signals);
        for (rule, file) in self.rules.values() {
            all.extend(rule.signals.iter().map(|signal| (signal.clone(), *file)));
        }
        let mut signals = Vec::new();
        let mut ids: HashMap<String, SignalId> = HashMap::new();
        for (signal, file) in all {
            if let Some(old) = ids.get(&signal.id) {
                let source: &Signal = &signals[old.0];
                self.fault(file, &signal.id, format!("signal `{}` is declared twice; also in {}", signal.id, source.source));
                continue;
            }
            let Some(matcher) = self.matcher(&signal, file, section_ids) else { continue };
            let id = SignalId(signals.len());
            if let Matcher::Absent { section, .. } = &matcher
                && let Some(section) = sections.get_mut(section.0)
            {
                section.absents.push(id);
            }
            ids.insert(signal.id.clone(), id);
            signals.push(Signal {
                id: signal.id.into(),
                source: file.name.clone().into(),
                title: signal.title.into(),
                matcher,
                peer: signal.peer.map(Text::from),
                restores: texts(signal.restores),
                repeats_within_days: signal.repeats_within_days,
                collect: signal.collect.map(Text::from),
                unverified: signal.unverified,
                general: signal.general,
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
        if signal.text.is_none() && signal.repeats_within_days.is_some() {
            self.fault(file, &signal.id, format!("signal `{}`: repeats_within_days is for text", signal.id));
        }
        let mut keywords: Vec<String> = signal.keywords.iter().map(|word| word.to_ascii_lowercase()).collect();
        let resolve = |loader: &mut Self, names: &[String]| loader.resolve(file, names, "section", section_ids);
        if let Some(text) = &signal.text {
            let pattern = self.regex(file, text, &literal::prepare(text))?;
            if keywords.is_empty() {
                keywords = literal::required(&literal::relax_blanks(text)).unwrap_or_default();
            }
            if keywords.is_empty() || keywords.iter().any(|word| word.len() < literal::SHORTEST) {
                self.fault(file, text, format!("pattern of signal `{}` has no literal of three characters; name `keywords`", signal.id));
            }
            let (within, outside) = (resolve(self, &signal.within), resolve(self, &signal.outside));
            let needs = Needs::of(&literal::relax_blanks(text), &keywords);
            return Some(Matcher::Text { pattern, keywords: texts(keywords), needs, within, outside });
        }
        if let Some(kind) = &signal.event {
            let mut with = Vec::new();
            for (field, test) in &signal.with {
                let check = self.check(test, file)?;
                if check.dates.iter().any(|test| matches!(test, DateTest::DueWithin(_) | DateTest::OlderThan(..))) {
                    self.fault(file, field, format!("signal `{}`: `due_within` and `older_than` are for facts", signal.id));
                }
                if check.compares() && !keywords.is_empty() {
                    self.fault(file, field, format!("signal `{}`: fields of log lines cannot be compared with facts", signal.id));
                }
                with.push((field.clone().into(), check));
            }
            return Some(Matcher::Event { kind: kind.clone().into(), with, keywords: texts(keywords) });
        }
        if let Some(name) = &signal.fact {
            let is = match &signal.is {
                Some(test) => self.check(test, file)?,
                None => Check::default(),
            };
            if is.hosts.is_some() {
                self.fault(file, name, format!("signal `{}`: `host_of` is for fields of events", signal.id));
            }
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
            return Some(Matcher::Fact { name: name.clone().into(), is, over });
        }
        let source = signal.absent.as_ref()?;
        let pattern = self.regex(file, source, &literal::prepare(source))?;
        let Some(name) = &signal.section else {
            self.fault(file, &signal.id, format!("signal `{}`: `absent` needs the `section` that would show the line", signal.id));
            return None;
        };
        let section = resolve(self, std::slice::from_ref(name)).first().copied()?;
        let literals = literal::required(&literal::relax_blanks(source)).unwrap_or_default();
        Some(Matcher::Absent { section, pattern, literals: texts(literals) })
    }
}
