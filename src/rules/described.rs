//! A diagnosis of the library as other programs read it, with its conditions in words.

use schemars::JsonSchema;
use serde::Serialize;

use super::library::{Cond, Library, Rule, SignalId, Step, TableRow};
use super::model::{CollectFile, Kind, Severity, Weight};
use super::references::Reference;
use super::text::Text;
use super::told::{in_words, shown};
use super::translation::Words;
use crate::report::model::{RuleSet, Tool};

/// The name and version of this format.
pub const SCHEMA: &str = "bundlescope/diagnosis/v1";

/// One diagnosis in full. Unknown is `null`, none is `[]`; lists stand in the order of the rule file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Described {
    /// Always `bundlescope/diagnosis/v1`.
    pub schema: String,
    /// What says so.
    pub tool: Tool,
    /// Its id.
    pub id: String,
    /// The rule file it stands in.
    pub source: String,
    /// What is wrong, in one line.
    pub title: String,
    /// What it means, in a few sentences.
    pub summary: String,
    /// Kind of diagnosis.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// When it is worse, or less bad, than that; the first that holds.
    pub severity_when: Vec<SeverityWhen>,
    /// Platforms it is about; none means all.
    pub platforms: Vec<String>,
    /// Log-odds before anything was seen.
    pub prior: f64,
    /// What counts for and against it.
    pub evidence: Vec<Item>,
    /// The observables that its conditions name, by id.
    pub signals: Vec<Named>,
    /// Ids of the signals that end it when they come later.
    pub ended_by: Vec<String>,
    /// Ids of the diagnoses that it causes.
    pub explains: Vec<String>,
    /// The bug or field notice whose releases matter; `null` where they do not.
    pub releases: Option<Releases>,
    /// What to do, one step a string.
    pub remedy: Vec<String>,
    /// What helps until then, one step a string.
    pub workaround: Vec<String>,
    /// What to collect where it is open.
    pub collect: Vec<CollectFile>,
    /// Where to read more.
    pub references: Vec<Reference>,
}

/// A severity that depends on the case.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SeverityWhen {
    /// When it is so, in words.
    pub when: String,
    /// How bad it is then.
    pub severity: Severity,
}

/// Something that counts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Item {
    /// How much.
    pub weight: Weight,
    /// When, in words.
    pub when: String,
    /// Why; `null` where the signals say it.
    pub why: Option<String>,
    /// Ids of the signals that it asks for.
    pub signals: Vec<String>,
}

/// One observable.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What it means when seen.
    pub title: String,
    /// The command or file that would show it; `null` where nothing particular does.
    pub collect: Option<String>,
}

/// The releases that a bug or field notice names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Releases {
    /// Its id.
    pub id: String,
    /// By platform, product and agent; the first row that fits the device decides.
    pub rows: Vec<Row>,
}

/// Releases of one platform.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Row {
    /// Platforms.
    pub platforms: Vec<String>,
    /// Regular expression of the product ids it is for; `null` means any.
    pub products: Option<String>,
    /// Regular expression of the smart agent's versions it is for; `null` means any.
    pub agents: Option<String>,
    /// Releases below it are not concerned; `null` where there is no such bound.
    pub minimum: Option<String>,
    /// Affected releases where they are named: `17.3.1..17.3.3`, `17.4` (the whole train). Without any, all below the fixed ones.
    pub affected: Vec<String>,
    /// First fixed releases, one a train.
    pub fixed: Vec<String>,
}

/// A diagnosis in full, its conditions in the language of `words`.
pub fn described(rule: &Rule, library: &Library, words: Words<'_>) -> Described {
    let mut named: Vec<SignalId> = rule.ended_by.clone();
    let mut asked = |cond: &Cond| {
        let mut ids: Vec<SignalId> = Vec::new();
        cond.signals(true, &library.pairs, &mut |id, _| ids.push(id));
        ids.sort_unstable();
        ids.dedup();
        named.extend(&ids);
        ids
    };
    let id_of = |id: &SignalId| library.signals.get(id.0).map(|signal| signal.id.clone().into());
    let severity_when = rule.severity_when.iter().map(|(when, severity)| {
        asked(when);
        SeverityWhen { when: in_words(when, library, words), severity: *severity }
    });
    let severity_when = severity_when.collect();
    let evidence = rule.evidence.iter().map(|item| Item {
        weight: item.weight,
        when: in_words(&item.when, library, words),
        why: item.why.clone().map(String::from),
        signals: asked(&item.when).iter().filter_map(id_of).collect(),
    });
    let evidence = evidence.collect();
    named.sort_unstable();
    named.dedup();
    let signals = named.iter().filter_map(|id| library.signals.get(id.0));
    let mut signals: Vec<Named> = signals
        .map(|signal| Named {
            id: signal.id.clone().into(),
            title: signal.title.clone().into(),
            collect: signal.collect.clone().map(String::from),
        })
        .collect();
    signals.sort_by(|a, b| a.id.cmp(&b.id));
    let table = rule.releases.as_deref().and_then(|id| library.releases.get(id));
    Described {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: RuleSet { count: library.rules.len(), digest: library.digest.clone() },
        },
        id: rule.id.clone().into(),
        source: rule.source.clone().into(),
        title: rule.title.clone().into(),
        summary: rule.summary.clone().into(),
        kind: rule.kind,
        severity: rule.severity,
        severity_when,
        platforms: owned(&rule.platforms),
        prior: rule.prior,
        evidence,
        signals,
        ended_by: rule.ended_by.iter().filter_map(id_of).collect(),
        explains: owned(&rule.explains),
        releases: table.map(|table| Releases { id: table.id.clone().into(), rows: table.rows.iter().map(row).collect() }),
        remedy: steps(&rule.remedy, library, words),
        workaround: steps(&rule.workaround, library, words),
        collect: rule.collect.clone(),
        references: rule.references.clone(),
    }
}

