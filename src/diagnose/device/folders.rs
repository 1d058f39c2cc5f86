//! The folders and archives of a case: which named devices lie in each, and whether what lies in one may be one device.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::filenames::{address, are_of_two, owner};
use super::group::{Common, Groups};
use crate::intake::LogicalPath;
use crate::scan::evidence::ArtifactScan;

/// Most artifacts of a folder that are taken for one device because nothing in them says otherwise.
const FEW: usize = 8;

/// The keys of the named devices below every folder and archive of the case.
pub(super) struct Named<'g> {
    below: HashMap<&'g str, BTreeSet<&'g str>>,
    none: BTreeSet<&'g str>,
}

impl<'g> Named<'g> {
    pub(super) fn new(groups: &'g Groups<'_>, artifacts: &'g [ArtifactScan]) -> Self {
        let mut below: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        // Keys of devices that nobody named begin with a control character.
        for (key, group) in groups.iter().filter(|(key, _)| !key.starts_with(char::is_control)) {
            let positions: BTreeSet<usize> = group.members.iter().map(|member| member.artifact).collect();
            for path in positions.into_iter().filter_map(|at| artifacts.get(at)).map(|scan| scan.path.as_str()) {
                for folder in path.match_indices(['/', '!']).map(|(at, _)| &path[..at]).chain([""]) {
                    below.entry(folder).or_default().insert(key);
                }
            }
        }
        Self { below, none: BTreeSet::new() }
    }

    /// Those of the nearest folder or archive around an artifact that has any.
    pub(super) fn around(&self, path: &LogicalPath) -> &BTreeSet<&'g str> {
        let mut folder = path.parent();
        loop {
            match self.below.get(folder) {
                Some(named) => return named,
                None if folder.is_empty() => return &self.none,
                None => folder = parent(folder),
            }
        }
    }
}

/// The named devices by the addresses in the names of their files: who collects by address writes it before every output.
pub(super) struct Owners<'g>(HashMap<(&'g str, String), Option<&'g str>>);

impl<'g> Owners<'g> {
    pub(super) fn new(groups: &'g Groups<'_>, artifacts: &'g [ArtifactScan]) -> Self {
        let mut owners: HashMap<(&str, String), Option<&str>> = HashMap::new();
        for (key, group) in groups.iter().filter(|(key, _)| !key.starts_with(char::is_control)) {
            let positions: BTreeSet<usize> = group.members.iter().map(|member| member.artifact).collect();
            for path in positions.into_iter().filter_map(|at| artifacts.get(at)).map(|scan| &scan.path) {
                if let Some(address) = address(&path.file_name().to_lowercase()) {
                    owners.entry((path.parent(), address)).and_modify(|known| *known = None).or_insert(Some(key));
                }
            }
        }
        owners.retain(|_, key| key.is_some());
        Self(owners)
    }

    /// The one whose files in the same folder bear the same address.
    pub(super) fn named_by(&self, path: &'g LogicalPath) -> Option<&'g str> {
        let address = address(&path.file_name().to_lowercase()).filter(|_| !self.0.is_empty())?;
        self.0.get(&(path.parent(), address)).copied().flatten()
    }
}

fn parent(folder: &str) -> &str {
    folder.rfind(['/', '!', '\\']).map_or("", |at| &folder[..at])
}

/// What the artifacts of each folder and archive say of devices that nobody named.
pub(super) struct Unnamed<'a>(HashMap<&'a str, Folder<'a>>);

/// The artifacts right in a folder.
#[derive(Default)]
struct Folder<'a> {
    /// By whose they are by their names; all as one where the names part them not.
    owners: BTreeMap<String, Owner<'a>>,
}

/// What artifacts say of who they are.
#[derive(Default)]
struct Owner<'a> {
    artifacts: Vec<&'a ArtifactScan>,
    platform: Common<&'a str>,
    version: Common<&'a str>,
    serial: Common<&'a str>,
}

impl<'a> Owner<'a> {
    fn add(&mut self, scan: &'a ArtifactScan) {
        self.artifacts.push(scan);
        for identity in scan.subjects.iter().map(|subject| &subject.identity) {
            self.platform.add(identity.platform.as_deref());
            self.version.add(identity.version.as_deref());
            self.serial.add(identity.serial.as_deref());
        }
    }

    fn may_be_one(&self) -> bool {
        self.artifacts.len() <= FEW && ![&self.platform, &self.version, &self.serial].into_iter().any(|stated| *stated == Common::Several)
    }
}

impl<'a> Unnamed<'a> {
    pub(super) fn new(artifacts: &'a [ArtifactScan]) -> Self {
        let mut folders: HashMap<&str, Folder<'_>> = HashMap::new();
        for scan in artifacts {
            folders.entry(scan.path.parent()).or_default().owners.entry(owner(scan.path.file_name())).or_default().add(scan);
        }
        folders.values_mut().for_each(Folder::join);
        Self(folders)
    }

    /// The key of the device of an artifact: its folder, where the few that lie there could all be of one device, or whose it is by
    /// its name, where names part those in the folder; else itself.
    pub(super) fn key(&self, path: &LogicalPath) -> String {
        let folder = path.parent();
        let owners = self.0.get(folder).filter(|_| !folder.is_empty()).map(|folder| &folder.owners);
        let own = owner(path.file_name());
        match owners {
            Some(owners) if owners.len() == 1 && owners.values().all(Owner::may_be_one) => format!("\u{2}{folder}"),
            Some(owners) if !own.is_empty() && owners.get(&own).is_some_and(Owner::may_be_one) => format!("\u{2}{folder}/{own}"),
            _ => format!("\u{2}{}", path.as_str()),
        }
    }
}

impl Folder<'_> {
    /// Takes all for those of one owner, unless some have names of one form that are not the same.
    fn join(&mut self) {
        let names: Vec<&String> = self.owners.keys().collect();
        // Of many, neighbours in their order are of one form where any are.
        let parted = match names.len() {
            0 | 1 => return,
            few if few <= FEW => names.iter().any(|one| names.iter().any(|other| are_of_two(one, other))),
            _ => names.windows(2).any(|pair| matches!(pair, [one, other] if are_of_two(one, other))),
        };
        if !parted {
            let mut all = Owner::default();
            std::mem::take(&mut self.owners).into_values().flat_map(|owner| owner.artifacts).for_each(|scan| all.add(scan));
            self.owners.insert(String::new(), all);
        }
    }
}
