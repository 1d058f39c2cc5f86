//! Rules: their conditions, references and names resolve.

use std::collections::{BTreeMap, HashMap};

use super::condition::Names;
use super::{Loader, RuleText};
use crate::rules::library::{Item, ReleaseTable, Rule, SignalId, Step};
use crate::rules::model::{Condition, Kind, StepFile};
use crate::rules::references;
use crate::rules::text::{Text, texts};

impl Loader<'_> {
    pub(super) fn rules(
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
                self.unknown(file, table, "release table", releases.keys());
            }
            let mut names = Names { signals: signal_ids, pairs, platforms: &rule.platforms, elsewhere: false };
            let mut evidence = Vec::new();
            for item in &rule.evidence {
                if let Some(when) = self.condition(&item.when, file, &mut names) {
                    evidence.push(Item { when, weight: item.weight, why: item.why.clone().map(Text::from), fades: item.fades });
                }
            }
            let remedy = self.steps(&rule.remedy, file, &mut names);
            let workaround = self.steps(&rule.workaround, file, &mut names);
            let mut severity_when = Vec::new();
            for item in &rule.severity_when {
                if let Some(when) = self.condition(&item.when, file, &mut names) {
                    severity_when.push((when, item.severity));
                }
            }
            for reference in rule.references.iter().filter(|reference| !references::KINDS.contains(&reference.kind.as_str())) {
                let known = references::KINDS.join(", ");
                self.fault(
                    file,
                    &format!("kind: {}", reference.kind),
                    format!("no kind of reference: `{}`; there are {known}", reference.kind),
                );
            }
            let ended_by = self.resolve(file, &rule.ended_by, "signal", signal_ids);
            let prior = rule.prior.unwrap_or(match rule.kind {
                Kind::RootCause | Kind::Defect | Kind::Misconfiguration => -2.5,
                Kind::Symptom | Kind::State | Kind::Expected => -2.0,
            });
            self.examples.push(rule.examples);
            rules.push(Rule {
                id: id.into(),
                source: file.name.clone().into(),
                title: rule.title.into(),
                kind: rule.kind,
                severity: rule.severity,
                severity_when,
                platforms: texts(rule.platforms),
                summary: rule.summary.split_whitespace().collect::<Vec<_>>().join(" ").into(),
                prior,
                releases: rule.releases.map(Text::from),
                evidence,
                explains: texts(rule.explains),
                ended_by,
                fingerprint: texts(rule.fingerprint),
                remedy,
                workaround,
                references: rule.references.iter().map(|reference| self.references.resolve(reference)).collect(),
                collect: rule.collect,
            });
        }
        rules
    }

    /// Steps, with their conditions resolved; one whose condition is at fault is left out with it.
    fn steps(&mut self, steps: &[StepFile], file: &RuleText, names: &mut Names<'_>) -> Vec<Step> {
        let mut resolved = Vec::new();
        for step in steps {
            let (when, unless) = match step {
                StepFile::Text(_) => (None, None),
                StepFile::For(step) => (step.when.as_ref(), step.unless.as_ref()),
            };
            let mut resolve = |condition: Option<&Condition>| condition.map(|condition| self.condition(condition, file, names));
            let (when, unless) = (resolve(when), resolve(unless));
            if matches!(when, Some(None)) || matches!(unless, Some(None)) {
                continue;
            }
            resolved.push(Step { text: step.text().trim().into(), when: when.flatten(), unless: unless.flatten() });
        }
        resolved
    }
}
