//! How long the certificates are valid that a device shows, is shown, or trusts.

use std::collections::BTreeSet;

use super::device::{Device, Sample};
use crate::formats::event::Place;
use crate::formats::time;
use crate::report::model::Certificate;
use crate::scan::evidence::ArtifactScan;

/// Certificates that are listed.
const LISTED: usize = 100;

/// The certificates of a device, those that end first before the others.
pub(super) fn certificates(device: &Device, artifacts: &[ArtifactScan]) -> Vec<Certificate> {
    let mut found: Vec<(Option<i64>, Certificate)> = Vec::new();
    let mut known: BTreeSet<(Option<String>, String, String)> = BTreeSet::new();
    let mut add = |source: &str, subject: Option<String>, between: (&str, &str), at: usize, place: Option<Place>| {
        let (Some(begin), Some(end)) = (time::find_date(between.0), time::find_date(between.1)) else { return };
        let (Some(not_before), Some(not_after), Some(scan)) = (begin.rfc3339(), end.rfc3339(), artifacts.get(at)) else { return };
        if !known.insert((subject.clone(), not_before.clone(), not_after.clone())) {
            return;
        }
        let (line, packet) = match place {
            Some(Place::Line(line)) if line > 0 => (Some(line), None),
            Some(Place::Packet(packet)) => (None, Some(packet)),
            _ => (None, None),
        };
        let artifact = scan.path.shown().to_owned();
        let certificate = Certificate { source: source.to_owned(), subject, not_before, not_after, artifact, line, packet };
        found.push((end.unix_seconds(), certificate));
    };

    for (at, shown) in device.tallies.values().flat_map(|seen| &seen.matches) {
        if let (Some(begin), Some(end)) = (shown.captures.get("leaf_not_before"), shown.captures.get("leaf_not_after")) {
            let subject = shown.captures.get("leaf_subject").map(str::to_owned);
            add("capture", subject, (begin, end), *at, Some(shown.place));
        }
    }
    // Lists that go in step, or one trustpoint's dates.
    for (name, samples) in &device.facts {
        let Some(ends) = samples.last() else { continue };
        let (source, begin, subjects) = if let Some(source) = name.strip_suffix(".not_afters") {
            (source, format!("{source}.not_befores"), format!("{source}.subjects"))
        } else if let Some(source) = name.strip_suffix(".end_date") {
            (source, format!("{source}.start_date"), String::new())
        } else {
            continue;
        };
        let Some(begins) = device.fact(&begin).filter(|begins| begins.artifact == ends.artifact) else { continue };
        let begins: Vec<&str> = begins.value.split(", ").collect();
        let ended: Vec<&str> = ends.value.split(", ").collect();
        if begins.len() != ended.len() {
            continue;
        }
        let names = names(device, source, &subjects, ends, ended.len());
        for (nth, between) in begins.into_iter().zip(ended).enumerate() {
            add(source, names.get(nth).cloned(), between, ends.artifact, ends.place);
        }
    }
    found.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.source.cmp(&other.source)));
    found.truncate(LISTED);
    found.into_iter().map(|(_, certificate)| certificate).collect()
}

/// Whose the certificates of a list are, where the lists go in step.
fn names(device: &Device, source: &str, subjects: &str, beside: &Sample, count: usize) -> Vec<String> {
    let same = |name: &str| device.fact(name).filter(|names| names.artifact == beside.artifact);
    let split = |text: &str, between: &str| text.split(between).map(str::to_owned).collect::<Vec<_>>();
    let by_subject = same(subjects).map(|names| split(&names.value, " | "));
    let by_name = || same(&format!("{source}.names")).map(|names| split(&names.value, ", "));
    let fits = |names: &Vec<String>| names.len() == count;
    by_subject.filter(fits).or_else(|| by_name().filter(fits)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::{Diagnosis, Selection};
    use crate::intake::Input;
    use crate::rules::embedded;
    use crate::scan::{Options, Scanner, Silent};

    /// Expected values: `openssl x509 -noout -subject -dates`, and tshark, on the files of the case.
    #[test]
    fn what_is_shown_and_what_is_trusted() {
        let library = embedded::library().unwrap();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/corpora/first-light/first-light.zip");
        let case = Scanner::new(&library).scan(&[Input::Path(path.into())], &Options::default(), &Silent);
        let report = Diagnosis::new(case, &library).report(&Selection::default());
        let device = report.devices.iter().find(|device| device.id == "exp-c-01").unwrap();
        let found: Vec<_> = device
            .certificates
            .iter()
            .map(|one| (one.source.as_str(), one.subject.as_deref().unwrap_or_default(), one.not_before.as_str(), one.not_after.as_str()))
            .collect();
        for expected in EXPECTED {
            assert!(found.contains(&expected), "{expected:?} is not in {found:#?}");
        }
        assert!(found.windows(2).all(|pair| pair[0].3 <= pair[1].3), "by their ends: {found:#?}");
    }

    const EXPECTED: [(&str, &str, &str, &str); 3] = [
        ("server_certificate", "CN=exp-c-01.voice.corp.example,O=Corp Example,C=JP", "2022-09-01T00:00:00Z", "2024-09-01T00:00:00Z"),
        ("trust_store", "CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM", "2006-11-24T18:27:00Z", "2031-11-24T18:23:33Z"),
        (
            "capture",
            "CN=smartreceiver.cisco.com,O=Cisco Systems Inc.,L=San Jose,ST=California,C=US",
            "2022-12-08T17:40:00Z",
            "2023-12-08T17:39:00Z",
        ),
    ];
}
