//! Events whose fields are compared with facts: counted once the facts of their device are known.

use std::collections::BTreeSet;

use super::{Device, thin};
use crate::diagnose::truth::Truth;
use crate::formats::event::host;
use crate::rules::check::{Check, Hosts};
use crate::rules::library::Library;

impl Device {
    /// Counts what turns out to be a match.
    pub(in crate::diagnose) fn settle(&mut self, library: &Library) {
        for ((id, values), seen) in std::mem::take(&mut self.compared) {
            let Some(signal) = library.signals.get(id.0) else { continue };
            let tests = signal.compared().zip(&values).map(|((_, check), value)| self.compares(check, value));
            match tests.min().unwrap_or(Truth::True) {
                Truth::True => {
                    let known = self.tallies.entry(id).or_default();
                    known.count += seen.count;
                    known.matches.extend(seen.matches);
                    known.matches.sort_by_key(|(at, found)| (*at, found.place));
                }
                Truth::False => {}
                Truth::Unknown | Truth::Leaning => {
                    self.undecided.insert(id);
                }
            }
        }
        let kept = self.kept;
        self.tallies.values_mut().for_each(|seen| thin(&mut seen.matches, kept));
    }

    fn compares(&self, check: &Check, value: &str) -> Truth {
        let facts = check.against.iter().map(|(how, other)| {
            let other = self.fact(other);
            other.map_or(Truth::Unknown, |other| Truth::of(how.holds(value, &other.value)))
        });
        facts.chain(check.hosts.iter().map(|hosts| self.is_host(check, hosts, value))).min().unwrap_or(Truth::True)
    }

    fn is_host(&self, check: &Check, Hosts { of, otherwise }: &Hosts, value: &str) -> Truth {
        let samples = of.iter().filter_map(|name| self.facts.get(name)).flatten();
        let named = samples.flat_map(|sample| sample.value.split(", ")).map(|address| host(address).to_ascii_lowercase());
        let known: BTreeSet<String> = named.filter(|host| !host.is_empty() && check.holds(host)).collect();
        if known.is_empty() {
            return otherwise.as_ref().map_or(Truth::Unknown, |pattern| Truth::of(pattern.is_match(value)));
        }
        let asked = host(value).to_ascii_lowercase();
        // A name without domain is looked up with one.
        let short = asked.split('.').next().is_some_and(|label| known.contains(label));
        Truth::of(known.contains(&asked) || short)
    }
}
