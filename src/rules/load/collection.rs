//! What to collect: the sections that each item would show exist.

use std::collections::HashMap;

use super::Loader;
use crate::rules::collect::{CollectItem, Collection};
use crate::rules::library::SectionId;

impl Loader<'_> {
    pub(super) fn collection(&mut self, section_ids: &HashMap<String, SectionId>) -> Collection {
        let mut items = Vec::new();
        for (collection, file) in std::mem::take(&mut self.collections) {
            for item in collection.items {
                let sections = self.resolve(file, &item.sections, "section", section_ids);
                items.push(CollectItem::new(item, collection.platforms.clone(), sections));
            }
        }
        Collection { items }
    }
}
