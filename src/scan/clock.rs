//! What the lines of a device tell of its clock: its own stamps beside those of the collector that received them, and
//! the flags IOS puts before a stamp.

use super::ends::Ends;
use crate::formats::time::{Clock, Stamp};

/// Lines with both stamps that are kept from the begin of an artifact, and as many from its end.
const KEPT: usize = 32;

/// The clock of one device in one artifact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClockSeen {
    /// Lines with both stamps, of the few devices that have some.
    received: Option<Box<Ends<Received>>>,
    /// Lines that carry the device's own stamp.
    pub own: u64,
    /// Lines that carry the collector's stamp only.
    pub relayed: u64,
    /// Steps between neighbouring lines that go forward in time.
    pub forward: u64,
    /// Those that go back: an export with the newest line first.
    pub backward: u64,
    /// The last flag seen.
    pub(super) flag: Option<Clock>,
    /// Whether the line before states a year, and its time.
    /// Whether the stamp before had a year, what its clock was, and the milliseconds it showed.
    previous: Option<((bool, Clock), i64)>,
}

/// The times stated in a text, or in a capture: of those with a year the earliest and the latest, of those without the
/// first and the last as they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times {
    dated: Option<Box<(Stamp, Stamp)>>,
    undated: Option<Box<(Stamp, Stamp)>>,
}

impl Times {
    /// Adds one.
    pub(super) fn add(&mut self, stamp: &Stamp) {
        let known = if stamp.has_year() { &mut self.dated } else { &mut self.undated };
        let Some(known) = known else { return *known = Some(Box::new((stamp.clone(), stamp.clone()))) };
        let (first, last) = known.as_mut();
        match stamp.unix_seconds() {
            _ if !stamp.has_year() => *last = stamp.clone(),
            seconds if seconds < first.unix_seconds() => *first = stamp.clone(),
            seconds if seconds > last.unix_seconds() => *last = stamp.clone(),
            _ => {}
        }
    }

    /// Those kept, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Stamp> {
        self.dated.iter().chain(&self.undated).map(|known| known.as_ref()).flat_map(|(first, last)| [first, last])
    }
}

/// One line with both stamps.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// By the device's clock.
    pub device: Stamp,
    /// By the collector's.
    pub relay: Stamp,
    /// The line.
    pub line: u64,
}

impl ClockSeen {
    /// Takes a line with both stamps.
    pub(super) fn received(&mut self, received: Received) {
        self.received.get_or_insert_with(|| Box::new(Ends::of(KEPT))).add(received);
    }

    /// The kept lines with both stamps, in order.
    pub fn samples(&self) -> impl Iterator<Item = &Received> {
        self.received.iter().flat_map(|received| received.iter())
    }

    /// Takes the time of the next line of the text.
    pub(super) fn step(&mut self, stamp: &Stamp) {
        let (now, kind) = (stamp.wall_millis(), (stamp.has_year(), stamp.clock));
        // Where a clock was set between the two, it stepped, not the text.
        if let Some((before_kind, before)) = self.previous.replace((kind, now))
            && before_kind == kind
        {
            let mut step = now - before;
            // Without years a step over New Year looks like one of nearly a year back.
            const HALF_YEAR: i64 = 183 * 86_400_000;
            if !stamp.has_year() && step.abs() > HALF_YEAR {
                step = -step;
            }
            self.forward += u64::from(step > 0);
            self.backward += u64::from(step < 0);
        }
    }

    /// Whether the text runs from the newest line to the oldest.
    pub fn newest_first(&self) -> bool {
        self.backward > self.forward
    }
}

/// The word for a flag, as `show clock` facts have it.
pub(super) fn flag_word(clock: Clock) -> &'static str {
    match clock {
        Clock::Trusted => "trusted",
        Clock::NeverSet => "not set",
        Clock::Lost => "lost",
    }
}
