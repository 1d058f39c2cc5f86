//! The values of one section, combined as they are read. Tables have thousands of rows, and most say again what is known.

use std::collections::HashMap;

use regex::Captures;

use crate::rules::fact_name::{fill, fill_into, slug, slug_into};
use crate::rules::library::Extract;
use crate::rules::model::{Identity, Keep};

/// Values read in one section; more than any honest output gives.
const VALUES: usize = 2000;

/// One value read in a section.
#[derive(Clone)]
pub(in crate::scan) struct Value {
    pub(in crate::scan) name: String,
    pub(in crate::scan) value: String,
    pub(in crate::scan) text: String,
    pub(in crate::scan) line: u64,
    pub(in crate::scan) identity: Option<Identity>,
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Values {
    /// One for each name, in the order of first appearance.
    list: Vec<Value>,
    by_name: HashMap<String, usize>,
    /// How many were read.
    read: usize,
    /// Name and value of the one at hand.
    name: String,
    value: String,
}

impl Values {
    /// Whether one more value of this extractor makes a difference.
    pub(super) fn takes(&self, extract: &Extract) -> bool {
        self.read < VALUES || extract.keep == Keep::Count
    }

    /// Reads one value on a line, if it stands there.
    pub(super) fn read(&mut self, extract: &Extract, path: impl Fn() -> String, text: &str, line: u64) {
        let (mut name, mut value) = (std::mem::take(&mut self.name), std::mem::take(&mut self.value));
        if read_into(extract, path, text, &mut name, &mut value).is_some() {
            self.add(extract, &name, &value, text, line);
        }
        (self.name, self.value) = (name, value);
    }

    /// Takes a value by the names that a later line gave it.
    pub(super) fn named(&mut self, extract: &Extract, names: &str, value: &Value) {
        for name in names.split([' ', '\t', ',']).filter(|name| !name.is_empty()) {
            let fact = fill(&extract.fact, |group| Some(if group == "name" { slug(name) } else { String::new() }));
            if let Some(fact) = fact {
                self.add(extract, &fact, &value.value, &value.text, value.line);
            }
        }
    }

    /// Combines a value with those of its name.
    fn add(&mut self, extract: &Extract, name: &str, value: &str, text: &str, line: u64) {
        let mut known = self.by_name.get(name).and_then(|at| self.list.get_mut(*at));
        if let (Keep::Count, Some(known)) = (extract.keep, &mut known) {
            known.value = known.value.parse::<u64>().unwrap_or(0).saturating_add(1).to_string();
            return;
        }
        if self.read >= VALUES {
            return;
        }
        self.read += 1;
        let Some(known) = known else {
            self.by_name.insert(name.to_owned(), self.list.len());
            let (name, value, text) = (name.to_owned(), value.to_owned(), text.to_owned());
            return self.list.push(Value { name, value, text, line, identity: extract.identity });
        };
        match extract.keep {
            Keep::First | Keep::Count => {}
            Keep::Last => {
                known.value.clear();
                known.value.push_str(value);
                known.text.clear();
                known.text.push_str(text);
                known.line = line;
                known.identity = extract.identity;
            }
            Keep::All if known.value.split(", ").any(|part| part == value) => {}
            Keep::All | Keep::Each => {
                known.value.push_str(", ");
                known.value.push_str(value);
            }
        }
    }

    /// All, in the order of first appearance.
    pub(super) fn into_list(self) -> Vec<Value> {
        self.list
    }
}

/// Reads a value on one line, under the given heading path.
pub(in crate::scan) fn read_value(extract: &Extract, path: &str, text: &str, line: u64) -> Option<Value> {
    read(extract, || path.to_owned(), text, line)
}

/// The same where the path is asked for only if the line has the value.
pub(super) fn read(extract: &Extract, path: impl Fn() -> String, text: &str, line: u64) -> Option<Value> {
    let (mut name, mut value) = (String::new(), String::new());
    read_into(extract, path, text, &mut name, &mut value)?;
    Some(Value { name, value, text: text.to_owned(), line, identity: extract.identity })
}

/// Reads name and value on one line, into texts that are used again.
fn read_into(extract: &Extract, path: impl Fn() -> String, text: &str, name: &mut String, value: &mut String) -> Option<()> {
    let found = extract.pattern.captures(text)?;
    let path = extract.block.as_ref().map(|_| path()).unwrap_or_default();
    let block = match &extract.block {
        Some(block) => Some(block.captures(&path)?),
        None => None,
    };
    let group = |name: &str| {
        let in_block = || block.as_ref().and_then(|captures| captures.name(name));
        found.name(name).or_else(in_block).map_or("", |group| group.as_str().trim())
    };
    name.clear();
    value.clear();
    match (extract.keep, &extract.value) {
        (Keep::Count, _) => value.push('1'),
        (_, None) => value.push_str(whole_value(&found)),
        (_, Some(template)) => fill_into(value, template, |name, out| {
            out.push_str(group(name));
            Some(())
        })?,
    }
    if extract.keep != Keep::Count
        && !extract.map.is_empty()
        && let Some(other) = extract.map.get(value.to_lowercase().as_str())
    {
        value.clear();
        value.push_str(other);
    }
    fill_into(name, &extract.fact, |name, out| {
        slug_into(out, group(name));
        Some(())
    })
}

fn whole_value<'a>(found: &Captures<'a>) -> &'a str {
    found.name("value").or_else(|| found.get(0)).map_or("", |group| group.as_str().trim())
}
