//! A report of another day, read for as much as it takes to recognise its findings. Lenient, as every reader of the format should
//! be: what a later version added is ignored, and what an entry does not say stays unknown.

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::model::{Finding, Kind, Report, SCHEMA, Severity, Status, Window};
use super::render::NDJSON_SCHEMA;

/// What is known of the findings of one case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Earlier {
    /// The inputs of the case; `None` where not stated.
    pub inputs: Option<Vec<String>>,
    /// Ids of its devices; `None` where not stated.
    pub devices: Option<Vec<String>>,
    /// Digest of the rules that were in force.
    pub rules: Option<String>,
    /// The time that counted; `None` where all did, or nobody says.
    pub window: Option<Window>,
    /// The findings, in the order of the report.
    pub findings: Vec<Known>,
}

/// What is known of one finding. Only the fingerprint is always there.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Known {
    /// What makes it the same finding in another report.
    pub fingerprint: String,
    /// Id of the diagnosis.
    pub id: Option<String>,
    /// What is wrong, in one line.
    pub title: Option<String>,
    /// Id of the device.
    pub device: Option<String>,
    /// Kind of diagnosis; `None` also for one this version does not know.
    #[serde(default, deserialize_with = "lenient")]
    pub kind: Option<Kind>,
    /// How bad it was; `None` also for a word this version does not know.
    #[serde(default, deserialize_with = "lenient")]
    pub severity: Option<Severity>,
    /// Whether it still held; `None` also for a word this version does not know.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<Status>,
    /// Probability, 0 to 1.
    pub confidence: Option<f64>,
    /// Time of the first evidence.
    pub first_seen: Option<String>,
    /// Time of the last evidence.
    pub last_seen: Option<String>,
    /// Whether a suppression silenced it.
    #[serde(default, deserialize_with = "is_there")]
    pub suppressed: bool,
}

/// Why a text is no report to compare with.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not JSON at all, or not of the shape the schema promises.
    #[error("line {line}, column {column}: {message}")]
    Broken {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1; 0 at the start of a line.
        column: usize,
        /// What was met.
        message: String,
    },
    /// Another schema version, or another kind of document.
    #[error("its schema is `{0}`; this version reads `{SCHEMA}`, which `diagnose -f json` writes")]
    OtherSchema(String),
    /// Sound JSON of something else.
    #[error("it is JSON, but no report: {0}. `diagnose -f json` writes reports")]
    Foreign(&'static str),
}

/// What every document of ours says first.
#[derive(Deserialize)]
struct Head {
    schema: Option<serde_json::Value>,
    findings: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Document {
    tool: Option<Tool>,
    case: Option<Case>,
    devices: Option<Vec<Device>>,
    #[serde(default)]
    findings: Vec<Known>,
}

/// One line of a report as NDJSON, as far as it is needed.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<String>,
    schema: Option<String>,
    tool: Option<Tool>,
    inputs: Option<Vec<String>>,
    window: Option<Window>,
    id: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    rules: Option<Rules>,
}

#[derive(Deserialize)]
struct Rules {
    digest: Option<String>,
}

#[derive(Deserialize)]
struct Case {
    inputs: Option<Vec<String>>,
    window: Option<Window>,
}

#[derive(Deserialize)]
struct Device {
    id: String,
}

impl Earlier {
    /// Reads a JSON report.
    ///
    /// # Errors
    /// What is no report of this schema version.
    pub fn report(text: &str) -> Result<Self, ReadError> {
        let text = text.trim_start_matches('\u{feff}');
        if let Some(lines) = Self::lines(text) {
            return lines;
        }
        let head = head(text)?;
        if head.schema.is_none() {
            return Err(ReadError::Foreign("the key `schema` is missing"));
        }
        Self::document(&head, text)
    }

