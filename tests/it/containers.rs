//! A case says the same from a folder, a zip and a tar.gz, and through all levels of nesting.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::support;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    // Archives list their members in another order than a folder is read.
    found.sort();
    found.reverse();
    found
}

fn zip_of(folder: &Path, to: &Path) {
    let mut zip = zip::ZipWriter::new(File::create(to).unwrap());
    for path in files(folder) {
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&fs::read(path).unwrap()).unwrap();
    }
    zip.finish().unwrap();
}

/// One ustar member. Written by hand so that what reads it is not what wrote it.
fn ustar(name: &str, data: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
    header[136..147].copy_from_slice(b"00000000000");
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    header[257..263].copy_from_slice(b"ustar\0");
    header[263..265].copy_from_slice(b"00");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut member = header.to_vec();
    member.extend_from_slice(data);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

fn tar_gz_of(folder: &Path) -> Vec<u8> {
    let mut tar = Vec::new();
    for path in files(folder) {
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        tar.extend(ustar(&name, &fs::read(path).unwrap()));
    }
    tar.extend([0; 1024]);
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(&tar).unwrap();
    gz.finish().unwrap()
}

fn report(input: &Path, place: &str) -> Value {
    let output = support::run(&["diagnose", "-f", "json", "--min-confidence", "0"], &[input]);
    // Paths are what may differ: the part before the member is made the same.
    serde_json::from_str(&output.stdout.replace(place, "CASE/")).unwrap()
}

#[test]
fn a_folder_a_zip_and_a_tar_gz_say_the_same() {
    for case in ["wlc-ssl-decryption", "exp-x14-3-1-interception"] {
        let source = support::root().join("corpora").join(case).join("input");
        let work = tempfile::tempdir().unwrap();
        let (zip, tar) = (work.path().join("case.zip"), work.path().join("case.tar.gz"));
        zip_of(&source, &zip);
        fs::write(&tar, tar_gz_of(&source)).unwrap();
        let place = |path: &Path, end: &str| format!("{}{end}", path.to_string_lossy());
        let folder = report(&source, &place(&source, "/"));
        let mut zipped = report(&zip, &place(&zip, "!"));
        let mut tarred = report(&tar, &place(&tar, "!"));
        assert!(folder["findings"].as_array().unwrap().len() > 2, "{case}");
        for other in [&mut zipped, &mut tarred] {
            other["case"]["inputs"] = folder["case"]["inputs"].clone();
        }
        assert_eq!(folder, zipped, "{case} from a zip");
        assert_eq!(folder, tarred, "{case} from a tar.gz");
    }
}

#[test]
fn a_tar_gz_in_a_zip_gives_both_devices_with_places_that_open() {
    let input = support::root().join("corpora/first-light/first-light.zip");
    let output = support::run(&["diagnose", "-f", "json"], &[&input]);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let devices: std::collections::BTreeSet<&str> = findings.iter().filter_map(|finding| finding["device"].as_str()).collect();
    assert_eq!(devices.into_iter().collect::<Vec<_>>(), ["exp-c-01", "wlc-core-1"]);
    let evidence = findings.iter().flat_map(|finding| finding["evidence"].as_array().unwrap());
    let mut nested = 0;
    let mut packets = 0;
    for item in evidence {
        let artifact = item["artifact"].as_str().unwrap();
        nested += usize::from(artifact.matches('!').count() == 2);
        packets += usize::from(item["packet"].is_u64());
        if let Some(line) = item["line"].as_u64() {
            let text = member(&input, artifact);
            let text = String::from_utf8_lossy(&text).into_owned();
            let stands = text.lines().nth(line as usize - 1).unwrap_or_else(|| panic!("{artifact}:{line} is behind the end"));
            let quoted: String = item["excerpt"].as_str().unwrap().chars().take(40).collect();
            assert!(
                stands.contains(quoted.trim_end_matches('…').trim()) || item["excerpt"].as_str().unwrap().contains(": not in "),
                "{artifact}:{line}\n{stands}\n{quoted}"
            );
        }
    }
    assert!(nested > 0 && packets > 0, "{nested} nested, {packets} packets");
}

/// Reads a member of a zip, or of a tar.gz in it, with other code than the program's.
fn member(zip: &Path, logical: &str) -> Vec<u8> {
    let mut levels = logical.split('!').skip(1);
    let outer = levels.next().unwrap();
    let mut archive = zip::ZipArchive::new(File::open(zip).unwrap()).unwrap();
    let mut bytes = Vec::new();
    std::io::copy(&mut archive.by_name(outer).unwrap(), &mut bytes).unwrap();
    let Some(inner) = levels.next() else { return bytes };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inner.tar.gz");
    fs::write(&path, bytes).unwrap();
    let out = std::process::Command::new("tar").arg("-xzOf").arg(&path).arg(inner).output().expect("tar runs");
    assert!(out.status.success(), "tar cannot find {inner}");
    out.stdout
}
