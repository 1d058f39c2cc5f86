//! Which signals match the events of a capture, remembered by the values that signals ask for: the same events come again
//! and again, and only the first of them is judged.

use std::collections::HashMap;
use std::rc::Rc;

use chrono::Datelike;

use super::assemble::Assembler;
use crate::formats::event::Event;
use crate::formats::time::Stamp;
use crate::rules::library::SignalId;

/// Bytes of all values that are remembered, and the most of one event.
const REMEMBERED: usize = 1 << 20;
const LONGEST: usize = 16 << 10;

/// What is remembered.
#[derive(Default)]
pub(super) struct Judged {
    kinds: HashMap<&'static str, Asked>,
    bytes: usize,
    /// The values of the event at hand.
    values: Vec<u8>,
}

/// What signals ask of events of one kind, and what they said.
struct Asked {
    fields: Vec<String>,
    /// The day of the event decides too.
    dated: bool,
    known: HashMap<Box<[u8]>, Rc<[SignalId]>>,
}

impl Judged {
    /// The signals that match.
    pub(super) fn signals(&mut self, event: &Event, assembler: &Assembler<'_>) -> Rc<[SignalId]> {
        let asked = self.kinds.entry(event.kind).or_insert_with(|| Asked::of(event.kind, assembler));
        asked.values(event, &mut self.values);
        if let Some(known) = asked.known.get(self.values.as_slice()) {
            return Rc::clone(known);
        }
        let signals: Rc<[SignalId]> = assembler.signals_for(event).into();
        let bytes = self.values.len() + size_of::<(Box<[u8]>, Rc<[SignalId]>)>();
        if bytes <= LONGEST {
            asked.known.insert(self.values.as_slice().into(), Rc::clone(&signals));
            self.bytes += bytes;
        }
        if self.bytes > REMEMBERED {
            self.kinds.clear();
            self.bytes = 0;
        }
        signals
    }
}

impl Asked {
    fn of(kind: &str, assembler: &Assembler<'_>) -> Self {
        let mut fields: Vec<String> = assembler.tests_of(kind).map(|(field, _)| field.clone()).collect();
        fields.sort_unstable();
        fields.dedup();
        let dated = assembler.tests_of(kind).any(|(_, check)| !check.dates.is_empty());
        Self { fields, dated, known: HashMap::new() }
    }

    /// All that the verdict depends on.
    fn values(&self, event: &Event, values: &mut Vec<u8>) {
        values.clear();
        for field in &self.fields {
            let value = event.field(field).unwrap_or("");
            values.extend((value.len() as u64).to_le_bytes());
            values.extend_from_slice(value.as_bytes());
        }
        if self.dated
            && let Some(day) = event.time.as_ref().and_then(Stamp::date)
        {
            values.extend(day.num_days_from_ce().to_le_bytes());
        }
    }
}
