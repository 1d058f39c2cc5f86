//! Faults of rule files: each with its place, and with the name that was meant where one is unknown.

use std::collections::HashMap;
use std::fmt;

use super::{Loader, RuleText};
use crate::rules::spelling::nearest;

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

impl Loader<'_> {
    /// Notes a fault at the first line that holds `near`.
    pub(super) fn fault(&mut self, file: &RuleText, near: &str, message: impl Into<String>) {
        let found = file.text.lines().enumerate().find_map(|(at, line)| line.find(near).map(|column| (at as u64 + 1, column as u64 + 1)));
        let (line, column) = if near.is_empty() { (0, 0) } else { found.unwrap_or((0, 0)) };
        self.faults.push(Fault { file: file.name.clone(), line, column, message: message.into() });
    }

    /// What stands for each of `names` among the known ones; a fault for each that is unknown.
    pub(super) fn resolve<Id: Copy>(&mut self, file: &RuleText, names: &[String], what: &str, known: &HashMap<String, Id>) -> Vec<Id> {
        let mut found = Vec::new();
        for name in names {
            match known.get(name) {
                Some(id) => found.push(*id),
                None => self.unknown(file, name, what, known.keys()),
            }
        }
        found
    }

    pub(super) fn unknown<'a>(&mut self, file: &RuleText, name: &str, what: &str, known: impl Iterator<Item = &'a String>) {
        let hint = nearest(name, known.map(String::as_str)).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        self.fault(file, name, format!("unknown {what} `{name}`{hint}"));
    }
}

/// The message of a YAML fault without its picture; an unknown key gets the nearest valid one.
pub(super) fn explain(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let first = text.lines().next().unwrap_or("not valid YAML").to_owned();
    let breached = [("Depth", "rule_depth"), ("Nodes", "rule_nodes"), ("Aliases", "rule_aliases")];
    let breached = breached.iter().find(|(word, _)| first.contains("budget") && first.contains(word));
    if let Some((_, limit)) = breached {
        return format!("more than the limit `{limit}` lets a rule file hold ({first})");
    }
    let mut quoted = first.split('`').skip(1).step_by(2);
    if first.contains("unknown field")
        && let Some(wrong) = quoted.next()
        && let Some(near) = nearest(wrong, quoted)
    {
        return format!("{first}; did you mean `{near}`?");
    }
    first
}
