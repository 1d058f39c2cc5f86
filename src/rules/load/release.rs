//! Tables of releases: every text in them is a release of its platform.

use std::collections::BTreeMap;

use super::Loader;
use crate::rules::library::{ReleaseTable, TableRow};
use crate::rules::text::{Text, texts};
use crate::rules::version::{self, Releases};

impl Loader<'_> {
    pub(super) fn release_tables(&mut self) -> BTreeMap<String, ReleaseTable> {
        let mut tables = BTreeMap::new();
        for (id, (table, file)) in std::mem::take(&mut self.releases) {
            let mut rows = Vec::new();
            for row in table.rows {
                let hint = row.platforms.first().cloned();
                let mut releases = Releases::default();
                for text in &row.fixed {
                    match version::parse(hint.as_deref(), text) {
                        Some(version) => releases.fixed.push(version),
                        None => self.fault(file, text, format!("`{text}` is no release of {}", row.platforms.join(", "))),
                    }
                }
                for text in &row.affected {
                    match version::parse_range(text) {
                        Ok(range) => releases.affected.push(range),
                        Err(reason) => self.fault(file, text, reason),
                    }
                }
                if let Some(text) = &row.minimum {
                    releases.minimum = version::parse(hint.as_deref(), text);
                    if releases.minimum.is_none() {
                        self.fault(file, text, format!("`{text}` is no release"));
                    }
                }
                let products = row.products.as_ref().and_then(|source| self.regex(file, source, &format!("(?i){source}")));
                let agents = row.agents.as_ref().and_then(|source| self.regex(file, source, source));
                let (platforms, fixed, affected) = (texts(row.platforms), texts(row.fixed), texts(row.affected));
                rows.push(TableRow { platforms, products, agents, releases, fixed, affected, minimum: row.minimum.map(Text::from) });
            }
            tables.insert(id.clone(), ReleaseTable { id: id.into(), rows });
        }
        tables
    }
}
