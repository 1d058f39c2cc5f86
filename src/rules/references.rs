//! What the references of rules are called: `rules/references/` gives titles and addresses to marks, and an address to
//! everything of a kind.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::ReferenceFile;

/// Kinds a reference can be of.
pub const KINDS: [&str; 4] = ["document", "bug", "field-notice", "public"];

/// A file of `rules/references/`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferencesFile {
    /// Addresses by kind, with `{id}`, for references that have none of their own.
    #[serde(default)]
    pub addresses: BTreeMap<String, String>,
    /// Documents by id.
    #[serde(default)]
    pub documents: Vec<DocumentFile>,
}

/// One document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentFile {
    /// Its mark in rules: `S4`, `P2`, `FN72323`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its address, where one is known.
    #[serde(default)]
    pub url: Option<String>,
}

/// A place to read more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reference {
    /// One of [`KINDS`].
    pub kind: String,
    /// Its name in rules.
    pub id: String,
    /// What it is called, where that is more than its name.
    pub title: Option<String>,
    /// Its address, where one is known.
    pub url: Option<String>,
}

impl ReferencesFile {
    /// Adds another file; later documents of the same id replace earlier ones.
    pub(super) fn add(&mut self, other: Self) {
        self.addresses.extend(other.addresses);
        self.documents.extend(other.documents);
    }

    /// A rule's reference with its title and address.
    pub(super) fn resolve(&self, reference: &ReferenceFile) -> Reference {
        let document = self.documents.iter().rev().find(|document| document.id == reference.id);
        let general = || self.addresses.get(&reference.kind).map(|address| address.replace("{id}", &reference.id));
        Reference {
            kind: reference.kind.clone(),
            id: reference.id.clone(),
            title: document.map(|document| document.title.clone()),
            url: reference.url.clone().or_else(|| document.and_then(|document| document.url.clone())).or_else(general),
        }
    }
}

impl Reference {
    /// As people read it: the title, and the name by which rules and documents cite it.
    pub fn words(&self) -> String {
        match (self.kind.as_str(), &self.title) {
            ("field-notice", Some(title)) => format!("field notice {}: {title}", self.id),
            ("field-notice", None) => format!("field notice {}", self.id),
            ("bug", _) => format!("bug {}", self.id),
            (_, Some(title)) => format!("{title} ({})", self.id),
            (_, None) => self.id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_addresses_come_from_the_file() {
        let file: ReferencesFile = serde_saphyr::from_str(
            "addresses: {bug: 'https://bugs.example/{id}'}\ndocuments:\n  - {id: S4, title: Slides}\n  - {id: FN1, title: A notice, url: 'https://n.example/1'}\n",
        )
        .unwrap();
        for (kind, id, words, url) in [
            ("document", "S4", "Slides (S4)", None),
            ("field-notice", "FN1", "field notice FN1: A notice", Some("https://n.example/1")),
            ("bug", "CSCaa00001", "bug CSCaa00001", Some("https://bugs.example/CSCaa00001")),
            ("document", "our change 4711", "our change 4711", None),
        ] {
            let found = file.resolve(&ReferenceFile { kind: kind.to_owned(), id: id.to_owned(), url: None });
            assert_eq!((found.words().as_str(), found.url.as_deref()), (words, url));
        }
    }
}
