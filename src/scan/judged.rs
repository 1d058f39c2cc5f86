//! Which signals match the events of a capture. The same values come again with every connection, so what tests say of a value
//! is remembered, and most events are judged without a regular expression.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::Scanner;
use super::assemble::fits;
use crate::formats::capture::Keyed;
use crate::formats::event::Event;
use crate::rules::check::Check;
use crate::rules::library::{Library, Matcher, SignalId};
use crate::rules::text::Text;

/// Bytes of the values of one field that are remembered, and the longest of them.
const REMEMBERED: usize = 256 << 10;
const LONGEST: usize = 16 << 10;

/// What is known of events by their kind.
#[derive(Debug, Default)]
pub(super) struct Judged(HashMap<&'static str, Kind>);

/// What signals ask of events of one kind.
#[derive(Debug)]
struct Kind {
    /// Those first that most signals ask about: where none of them is left, the others need not be looked at.
    fields: Vec<Field>,
    signals: Vec<Asking>,
    /// All signals.
    all: Set,
    /// Signals that the event at hand may be for.
    left: Set,
}

/// Signals of a kind, a bit each.
type Set = Vec<u64>;

#[derive(Debug)]
struct Field {
    name: String,
    /// What is asked, with the signals that ask it: several put the same.
    tests: Vec<(Asked, Vec<usize>)>,
    /// Values, and the signals that have nothing against them.
    known: HashMap<Box<str>, Arc<[u64]>, Keyed>,
    bytes: usize,
}

/// A test of the library: one of those that a signal makes.
#[derive(Clone, Copy, Debug)]
struct Asked(SignalId, usize);

#[derive(Debug)]
struct Asking {
    id: SignalId,
    /// It compares dates too, which depends on more than one value.
    dated: bool,
}

impl Judged {
    /// The signals that match.
    pub(super) fn signals(&mut self, event: &Event, scanner: &Scanner<'_>) -> Vec<SignalId> {
        self.of(event.kind, scanner).signals(event, scanner.library)
    }

    /// Whether a signal could match an event of this kind with this value in one of its fields.
    pub(super) fn may_match(&mut self, kind: &'static str, field: &str, value: &str, scanner: &Scanner<'_>) -> bool {
        let Kind { fields, signals, all, .. } = self.of(kind, scanner);
        match fields.iter_mut().find(|known| known.name == field) {
            Some(field) => field.letting(value, all, scanner.library).iter().any(|word| *word != 0),
            None => !signals.is_empty(),
        }
    }

    fn of(&mut self, kind: &'static str, scanner: &Scanner<'_>) -> &mut Kind {
        self.0.entry(kind).or_insert_with(|| Kind::of(kind, scanner))
    }
}

/// The fields of events that a signal tests.
fn tests(library: &Library, id: SignalId) -> &[(Text, Check)] {
    let Some(Matcher::Event { with, .. }) = library.signals.get(id.0).map(|signal| &signal.matcher) else { return &[] };
    with
}

impl Asked {
    fn check(self, library: &Library) -> Option<&Check> {
        tests(library, self.0).get(self.1).map(|(_, check)| check)
    }
}

impl Kind {
    fn of(kind: &str, scanner: &Scanner<'_>) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        // The tests in words.
        let mut words: HashMap<(usize, String), usize> = HashMap::new();
        let mut signals = Vec::new();
        for (number, id) in scanner.signals_of(kind).iter().copied().enumerate() {
            let with = tests(scanner.library, id);
            for (test, (name, check)) in with.iter().enumerate() {
                let at = fields.iter().position(|field| field.name == *name).unwrap_or_else(|| {
                    fields.push(Field { name: name.as_str().to_owned(), tests: Vec::new(), known: HashMap::default(), bytes: 0 });
                    fields.len() - 1
                });
                let Some(Field { tests, .. }) = fields.get_mut(at) else { continue };
                let known = *words.entry((at, format!("{check:?}"))).or_insert(tests.len());
                match tests.get_mut(known) {
                    Some((_, asking)) => asking.push(number),
                    None => tests.push((Asked(id, test), vec![number])),
                }
            }
            signals.push(Asking { id, dated: with.iter().any(|(_, check)| !check.dates.is_empty()) });
        }
        fields.sort_by_key(|field| Reverse(field.tests.iter().map(|(_, asking)| asking.len()).sum::<usize>()));
        let mut all = vec![0; signals.len().div_ceil(64)];
        (0..signals.len()).for_each(|number| put(&mut all, number, true));
        Self { fields, signals, left: Vec::new(), all }
    }

    fn signals(&mut self, event: &Event, library: &Library) -> Vec<SignalId> {
        let Self { fields, signals, all, left } = self;
        left.clone_from(all);
        for field in fields {
            let letting = field.letting(event.field(&field.name).unwrap_or(""), all, library);
            left.iter_mut().zip(letting.iter()).for_each(|(left, letting)| *left &= letting);
            if left.iter().all(|word| *word == 0) {
                return Vec::new();
            }
        }
        let numbered = signals.iter().enumerate().filter(|(number, _)| has(left, *number)).map(|(_, asking)| asking);
        let fits = |id: SignalId| library.signals.get(id.0).is_some_and(|signal| fits(signal, event));
        numbered.filter(|asking| !asking.dated || fits(asking.id)).map(|asking| asking.id).collect()
    }
}

fn put(set: &mut [u64], number: usize, member: bool) {
    if let Some(word) = set.get_mut(number / 64) {
        let bit = 1 << (number % 64);
        *word = if member { *word | bit } else { *word & !bit };
    }
}

fn has(set: &[u64], number: usize) -> bool {
    set.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
}

impl Field {
    /// Those of all signals that have nothing against a value.
    fn letting(&mut self, value: &str, all: &Set, library: &Library) -> Arc<[u64]> {
        if let Some(known) = self.known.get(value) {
            return Arc::clone(known);
        }
        let mut letting = all.clone();
        let fails = |asked: &Asked| asked.check(library).is_some_and(|check| !check.holds(value));
        for (_, asking) in self.tests.iter().filter(|(asked, _)| fails(asked)) {
            asking.iter().for_each(|number| put(&mut letting, *number, false));
        }
        let letting: Arc<[u64]> = letting.into();
        if value.len() <= LONGEST {
            let bytes = size_of::<(Box<str>, Arc<[u64]>)>() + value.len() + size_of_val(&*letting);
            if self.bytes + bytes > REMEMBERED {
                self.known.clear();
                self.bytes = 0;
            }
            self.bytes += bytes;
            self.known.insert(value.into(), Arc::clone(&letting));
        }
        letting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::event::Place;
    use crate::formats::time;
    use crate::rules::load::{RuleText, load};

    /// Beside [`fits`], which remembers nothing.
    #[test]
    fn what_is_remembered_is_what_would_be_judged() {
        let text = "signals:
  - {id: any, title: a, event: tls-alert}
  - {id: from, title: a, event: tls-alert, with: {from: client}}
  - {id: both, title: a, event: tls-alert, with: {from: client, server_name: {matches: 'a\\.example'}}}
  - {id: lacks, title: a, event: tls-alert, with: {server_name: {lacks: 'example'}}}
  - {id: dated, title: a, event: tls-alert, with: {from: client, time: {since: '2024-01-01'}}}
";
        let library = load(&[RuleText { name: "signals/s.yaml".to_owned(), text: text.to_owned() }]).unwrap();
        let scanner = Scanner::new(&library);
        let mut counts = Vec::new();
        for round in 0..3 {
            // Each as one capture after the other.
            let mut judged = scanner.judged.take();
            for (from, name, year) in
                [("client", "a.example", 2025), ("client", "b.example", 2023), ("server", "a.example", 2025), ("client", "", 2025)]
            {
                let event = Event {
                    kind: "tls-alert",
                    place: Place::Packet(round),
                    time: time::find_date(&format!("{year}-05-05T10:00:00Z")),
                    fields: vec![("from", from.to_owned()), ("server_name", name.to_owned())],
                    text: String::new(),
                };
                let found = judged.signals(&event, &scanner);
                let fitting = library.signals.iter().enumerate().filter(|(_, signal)| fits(signal, &event)).map(|(at, _)| SignalId(at));
                assert_eq!(found, fitting.collect::<Vec<_>>());
                counts.push(found.len());
            }
            scanner.judged.give(judged);
        }
        assert_eq!(counts, [4, 2, 1, 4].repeat(3));
        let mut judged = scanner.judged.take();
        let long = Event {
            kind: "tls-alert",
            place: Place::Packet(1),
            time: None,
            fields: vec![("server_name", "x".repeat(LONGEST + 1))],
            text: String::new(),
        };
        assert_eq!(judged.signals(&long, &scanner).len(), 2);
        for number in 0..20_000 {
            let event = Event { fields: vec![("server_name", format!("{number}.example"))], ..long.clone() };
            judged.signals(&event, &scanner);
        }
        assert!(
            judged.0.values().flat_map(|kind| &kind.fields).all(|field| field.bytes <= REMEMBERED && field.known.len() * 40 <= REMEMBERED)
        );
    }
}