    /// Reads a baseline: a JSON report, or as little of one as a list of objects that have a `fingerprint`, by itself or
    /// as `findings`.
    ///
    /// # Errors
    /// What holds no fingerprints, or is a report of another schema version.
    pub fn baseline(text: &str) -> Result<Self, ReadError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('[') {
            return Ok(Self { findings: serde_json::from_str(text).map_err(broken)?, ..Self::default() });
        }
        if let Some(lines) = Self::lines(text) {
            return lines;
        }
        Self::document(&head(text)?, text)
    }

    /// A report as NDJSON; `None` where the text does not begin as one.
    fn lines(text: &str) -> Option<Result<Self, ReadError>> {
        let first = text.lines().find(|line| !line.trim().is_empty())?;
        let begins = serde_json::from_str::<Line>(first).is_ok_and(|line| line.kind.as_deref() == Some("case"));
        begins.then(|| Self::of_lines(text))
    }

    fn of_lines(text: &str) -> Result<Self, ReadError> {
        let mut earlier = Self { devices: Some(Vec::new()), ..Self::default() };
        let mut whole = false;
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |error: serde_json::Error| match broken(error) {
                ReadError::Broken { column, message, .. } => ReadError::Broken { line: at + 1, column, message },
                other => other,
            };
            let Line { kind, schema, tool, inputs, window, id } = serde_json::from_str(line).map_err(wrong)?;
            whole = kind.as_deref() == Some("summary");
            match kind.as_deref() {
                Some("case") if at > 0 && earlier.inputs.is_some() => return Err(ReadError::Foreign("it holds more than one report")),
                Some("case") if schema.as_deref() != Some(NDJSON_SCHEMA) => return Err(ReadError::OtherSchema(schema.unwrap_or_default())),
                Some("case") => {
                    earlier.inputs = inputs;
                    earlier.window = window;
                    earlier.rules = tool.and_then(|tool| tool.rules).and_then(|rules| rules.digest);
                }
                Some("device") => earlier.devices.iter_mut().for_each(|devices| devices.extend(id.clone())),
                Some("finding") => earlier.findings.push(serde_json::from_str(line).map_err(wrong)?),
                _ => {}
            }
        }
        if whole { Ok(earlier) } else { Err(ReadError::Foreign("its last line is no `summary`, so it was cut")) }
    }

    fn document(head: &Head, text: &str) -> Result<Self, ReadError> {
        match &head.schema {
            Some(serde_json::Value::String(schema)) if schema == SCHEMA => {}
            Some(serde_json::Value::String(other)) => return Err(ReadError::OtherSchema(other.clone())),
            Some(other) => return Err(ReadError::OtherSchema(other.to_string())),
            None => {}
        }
        if head.findings.is_none() {
            return Err(ReadError::Foreign("the key `findings` is missing"));
        }
        let document: Document = serde_json::from_str(text).map_err(broken)?;
        let (inputs, window) = document.case.map_or((None, None), |case| (case.inputs, case.window));
        Ok(Self {
            inputs,
            window,
            devices: document.devices.map(|devices| devices.into_iter().map(|device| device.id).collect()),
            rules: document.tool.and_then(|tool| tool.rules).and_then(|rules| rules.digest),
            findings: document.findings,
        })
    }

    /// For every finding of `self`, the place of the same one in `other`. Findings that share a fingerprint (devices that nobody
    /// named) are paired by device, then in their order, each once.
    pub(super) fn partners(&self, other: &Self) -> Vec<Option<usize>> {
        let mut free: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, finding) in other.findings.iter().enumerate().rev() {
            free.entry(&finding.fingerprint).or_default().push(at);
        }
        let mut partners = vec![None; self.findings.len()];
        for same_device in [true, false] {
            for (finding, partner) in self.findings.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
                let Some(left) = free.get_mut(finding.fingerprint.as_str()) else { continue };
                let of_device = |at: &usize| other.findings.get(*at).is_some_and(|other| other.device == finding.device);
                let found = if same_device { left.iter().rposition(of_device) } else { left.len().checked_sub(1) };
                *partner = found.map(|at| left.remove(at));
            }
        }
        partners
    }
}

impl From<&Report> for Earlier {
    fn from(report: &Report) -> Self {
        Self {
            inputs: Some(report.case.inputs.clone()),
            devices: Some(report.devices.iter().map(|device| device.id.clone()).collect()),
            rules: Some(report.tool.rules.digest.clone()),
            window: report.case.window.clone(),
            findings: report.findings.iter().map(Known::from).collect(),
        }
    }
}

impl From<&Finding> for Known {
    fn from(finding: &Finding) -> Self {
        Self {
            fingerprint: finding.fingerprint.clone(),
            id: Some(finding.id.clone()),
            title: Some(finding.title.clone()),
            device: finding.device.clone(),
            kind: Some(finding.kind),
            severity: Some(finding.severity),
            status: Some(finding.status),
            confidence: Some(finding.confidence),
            first_seen: finding.first_seen.clone(),
            last_seen: finding.last_seen.clone(),
            suppressed: finding.suppressed.is_some(),
        }
    }
}

fn head(text: &str) -> Result<Head, ReadError> {
    match serde_json::from_str::<Head>(text) {
        Ok(head) if text.trim_start().starts_with('{') => Ok(head),
        // A list reads as an object without keys.
        Ok(_) => Err(ReadError::Foreign("it does not hold one object")),
        Err(error) if error.is_data() => Err(ReadError::Foreign("it does not hold one object")),
        // One object a line: each of them is sound.
        Err(error) if error.line() > 1 && text.lines().next().is_some_and(|line| serde_json::from_str::<Head>(line).is_ok()) => {
            Err(ReadError::Foreign("it holds one object a line"))
        }
        Err(error) => Err(broken(error)),
    }
}

