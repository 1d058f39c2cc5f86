//! For tests: walks bytes as if they were a file of a case, and keeps all that comes out.

use super::{Artifact, Budget, Content, Entry, Limits, LogicalPath, Source, Trouble, TroubleKind, Visitor, open};
use std::io::{Read, Seek, Write};
use std::path::Path;

#[derive(Default)]
pub(super) struct Gathered {
    pub(super) leaves: Vec<(String, Content, Vec<u8>)>,
    pub(super) troubles: Vec<Trouble>,
}

impl Visitor for Gathered {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        let mut bytes = Vec::new();
        match artifact.source {
            Source::File(mut file, length) => {
                file.rewind().unwrap();
                file.take(length).read_to_end(&mut bytes).unwrap();
            }
            Source::Stream(stream) => {
                stream.read_to_end(&mut bytes).expect("a stream never fails");
            }
        }
        self.leaves.push((artifact.path.as_str().to_owned(), artifact.content, bytes));
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }
}

impl Gathered {
    pub(super) fn names(&self) -> Vec<&str> {
        self.leaves.iter().map(|(path, _, _)| path.as_str()).collect()
    }

    pub(super) fn text(&self, path: &str) -> &str {
        let leaf = self.leaves.iter().find(|(found, _, _)| found == path);
        std::str::from_utf8(&leaf.unwrap_or_else(|| panic!("{path} is not among {:?}", self.names())).2).unwrap()
    }

    /// Each trouble as "path: kind".
    pub(super) fn kinds(&self) -> Vec<(&str, TroubleKind)> {
        self.troubles.iter().map(|trouble| (trouble.path.as_str(), trouble.kind)).collect()
    }
}

pub(super) fn file(shown: &str, path: &Path, limits: &Limits) -> Gathered {
    let mut gathered = Gathered::default();
    let entry = Entry::at(LogicalPath::input(shown), path);
    open(&entry, limits, &Budget::new(limits).beside(1), &mut gathered);
    gathered
}

/// The walk of a file named `f` with these contents.
pub(super) fn bytes(contents: &[u8], limits: &Limits) -> Gathered {
    let mut named = tempfile::NamedTempFile::new().unwrap();
    named.write_all(contents).unwrap();
    file("f", named.path(), limits)
}

pub(super) fn whole(contents: &[u8]) -> Gathered {
    bytes(contents, &Limits::default())
}

pub(super) fn hex(digits: &str) -> Vec<u8> {
    digits.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Lines that compress, but not to nothing.
pub(super) fn log(lines: u32) -> String {
    (0..lines).map(|n| format!("{n:08} %SMART_LIC-3-AGENT_REG_FAILED: {:x} failed\n", n.wrapping_mul(2_654_435_761))).collect()
}

pub(super) fn gzip(contents: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(contents).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, contents) in members {
        let options = ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(contents).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// One ustar header, its checksum computed.
pub(super) fn tar_header(name: &[u8], kind: u8, size: u64) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name);
    header[100..107].copy_from_slice(b"0000644");
    header[124..136].copy_from_slice(format!("{size:011o} ").as_bytes());
    header[156] = kind;
    header[257..263].copy_from_slice(b"ustar\0");
    tar_sum(&mut header);
    header
}

pub(super) fn tar_sum(header: &mut [u8]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

pub(super) fn tar_member(name: &[u8], kind: u8, contents: &[u8]) -> Vec<u8> {
    let mut member = tar_header(name, kind, contents.len() as u64);
    member.extend(contents);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

pub(super) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive: Vec<u8> = members.iter().flat_map(|(name, contents)| tar_member(name.as_bytes(), b'0', contents)).collect();
    archive.extend([0; 1024]);
    archive
}

/// A file of the shared sample collection, when it lies beside the project.
pub(super) fn samples(folder: &str) -> Option<std::path::PathBuf> {
    let root = std::env::var_os("BUNDLESCOPE_REALDATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/realdata"), std::path::PathBuf::from);
    let root = if root.is_dir() { root } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/realdata") };
    let folder = root.join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    // Not `eprintln!`, which the test runner swallows.
    let _ = writeln!(std::io::stderr(), "SKIPPED: no real data at {} (set BUNDLESCOPE_REALDATA)", folder.display());
    None
}
