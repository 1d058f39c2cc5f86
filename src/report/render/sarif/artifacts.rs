//! The artifacts of a case as SARIF sees them: an archive is the parent of its members, and every address is relative.

use std::collections::{BTreeMap, BTreeSet};

use super::log::{Artifact, ArtifactLocation, ArtifactProperties, BaseLocation, Message};
use crate::report::model::{self, Report};

/// What relative addresses of inputs start from.
const WORKING_FOLDER: &str = "WORKING_FOLDER";
/// What absolute paths are relative to.
const FILE_SYSTEM: &str = "FILE_SYSTEM";

/// Parts the levels of a logical path.
const LEVEL: char = '!';
/// Levels that become artifacts of their own; intake opens fewer.
const DEEPEST: usize = 32;

/// Gives every logical path its place in `run.artifacts`.
pub(super) struct Artifacts<'a> {
    list: Vec<Artifact<'a>>,
    places: BTreeMap<String, usize>,
    known: BTreeMap<&'a str, &'a model::Artifact>,
    /// Not read whole: how long they are is not known.
    cut: BTreeSet<&'a str>,
    inputs: &'a [String],
}

impl<'a> Artifacts<'a> {
    /// All artifacts of the report, in its order, each archive before its first member.
    pub(super) fn of(report: &'a Report) -> Self {
        let mut artifacts = Self {
            list: Vec::new(),
            places: BTreeMap::new(),
            known: report.artifacts.iter().map(|artifact| (artifact.path.as_str(), artifact)).collect(),
            cut: report.errors.iter().map(|error| error.artifact.as_str()).collect(),
            inputs: &report.case.inputs,
        };
        for artifact in &report.artifacts {
            artifacts.place(&artifact.path);
        }
        artifacts
    }

    /// Where the artifact with that logical path is; `None` for the empty path.
    pub(super) fn location(&mut self, path: &str) -> Option<ArtifactLocation> {
        let at = self.place(path)?;
        self.list.get(at).map(|artifact| artifact.location.clone())
    }

    /// The same, for an artifact in which a result stands.
    pub(super) fn of_result(&mut self, path: &str) -> Option<ArtifactLocation> {
        let at = self.place(path)?;
        let artifact = self.list.get_mut(at)?;
        if artifact.roles.is_empty() {
            artifact.roles.push("resultFile");
        }
        Some(artifact.location.clone())
    }

    /// The list, and what its addresses start from.
    pub(super) fn finish(self) -> (Vec<Artifact<'a>>, BTreeMap<&'static str, BaseLocation>) {
        let used: BTreeSet<&str> = self.list.iter().filter_map(|artifact| artifact.location.uri_base_id).collect();
        let about = |text: &str| Message { text: text.to_owned(), markdown: None };
        let bases = [
            (WORKING_FOLDER, BaseLocation { uri: None, description: about("The folder the program was started in.") }),
            (FILE_SYSTEM, BaseLocation { uri: Some("file:///"), description: about("The file system of the machine the program ran on.") }),
        ];
        (self.list, bases.into_iter().filter(|(name, _)| used.contains(name)).collect())
    }

    fn place(&mut self, path: &str) -> Option<usize> {
        if path.is_empty() {
            return None;
        }
        if let Some(at) = self.places.get(path) {
            return Some(*at);
        }
        let mut parent = None;
        let mut from = 0;
        for end in levels(path, self.inputs) {
            let whole = path.get(..end)?;
            let at = match self.places.get(whole) {
                Some(at) => *at,
                None => self.insert(whole, path.get(from..end)?, parent),
            };
            parent = Some(at);
            from = end + LEVEL.len_utf8();
        }
        parent
    }

    fn insert(&mut self, whole: &str, member: &str, parent: Option<usize>) -> usize {
        let index = self.list.len();
        let (uri, uri_base_id) = match parent {
            Some(_) => (member_address(member), None),
            None => input_address(member),
        };
        let known = self.known.get(whole).copied();
        let mut roles = Vec::new();
        if parent.is_none() {
            roles.push("analysisTarget");
        }
        if whole == "-" {
            roles.push("standardStream");
        }
        self.list.push(Artifact {
            location: ArtifactLocation { uri, uri_base_id, index },
            parent_index: parent,
            length: known.filter(|_| !self.cut.contains(whole)).map(|artifact| artifact.bytes),
            roles,
            mime_type: known.and_then(mime_type),
            // The names of the report are those of IANA but for the case.
            encoding: known.and_then(|artifact| artifact.encoding.as_ref()).map(|encoding| encoding.to_ascii_uppercase()),
            properties: known.map(|artifact| ArtifactProperties {
                path: &artifact.path,
                format: &artifact.format,
                lines: artifact.lines,
                packets: artifact.packets,
                device: artifact.device.as_deref(),
                first_time: artifact.first_time.as_deref(),
                last_time: artifact.last_time.as_deref(),
            }),
        });
        self.places.insert(whole.to_owned(), index);
        index
    }
}

