//! The folders and archives of a case: which named devices lie in each, and whether what lies in one may be one device.

use std::collections::{BTreeSet, HashMap};

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

fn parent(folder: &str) -> &str {
    folder.rfind(['/', '!', '\\']).map_or("", |at| &folder[..at])
}

/// What the artifacts of each folder, archive and text say of devices that nobody named.
pub(super) struct Unnamed<'a>(HashMap<&'a str, Folder<'a>>);

/// What the artifacts right in a folder say of who they are.
#[derive(Default)]
struct Folder<'a> {
    artifacts: usize,
    platform: Common<&'a str>,
    version: Common<&'a str>,
    serial: Common<&'a str>,
}

impl<'a> Unnamed<'a> {
    pub(super) fn new(artifacts: &'a [ArtifactScan]) -> Self {
        let mut folders: HashMap<&str, Folder<'_>> = HashMap::new();
        for scan in artifacts {
            let folder = folders.entry(scan.path.parent()).or_default();
            folder.artifacts += 1;
            for identity in scan.subjects.iter().map(|subject| &subject.identity) {
                folder.platform.add(identity.platform.as_deref());
                folder.version.add(identity.version.as_deref());
                folder.serial.add(identity.serial.as_deref());
            }
        }
        Self(folders)
    }

    /// Whether the artifacts right in this folder are few and could all be of one device.
    pub(super) fn is_one_device(&self, folder: &str) -> bool {
        self.0.get(folder).is_some_and(|folder| {
            folder.artifacts <= FEW
                && ![&folder.platform, &folder.version, &folder.serial].into_iter().any(|stated| *stated == Common::Several)
        })
    }
}
