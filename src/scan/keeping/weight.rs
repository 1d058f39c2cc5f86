//! Bytes that what is kept of an artifact takes, about: what limits on memory count.

use std::mem::size_of;
use std::net::IpAddr;

use crate::rules::library::{PairId, SignalId};
use crate::scan::clock::Received;
use crate::scan::evidence::{ArtifactScan, Fact, Identity, Match, PairRun, SectionSeen, Subject, Tally};
use crate::scan::remainder::Form;
use crate::scan::sighting::Sighting;

/// What an allocation takes beyond its bytes.
const EACH: usize = 16;

/// Of the kept matches.
pub(super) fn of_matches(scan: &ArtifactScan) -> u64 {
    let matches = scan.subjects.iter().flat_map(|subject| subject.tallies.values().chain(subject.compared.values())).flat_map(Tally::kept);
    let captured = |found: &Match| found.captures.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    let bytes = matches.map(|found| size_of::<Match>() + found.excerpt.len() + captured(found)).sum::<usize>();
    bytes as u64
}

/// Of all else that grows with what the artifact holds.
pub(super) fn of_the_rest(scan: &ArtifactScan) -> u64 {
    let sighting = |seen: &Sighting| size_of::<Sighting>() + EACH + seen.signals.len() * size_of::<SignalId>();
    let sightings: usize = scan.sightings.lines.iter().map(sighting).sum();
    let form = |(template, form): (&String, &Form)| size_of::<Form>() + 3 * EACH + template.len() + form.excerpt.len();
    let forms: usize = scan.remainder.forms.iter().map(form).sum();
    let hosts = scan.hosts.len() * size_of::<IpAddr>();
    // The first is there whatever the artifact holds.
    let more = scan.subjects.len().saturating_sub(1) * size_of::<Subject>();
    (sightings + forms + hosts + more + scan.subjects.iter().map(of_subject).sum::<usize>()) as u64
}

fn of_subject(subject: &Subject) -> usize {
    let Identity { hostname, name, platform, product_id, serial, version, addresses } = &subject.identity;
    let named = [hostname, name, platform, product_id, serial, version, &subject.became];
    let names: usize = named.into_iter().flatten().map(|name| EACH + name.len()).sum();
    let addresses = addresses.len() * (size_of::<IpAddr>() + EACH);
    let tallies = subject.tallies.len() * size_of::<(SignalId, Tally)>() + subject.pairs.len() * size_of::<(PairId, PairRun)>();
    let values = |values: &[String]| values.iter().map(|value| size_of::<String>() + EACH + value.len()).sum::<usize>();
    let compared: usize = subject.compared.keys().map(|(_, key)| size_of::<(SignalId, Vec<String>, Tally)>() + values(key)).sum();
    let fact = |fact: &Fact| size_of::<Fact>() + 3 * EACH + fact.name.len() + fact.value.len() + fact.excerpt.len();
    let facts: usize = subject.facts.iter().map(fact).sum();
    let section = |seen: &SectionSeen| {
        size_of::<SectionSeen>() + EACH + seen.command.as_ref().map_or(0, String::len) + seen.present.len() * size_of::<SignalId>()
    };
    let sections: usize = subject.sections.iter().map(section).sum();
    let clock = subject.clock.samples().count() * size_of::<Received>();
    let certified: usize = subject.certified.iter().map(|name| size_of::<String>() + EACH + name.len()).sum();
    names + addresses + tallies + compared + facts + sections + clock + certified
}