/// Steps, each with the devices it is for in brackets where it is not for all.
fn steps(steps: &[Step], library: &Library, words: Words<'_>) -> Vec<String> {
    let told = |step: &Step| {
        let when = step.when.iter().map(|when| words.fill("[if {}]", &[&in_words(when, library, words)]));
        let unless = step.unless.iter().map(|unless| words.fill("[unless {}]", &[&in_words(unless, library, words)]));
        let only: String = when.chain(unless).map(|only| format!(" {only}")).collect();
        let text = words.say(&step.text);
        let (first, commands) = text.split_at(text.find('\n').unwrap_or(text.len()));
        format!("{first}{only}{commands}")
    };
    steps.iter().map(told).collect()
}

fn owned(texts: &[Text]) -> Vec<String> {
    texts.iter().cloned().map(String::from).collect()
}

fn row(row: &TableRow) -> Row {
    Row {
        platforms: owned(&row.platforms),
        products: row.products.as_ref().map(|only| shown(only).to_owned()),
        agents: row.agents.as_ref().map(|only| shown(only).to_owned()),
        minimum: row.minimum.clone().map(String::from),
        affected: owned(&row.affected),
        fixed: owned(&row.fixed),
    }
}

/// JSON Schema (draft 2020-12) of it, with a newline at its end. The copy in the repository is `schema/diagnosis-v1.schema.json`.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(Described);
    schema.insert("title".to_owned(), SCHEMA.into());
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the committed schema is a file of the repository")]
mod tests {
    use super::*;
    use crate::rules::embedded;
    use serde_json::Value;

    #[test]
    fn the_committed_schema_is_fresh_and_all_diagnoses_keep_to_it() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/diagnosis-v1.schema.json");
        if std::env::var_os("BUNDLESCOPE_UPDATE").is_some_and(|value| value == "1") {
            std::fs::write(path, schema()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == schema(), "schema/diagnosis-v1.schema.json is stale; run the tests with BUNDLESCOPE_UPDATE=1");
        let validator = jsonschema::validator_for(&serde_json::from_str(&committed).unwrap()).unwrap();
        let library = embedded::library().unwrap();
        for rule in &library.rules {
            let value: Value = serde_json::to_value(described(rule, &library, Words::default())).unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", rule.id);
        }
    }

    /// Against the rule file and the release table as they are written.
    #[test]
    fn a_defect_is_told_with_its_releases_and_steps() {
        let library = embedded::library().unwrap();
        let rule = library.rules.iter().find(|rule| rule.id == "iosxe-quovadis-fn72323").unwrap();
        let told = described(rule, &library, Words::default());
        let files = embedded::files();
        let text = |name: &str| files.iter().find(|file| file.name.ends_with(name)).unwrap().text.clone();
        let table: crate::rules::model::ReleaseFile = serde_json::from_value(yaml(&text("releases/FN72323.yaml"))).unwrap();
        let releases = told.releases.unwrap();
        assert_eq!(releases.id, "FN72323");
        let rows: Vec<_> = releases.rows.iter().map(|row| (&row.platforms, &row.fixed, &row.affected, &row.minimum)).collect();
        assert_eq!(rows, table.rows.iter().map(|row| (&row.platforms, &row.fixed, &row.affected, &row.minimum)).collect::<Vec<_>>());
        assert!(told.evidence.iter().any(|item| item.weight == Weight::RulesOut && item.when.contains("the release has the fix")));
        assert!(told.references.iter().any(|one| one.id == "FN72323" && one.url.is_some()));
        for item in &told.evidence {
            for signal in &item.signals {
                assert!(told.signals.iter().any(|named| named.id == *signal) && item.when.contains(signal.as_str()), "{signal}");
            }
        }
    }

    fn yaml(text: &str) -> Value {
        serde_saphyr::from_str(text).unwrap()
    }
}