fn broken(error: serde_json::Error) -> ReadError {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    ReadError::Broken { line: error.line(), column: error.column(), message: message.strip_suffix(&place).unwrap_or(&message).to_owned() }
}

/// A word of an enumeration; one that is not known is no error.
fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    use serde::de::IntoDeserializer;
    let word: Option<String> = Option::deserialize(deserializer)?;
    Ok(word.and_then(|word| {
        let word: serde::de::value::StringDeserializer<serde::de::value::Error> = word.into_deserializer();
        T::deserialize(word).ok()
    }))
}

/// Whether there is anything but `null`.
fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<IgnoredAny>::deserialize(deserializer)?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{render, samples};

    #[test]
    fn a_report_reads_back_as_what_it_was_made_of() {
        for report in samples::all() {
            assert_eq!(Earlier::report(&render::json(&report)), Ok(Earlier::from(&report)));
            let lines = render::ndjson(&report);
            assert_eq!(Earlier::report(&lines), Ok(Earlier::from(&report)));
            assert_eq!(Earlier::baseline(&format!("\u{feff}\n{lines}")), Ok(Earlier::from(&report)));
            let cut = lines.trim_end().rsplit_once('\n').unwrap().0;
            assert!(Earlier::report(cut).unwrap_err().to_string().contains("it was cut"));
            assert!(Earlier::report(&lines[..lines.len() - 5]).is_err());
            assert!(Earlier::report(&format!("{lines}{lines}")).unwrap_err().to_string().contains("more than one"));
            assert_eq!(Earlier::baseline(&format!("\u{feff}{}", render::json(&report))), Ok(Earlier::from(&report)));
        }
    }

    #[test]
    fn a_fingerprint_is_enough_for_a_baseline() {
        let expected = vec![Known { fingerprint: "v1:ab".to_owned(), ..Known::default() }];
        for text in [
            r#"[{"fingerprint": "v1:ab"}]"#,
            r#" {"findings": [{"fingerprint": "v1:ab"}]}"#,
            r#"{"schema": "bundlescope/report/v1", "findings": [{"fingerprint": "v1:ab", "severity": "apocalyptic", "later": 1}]}"#,
        ] {
            assert_eq!(Earlier::baseline(text).unwrap().findings, expected, "{text}");
        }
        assert_eq!(Earlier::baseline("[]").unwrap().findings, []);
    }

    #[test]
    fn what_is_no_report_says_why() {
        for (text, expected) in [
            ("", "line 1, column 0: EOF while parsing a value"),
            ("{\n  \"schema\": \"bundlescope/report/v1\",\n  \"findings\": [", "line 3, column 15: EOF while parsing a list"),
            (r#"{"schema": "bundlescope/report/v2", "findings": {}}"#, "its schema is `bundlescope/report/v2`"),
            (r#"{"schema": "bundlescope/diff/v1"}"#, "its schema is `bundlescope/diff/v1`"),
            (r#"{"schema": 2}"#, "its schema is `2`"),
            (r#"{"version": "2.1.0", "runs": []}"#, "the key `schema` is missing"),
            (r#"{"schema": "bundlescope/report/v1"}"#, "the key `findings` is missing"),
            ("[1, 2]", "it does not hold one object"),
            (r#""text""#, "it does not hold one object"),
            ("{\"type\": \"case\"}\n{\"type\": \"finding\"}\n", "its schema is ``"),
            ("{\"type\": \"event\"}\n{\"type\": \"event\"}\n", "it holds one object a line"),
            (
                "{\"type\": \"case\", \"schema\": \"bundlescope/ndjson/v1\"}\n{\"type\": \"finding\"}\n",
                "line 2, column 19: missing field `fingerprint`",
            ),
            (r#"{"schema": "bundlescope/report/v1", "findings": [{"id": "x"}]}"#, "line 1, column 60: missing field `fingerprint`"),
        ] {
            let error = Earlier::report(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(Earlier::baseline("[{\"id\": 1}]").unwrap_err().to_string().contains("line 1"));
        assert!(Earlier::baseline("{}").unwrap_err().to_string().contains("`findings`"));
        assert!(Earlier::baseline(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn each_is_paired_once_and_by_device_first() {
        let side = |list: &[(&str, &str)]| Earlier {
            findings: list
                .iter()
                .map(|(print, device)| Known { fingerprint: (*print).to_owned(), device: Some((*device).to_owned()), ..Known::default() })
                .collect(),
            ..Earlier::default()
        };
        let old = side(&[("a", "x"), ("b", "x"), ("a", "y"), ("c", "z")]);
        let new = side(&[("a", "y"), ("a", "w"), ("b", "q"), ("a", "v")]);
        assert_eq!(new.partners(&old), [Some(2), Some(0), Some(1), None]);
        assert_eq!(old.partners(&new), [Some(1), Some(2), Some(0), None]);
    }
}
