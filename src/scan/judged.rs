//! Which signals match the events of a capture. The same values come again with every connection, so what tests say of a value
//! is remembered, and most events are judged without a regular expression.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::rc::Rc;

use super::assemble::{Assembler, fits};
use crate::formats::capture::Keyed;
use crate::formats::event::Event;
use crate::rules::check::Check;
use crate::rules::library::{Matcher, Signal, SignalId};

/// Bytes of the values of one field that are remembered, and the longest of them.
const REMEMBERED: usize = 256 << 10;
const LONGEST: usize = 16 << 10;

/// What is known of events by their kind.
#[derive(Default)]
pub(super) struct Judged<'a>(HashMap<&'static str, Kind<'a>>);

/// What signals ask of events of one kind.
struct Kind<'a> {
    /// Those first that most signals ask about: where none of them is left, the others need not be looked at.
    fields: Vec<Field<'a>>,
    signals: Vec<Asking<'a>>,
    /// All signals.
    all: Set,
    /// Signals that the event at hand may be for.
    left: Set,
}

/// Signals of a kind, a bit each.
type Set = Vec<u64>;

struct Field<'a> {
    name: &'a str,
    /// What is asked, each in words, with the signals that ask it: several put the same.
    tests: Vec<(&'a Check, String, Vec<usize>)>,
    /// Values, and the signals that have nothing against them.
    known: HashMap<Box<str>, Rc<[u64]>, Keyed>,
    bytes: usize,
}

struct Asking<'a> {
    id: SignalId,
    signal: &'a Signal,
    /// It compares dates too, which depends on more than one value.
    dated: bool,
}

impl<'a> Judged<'a> {
    /// The signals that match.
    pub(super) fn signals(&mut self, event: &Event, assembler: &Assembler<'a>) -> Vec<SignalId> {
        self.of(event.kind, assembler).signals(event)
    }

    /// Whether a signal could match an event of this kind with this value in one of its fields.
    pub(super) fn may_match(&mut self, kind: &'static str, field: &str, value: &str, assembler: &Assembler<'a>) -> bool {
        let Kind { fields, signals, all, .. } = self.of(kind, assembler);
        match fields.iter_mut().find(|known| known.name == field) {
            Some(field) => field.letting(value, all).iter().any(|word| *word != 0),
            None => !signals.is_empty(),
        }
    }

    fn of(&mut self, kind: &'static str, assembler: &Assembler<'a>) -> &mut Kind<'a> {
        self.0.entry(kind).or_insert_with(|| Kind::of(kind, assembler))
    }
}

impl<'a> Kind<'a> {
    fn of(kind: &str, assembler: &Assembler<'a>) -> Self {
        let mut fields: Vec<Field<'a>> = Vec::new();
        let mut signals = Vec::new();
        for (number, (id, signal)) in assembler.signals_of(kind).enumerate() {
            let with = if let Matcher::Event { with, .. } = &signal.matcher { with.as_slice() } else { &[] };
            for (name, check) in with {
                let at = fields.iter().position(|field| field.name == name).unwrap_or_else(|| {
                    fields.push(Field { name, tests: Vec::new(), known: HashMap::default(), bytes: 0 });
                    fields.len() - 1
                });
                let words = format!("{check:?}");
                let Some(Field { tests, .. }) = fields.get_mut(at) else { continue };
                match tests.iter_mut().find(|(_, known, _)| *known == words) {
                    Some((.., asking)) => asking.push(number),
                    None => tests.push((check, words, vec![number])),
                }
            }
            signals.push(Asking { id, signal, dated: with.iter().any(|(_, check)| !check.dates.is_empty()) });
        }
        fields.sort_by_key(|field| Reverse(field.tests.iter().map(|(.., asking)| asking.len()).sum::<usize>()));
        let mut all = vec![0; signals.len().div_ceil(64)];
        (0..signals.len()).for_each(|number| put(&mut all, number, true));
        Self { fields, signals, left: Vec::new(), all }
    }

    fn signals(&mut self, event: &Event) -> Vec<SignalId> {
        let Self { fields, signals, all, left } = self;
        left.clone_from(all);
        for field in fields {
            let letting = field.letting(event.field(field.name).unwrap_or(""), all);
            left.iter_mut().zip(letting.iter()).for_each(|(left, letting)| *left &= letting);
            if left.iter().all(|word| *word == 0) {
                return Vec::new();
            }
        }
        let numbered = signals.iter().enumerate().filter(|(number, _)| has(left, *number));
        numbered.filter(|(_, asking)| !asking.dated || fits(asking.signal, event)).map(|(_, asking)| asking.id).collect()
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

impl Field<'_> {
    /// Those of all signals that have nothing against a value.
    fn letting(&mut self, value: &str, all: &Set) -> Rc<[u64]> {
        if let Some(known) = self.known.get(value) {
            return Rc::clone(known);
        }
        let mut letting = all.clone();
        for (_, _, asking) in self.tests.iter().filter(|(check, ..)| !check.holds(value)) {
            asking.iter().for_each(|number| put(&mut letting, *number, false));
        }
        let letting: Rc<[u64]> = letting.into();
        if value.len() <= LONGEST {
            let bytes = size_of::<(Box<str>, Rc<[u64]>)>() + value.len() + size_of_val(&*letting);
            if self.bytes + bytes > REMEMBERED {
                self.known.clear();
                self.bytes = 0;
            }
            self.bytes += bytes;
            self.known.insert(value.into(), Rc::clone(&letting));
        }
        letting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::event::Place;
    use crate::formats::time;
    use crate::intake::{Content, LogicalPath};
    use crate::rules::load::{RuleText, load};
    use crate::scan::{Scanner, empty_scan};

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
        let assembler = Assembler::new(&scanner, empty_scan(LogicalPath::input("a.pcap"), Content::Pcap));
        let mut judged = Judged::default();
        let mut counts = Vec::new();
        for round in 0..3 {
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
                let found = judged.signals(&event, &assembler);
                let fitting = library.signals.iter().enumerate().filter(|(_, signal)| fits(signal, &event)).map(|(at, _)| SignalId(at));
                assert_eq!(found, fitting.collect::<Vec<_>>());
                counts.push(found.len());
            }
        }
        assert_eq!(counts, [4, 2, 1, 4].repeat(3));
        let long = Event {
            kind: "tls-alert",
            place: Place::Packet(1),
            time: None,
            fields: vec![("server_name", "x".repeat(LONGEST + 1))],
            text: String::new(),
        };
        assert_eq!(judged.signals(&long, &assembler).len(), 2);
        for number in 0..20_000 {
            let event = Event { fields: vec![("server_name", format!("{number}.example"))], ..long.clone() };
            judged.signals(&event, &assembler);
        }
        assert!(
            judged.0.values().flat_map(|kind| &kind.fields).all(|field| field.bytes <= REMEMBERED && field.known.len() * 40 <= REMEMBERED)
        );
    }
}
