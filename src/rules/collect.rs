//! What can be collected: files of `rules/collect/` say of each command or file what it shows, on which platforms, and how
//! to see that a case holds it already. Rules name an item; its words come from here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::library::{SectionId, platform_fits};

/// A file of `rules/collect/`: what to ask for, in the order of asking.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionFile {
    /// Platforms of its items (`ios-xe` includes `wlc-9800`); none means all.
    #[serde(default)]
    pub platforms: Vec<String>,
    /// The items.
    pub items: Vec<ItemFile>,
}

/// One command or file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemFile {
    /// Its name for rules; the same in files of several platforms, where each has its own command.
    pub id: String,
    /// The command to run, or the file or fact to send.
    pub command: String,
    /// Other spellings, all of them the same item.
    #[serde(default)]
    pub also: Vec<String>,
    /// What it shows, as a sentence.
    pub what: String,
    /// Sections whose whole output in the case is this item.
    #[serde(default)]
    pub sections: Vec<String>,
    /// Commands of the same sections that show at least as much.
    #[serde(default)]
    pub brought_by: Vec<String>,
    /// Beginnings of facts, one of which is known where the item was seen without its command (without `sections`: at all).
    #[serde(default)]
    pub facts: Vec<String>,
    /// Formats of artifacts that are this item.
    #[serde(default)]
    pub formats: Vec<String>,
    /// How often it must be seen.
    #[serde(default = "once")]
    pub times: usize,
    /// What the device needs to answer it, said where it refused.
    #[serde(default)]
    pub needs: Option<String>,
    /// Rows of the acceptance list that it covers.
    #[serde(default)]
    pub covers: Vec<u32>,
}

fn once() -> usize {
    1
}

/// A resolved [`ItemFile`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CollectItem {
    /// Its name for rules.
    pub id: String,
    /// Platforms; none means all.
    pub platforms: Vec<String>,
    /// The command or file, as it is shown.
    pub command: String,
    /// All spellings, ready to compare.
    names: Vec<String>,
    /// What it shows.
    pub what: String,
    /// Its sections.
    pub sections: Vec<SectionId>,
    /// Commands that show at least as much, ready to compare.
    brought_by: Vec<String>,
    /// Beginnings of facts that show it was seen.
    pub facts: Vec<String>,
    /// Formats of artifacts that are this item.
    pub formats: Vec<String>,
    /// How often it must be seen.
    pub times: usize,
    /// What the device needs to answer it.
    pub needs: Option<String>,
    /// Rows of the acceptance list that it covers.
    pub covers: Vec<u32>,
}

impl CollectItem {
    pub(super) fn new(item: ItemFile, platforms: Vec<String>, sections: Vec<SectionId>) -> Self {
        let names = [&item.id, &item.command].into_iter().chain(&item.also).map(|name| spelled(name)).collect();
        Self {
            id: item.id,
            platforms,
            command: item.command,
            names,
            what: item.what,
            sections,
            brought_by: item.brought_by.iter().map(|name| spelled(name)).collect(),
            facts: item.facts,
            formats: item.formats,
            times: item.times,
            needs: item.needs,
            covers: item.covers,
        }
    }

    /// Whether the output of `command` is this item.
    pub fn is_shown_by(&self, command: &str) -> bool {
        let command = spelled(command);
        self.names.contains(&command) || self.brought_by.contains(&command)
    }

    /// How closely it is meant for a platform; `None` where it is for others.
    fn fit(&self, platform: &str) -> Option<u8> {
        if self.platforms.iter().any(|own| own == platform) {
            Some(2)
        } else if platform_fits(&self.platforms, platform) {
            Some(1)
        } else {
            self.platforms.is_empty().then_some(0)
        }
    }
}

/// All items, in the order of asking.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Collection {
    /// The items.
    pub items: Vec<CollectItem>,
}

