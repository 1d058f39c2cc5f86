//! Which signals match the events of a capture. The same values come again with every connection, so what tests say of a value
//! is remembered, and most events are judged without a regular expression.

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
    fields: Vec<Field<'a>>,
    signals: Vec<Asking<'a>>,
    /// Of every test whether it holds for the event at hand.
    holds: Vec<bool>,
}

struct Field<'a> {
    name: &'a str,
    /// Each with its number, and in words: several signals put the same.
    tests: Vec<(usize, &'a Check, String)>,
    /// Values, and the tests that hold for them.
    known: HashMap<Box<str>, Rc<[usize]>, Keyed>,
    bytes: usize,
}

struct Asking<'a> {
    id: SignalId,
    signal: &'a Signal,
    tests: Vec<usize>,
    /// It compares dates too, which depends on more than one value.
    dated: bool,
}

impl<'a> Judged<'a> {
    /// The signals that match.
    pub(super) fn signals(&mut self, event: &Event, assembler: &Assembler<'a>) -> Vec<SignalId> {
        self.0.entry(event.kind).or_insert_with(|| Kind::of(event.kind, assembler)).signals(event)
    }
}

impl<'a> Kind<'a> {
    fn of(kind: &str, assembler: &Assembler<'a>) -> Self {
        let mut fields: Vec<Field<'a>> = Vec::new();
        let mut count = 0;
        let mut asking = |(id, signal): (SignalId, &'a Signal)| {
            let with = if let Matcher::Event { with, .. } = &signal.matcher { with.as_slice() } else { &[] };
            let tests = with.iter().map(|(name, check)| {
                let at = fields.iter().position(|field| field.name == name).unwrap_or_else(|| {
                    fields.push(Field { name, tests: Vec::new(), known: HashMap::default(), bytes: 0 });
                    fields.len() - 1
                });
                let words = format!("{check:?}");
                let tests = fields.get_mut(at).map(|field| &mut field.tests);
                if let Some((number, ..)) = tests.iter().flat_map(|tests| tests.iter()).find(|(.., known)| *known == words) {
                    return *number;
                }
                tests.into_iter().for_each(|tests| tests.push((count, check, words.clone())));
                count += 1;
                count - 1
            });
            Asking { id, signal, tests: tests.collect(), dated: with.iter().any(|(_, check)| !check.dates.is_empty()) }
        };
        let signals = assembler.signals_of(kind).map(&mut asking).collect();
        Self { fields, signals, holds: vec![false; count] }
    }

    fn signals(&mut self, event: &Event) -> Vec<SignalId> {
        let Self { fields, signals, holds } = self;
        holds.fill(false);
        for field in fields {
            for test in field.holding(event.field(field.name).unwrap_or("")).iter() {
                if let Some(holds) = holds.get_mut(*test) {
                    *holds = true;
                }
            }
        }
        let matches = |asking: &&Asking<'a>| {
            let holds = |test: &usize| holds.get(*test) == Some(&true);
            asking.tests.iter().all(holds) && (!asking.dated || fits(asking.signal, event))
        };
        signals.iter().filter(matches).map(|asking| asking.id).collect()
    }
}

impl Field<'_> {
    /// The tests that hold for a value.
    fn holding(&mut self, value: &str) -> Rc<[usize]> {
        if let Some(known) = self.known.get(value) {
            return Rc::clone(known);
        }
        let holding: Rc<[usize]> = self.tests.iter().filter(|(_, check, _)| check.holds(value)).map(|(number, ..)| *number).collect();
        if value.len() <= LONGEST {
            let bytes = size_of::<(Box<str>, Rc<[usize]>)>() + value.len() + size_of_val(&*holding);
            if self.bytes + bytes > REMEMBERED {
                self.known.clear();
                self.bytes = 0;
            }
            self.bytes += bytes;
            self.known.insert(value.into(), Rc::clone(&holding));
        }
        holding
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
