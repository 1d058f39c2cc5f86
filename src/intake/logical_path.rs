//! Where an artifact lies inside a case, across all levels of nesting.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Separates an archive from the member inside it, as in `case.zip!exp/diag.tar.gz!log.txt`.
pub const LEVEL: char = '!';

/// The place of an artifact: the input as the user gave it, then [`LEVEL`] and the member's path for every archive
/// level. A compressed tar is one level; a bare compressed file is none. The text is safe to show: bytes that are
/// not UTF-8 and characters that could act on a terminal are escaped when the path is made.
///
/// Paths order by component, with `/` and `!` alike, so that a folder and an archive of the same files are read in
/// the same order.
///
/// A name may hold a secret as any text may. Such a path is still compared by what it is, and [shown](Self::shown) as it was
/// [concealed](Self::conceal).
#[derive(Clone)]
pub struct LogicalPath {
    path: String,
    concealed: Option<Box<str>>,
}

impl LogicalPath {
    /// The path of an input as the user named it. `shown` must already be visible text.
    pub fn input(shown: impl Into<String>) -> Self {
        Self { path: shown.into(), concealed: None }
    }

    /// The path of member `name` inside the archive at `self`. `name` must already be visible text.
    pub fn member(&self, name: &str) -> Self {
        Self::input(format!("{}{LEVEL}{name}", self.path))
    }

    /// The path of the file `name` inside the folder at `self`. `name` must already be visible text.
    pub fn child(&self, name: &str) -> Self {
        Self::input(format!("{}/{name}", self.path.trim_end_matches('/')))
    }

    /// The whole path, for comparing.
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// The whole path as shown in reports.
    pub fn shown(&self) -> &str {
        self.concealed.as_deref().unwrap_or(&self.path)
    }

    /// From now on it is shown as this.
    pub fn conceal(&mut self, shown: String) {
        self.concealed = (shown != self.path).then(|| shown.into());
    }

    /// The last component: the file's own name.
    pub fn file_name(&self) -> &str {
        self.path.rsplit(['/', '\\', LEVEL]).next().unwrap_or(&self.path)
    }

    /// Everything before the last component, or the empty string: the folder or archive that holds the artifact.
    pub fn parent(&self) -> &str {
        let name = self.file_name();
        self.path.strip_suffix(name).unwrap_or_default().trim_end_matches(['/', '\\', LEVEL])
    }

    fn components(&self) -> impl Iterator<Item = &str> {
        self.path.split(['/', LEVEL])
    }
}

impl PartialEq for LogicalPath {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for LogicalPath {}

impl Hash for LogicalPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path.hash(state);
    }
}

impl fmt::Debug for LogicalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown())
    }
}

impl PartialOrd for LogicalPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LogicalPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.components().cmp(other.components()).then_with(|| self.path.cmp(&other.path))
    }
}

impl fmt::Display for LogicalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
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