fn mime_type(artifact: &model::Artifact) -> Option<&'static str> {
    match artifact {
        _ if artifact.encoding.is_some() => Some("text/plain"),
        _ if artifact.packets.is_some() => Some("application/vnd.tcpdump.pcap"),
        _ => None,
    }
}

/// Where the levels of a logical path end. The name of an input may itself hold what parts them.
fn levels(path: &str, inputs: &[String]) -> Vec<usize> {
    let own =
        |input: &&String| path.strip_prefix(input.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with([LEVEL, '/', '\\']));
    let from = inputs.iter().filter(own).map(String::len).max().unwrap_or(0);
    let mut ends = Vec::new();
    let mut last = 0;
    for (at, _) in path.match_indices(LEVEL).filter(|(at, _)| *at >= from) {
        // No level is without a name.
        let named_before = at > last;
        let named_after = path.get(at + 1..).is_some_and(|rest| !rest.is_empty() && !rest.starts_with(LEVEL));
        if named_before && named_after && ends.len() + 1 < DEEPEST {
            ends.push(at);
            last = at + 1;
        }
    }
    ends.push(path.len());
    ends
}

/// The address of an input, and what it starts from.
fn input_address(path: &str) -> (String, Option<&'static str>) {
    let drive = path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && matches!(path.get(1..3), Some(":\\" | ":/"));
    let path = if drive { path.replace('\\', "/") } else { path.to_owned() };
    let base = if drive || path.starts_with('/') { FILE_SYSTEM } else { WORKING_FOLDER };
    let uri = encoded(path.trim_start_matches('/'));
    (if uri.is_empty() { ".".to_owned() } else { uri }, Some(base))
}

/// The address of a member: relative to the root of its archive, never one of another host.
fn member_address(path: &str) -> String {
    let uri = encoded(path);
    match uri.strip_prefix("//") {
        Some(rest) => format!("/%2F{rest}"),
        None => uri,
    }
}

/// RFC 3986: what may stand in a path stays, everything else is written byte by byte. A colon, too: it would end a scheme.
fn encoded(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn an_archive_is_the_parent_of_its_members() {
        let mut report = samples::empty();
        report.case.inputs = vec!["a!b.zip".to_owned(), "folder".to_owned()];
        let mut artifacts = Artifacts::of(&report);
        let deep = artifacts.location("a!b.zip!x/y.tar.gz!z 1.log").unwrap();
        let plain = artifacts.location("folder/show.txt").unwrap();
        let again = artifacts.location("a!b.zip!x/y.tar.gz!other").unwrap();
        assert_eq!((deep.uri.as_str(), deep.uri_base_id, deep.index), ("z%201.log", None, 2));
        assert_eq!((plain.uri.as_str(), plain.uri_base_id, plain.index), ("folder/show.txt", Some(WORKING_FOLDER), 3));
        assert_eq!(again.index, 4);
        assert!(artifacts.location("").is_none());
        let (list, bases) = artifacts.finish();
        let seen: Vec<_> = list.iter().map(|artifact| (artifact.location.uri.as_str(), artifact.parent_index)).collect();
        assert_eq!(
            seen,
            [("a!b.zip", None), ("x/y.tar.gz", Some(0)), ("z%201.log", Some(1)), ("folder/show.txt", None), ("other", Some(1))]
        );
        assert_eq!(bases.keys().copied().collect::<Vec<_>>(), [WORKING_FOLDER]);
    }

    #[test]
    fn addresses() {
        for (path, expected) in [
            ("/tmp/a#b?.zip", ("tmp/a%23b%3F.zip", FILE_SYSTEM)),
            ("C:\\case\\a.log", ("C%3A/case/a.log", FILE_SYSTEM)),
            ("a:b.log", ("a%3Ab.log", WORKING_FOLDER)),
            ("東京.txt", ("%E6%9D%B1%E4%BA%AC.txt", WORKING_FOLDER)),
            ("100%", ("100%25", WORKING_FOLDER)),
            ("/", (".", FILE_SYSTEM)),
        ] {
            assert_eq!(input_address(path), (expected.0.to_owned(), Some(expected.1)));
        }
        assert_eq!(member_address("//evil/x"), "/%2Fevil/x");
        assert_eq!(member_address("/a.txt"), "/a.txt");
    }

    #[test]
    fn levels_have_names() {
        for (path, expected) in [("a!b", vec![1, 3]), ("a!!b", vec![2, 4]), ("!a", vec![2]), ("a!", vec![2])] {
            assert_eq!(levels(path, &[]), expected, "{path}");
        }
        assert_eq!(levels(&"a!".repeat(100), &[]).len(), DEEPEST);
    }
}
