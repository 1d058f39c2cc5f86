//! Where an artifact lies inside a case, across all levels of nesting.

use std::cmp::Ordering;
use std::fmt;

/// Separates an archive from the member inside it, as in `case.zip!exp/diag.tar.gz!log.txt`.
pub const LEVEL: char = '!';

/// The place of an artifact: the input as the user gave it, then [`LEVEL`] and the member's path for every archive
/// level. A compressed tar is one level; a bare compressed file is none. The text is safe to show: bytes that are
/// not UTF-8 and characters that could act on a terminal are escaped when the path is made.
///
/// Paths order by component, with `/` and `!` alike, so that a folder and an archive of the same files are read in
/// the same order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogicalPath(String);

impl LogicalPath {
    /// The path of an input as the user named it. `shown` must already be visible text.
    pub fn input(shown: impl Into<String>) -> Self {
        Self(shown.into())
    }

    /// The path of member `name` inside the archive at `self`. `name` must already be visible text.
    pub fn member(&self, name: &str) -> Self {
        Self(format!("{}{LEVEL}{name}", self.0))
    }

    /// The path of the file `name` inside the folder at `self`. `name` must already be visible text.
    pub fn child(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.0.trim_end_matches('/')))
    }

    /// The whole path as shown in reports.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component: the file's own name.
    pub fn file_name(&self) -> &str {
        self.0.rsplit(['/', '\\', LEVEL]).next().unwrap_or(&self.0)
    }

    /// Everything before the last component, or the empty string: the folder or archive that holds the artifact.
    pub fn parent(&self) -> &str {
        let name = self.file_name();
        self.0[..self.0.len() - name.len()].trim_end_matches(['/', '\\', LEVEL])
    }

    fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split(['/', LEVEL])
    }
}

impl PartialOrd for LogicalPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LogicalPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.components().cmp(other.components()).then_with(|| self.0.cmp(&other.0))
    }
}

impl fmt::Display for LogicalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_and_an_archive_order_alike() {
        let folder = LogicalPath::input("case");
        let archive = LogicalPath::input("case.zip");
        for (a, b) in [("a/z.log", "a.log"), ("b", "a/b"), ("a-b/c", "a/b")] {
            let in_folder = folder.child(a).cmp(&folder.child(b));
            assert_eq!(in_folder, archive.member(a).cmp(&archive.member(b)), "{a} {b}");
        }
    }

    #[test]
    fn names_and_parents() {
        let path = LogicalPath::input("case.zip").member("exp/diag.tar.gz").member("log.txt");
        assert_eq!(path.as_str(), "case.zip!exp/diag.tar.gz!log.txt");
        assert_eq!(path.file_name(), "log.txt");
        assert_eq!(path.parent(), "case.zip!exp/diag.tar.gz");
    }
}