impl Collection {
    /// Positions of the items that a rule means by `name`: an id, a command in any spelling, or several commands with a comma
    /// or "or" between them. Of several platforms the one that is closest; none where the item is for other platforms only.
    /// `None` where nothing is known by the name.
    pub fn find(&self, name: &str, platform: Option<&str>) -> Option<Vec<usize>> {
        if let Some(found) = self.one(name, platform) {
            return Some(found.into_iter().collect());
        }
        let parts: Vec<&str> = name.split(", ").flat_map(|part| part.split(" or ")).map(|part| part.trim_start_matches("or ")).collect();
        let found: Option<Vec<Option<usize>>> = parts.iter().map(|part| self.one(part, platform)).collect();
        found.filter(|_| parts.len() > 1).map(|found| found.into_iter().flatten().collect())
    }

    /// Whether the item is called so, in any spelling.
    pub fn is_named(&self, at: usize, name: &str) -> bool {
        let name = spelled(name);
        self.items.get(at).is_some_and(|item| item.names.iter().any(|own| name.contains(own.as_str())))
    }

    fn one(&self, name: &str, platform: Option<&str>) -> Option<Option<usize>> {
        let name = spelled(name);
        let named = || self.items.iter().enumerate().filter(|(_, item)| item.names.contains(&name));
        let (first, item) = named().next()?;
        let Some(platform) = platform else { return Some(Some(first)) };
        let closest = |fits: &mut dyn Iterator<Item = (usize, &CollectItem)>| {
            let fits = fits.filter_map(|(at, item)| Some((item.fit(platform)?, at)));
            fits.max_by_key(|(fit, at)| (*fit, std::cmp::Reverse(*at))).map(|(_, at)| at)
        };
        // Under its words, else what this platform has by the same id.
        let same_id = || closest(&mut self.items.iter().enumerate().filter(|(_, other)| other.id == item.id));
        Some(closest(&mut named()).or_else(same_id))
    }
}

/// One spelling: lower case, single blanks.
fn spelled(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection() -> Collection {
        let file = |platforms: &[&str], text: &str| {
            let items: Vec<ItemFile> = serde_saphyr::from_str(text).unwrap();
            let platforms: Vec<String> = platforms.iter().map(|name| (*name).to_owned()).collect();
            items.into_iter().map(move |item| CollectItem::new(item, platforms.clone(), Vec::new())).collect::<Vec<_>>()
        };
        let mut items = file(&[], "[{id: capture, command: packet capture, what: x}]");
        items.extend(file(&["expressway"], "[{id: release, command: Release of every node, also: [show version], what: x}]"));
        items.extend(file(
            &["ios-xe"],
            "[{id: release, command: show version, what: x}, {id: log, command: show logging, also: [show log], what: x}]",
        ));
        items.extend(file(&["wlc-9800"], "[{id: log, command: terminal monitor, what: x}]"));
        Collection { items }
    }

    #[test]
    fn a_name_means_the_item_of_the_device_s_platform() {
        let collection = collection();
        for (name, platform, expected) in [
            ("show version", Some("ios-xe"), &["show version"][..]),
            ("Show  Version", Some("wlc-9800"), &["show version"]),
            ("show version", Some("expressway"), &["Release of every node"]),
            ("release", None, &["Release of every node"]),
            ("log", Some("wlc-9800"), &["terminal monitor"]),
            ("show log", Some("wlc-9800"), &["show logging"]),
            ("capture", Some("nx-os"), &["packet capture"]),
            ("show version, show log", Some("ios-xe"), &["show version", "show logging"]),
            ("show version, or show log", Some("ios-xe"), &["show version", "show logging"]),
            ("show logging", Some("expressway"), &[]),
            ("Release of every node", Some("ios-xe"), &["show version"]),
        ] {
            let found = collection.find(name, platform).unwrap();
            let found: Vec<&str> = found.iter().map(|at| collection.items[*at].command.as_str()).collect();
            assert_eq!(found, expected, "{name} {platform:?}");
        }
        assert_eq!(collection.find("show version, show colour", Some("ios-xe")), None);
    }
}
