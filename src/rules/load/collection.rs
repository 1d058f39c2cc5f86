//! What to collect: the sections that each item would show exist.

use std::collections::HashMap;

use super::Loader;
use crate::rules::collect::{CollectItem, Collection};
use crate::rules::library::SectionId;

impl Loader {
    pub(super) fn collection(&mut self, section_ids: &HashMap<String, SectionId>) -> Collection {
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
}
