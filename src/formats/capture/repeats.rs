//! Segments of one direction that are sent again and again, and what the receiver says it has.
//!
//! When its timer runs out a sender repeats its earliest segment that was not acknowledged, and waits twice as long each
//! time (RFC 6298, 5.4 to 5.6). One repetition is ordinary loss, and a fast retransmission may add another; the third
//! in a row of the same bytes comes after seconds in which nothing got through.

use super::stream::Moment;

/// How often the same bytes are sent before it is more than loss.
const SENDINGS: u64 = 4;

/// Copies of a packet that a mirror port makes come within this time; no timer is that short.
const COPY: i128 = 10_000_000;

/// Whether a packet comes too late after an earlier one to be its copy. True where a time is missing.
pub(super) fn apart(earlier: Moment, later: Moment) -> bool {
    let (Some(earlier), Some(later)) = (earlier.time, later.time) else { return true };
    let nanos = |seconds: i64, nanos: u32| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    nanos(later.seconds, later.nanos) - nanos(earlier.seconds, earlier.nanos) > COPY
}

/// Whether `one` lies before `other` on the circle of sequence numbers.
fn before(one: u32, other: u32) -> bool {
    (one.wrapping_sub(other) as i32) < 0
}

#[derive(Default)]
pub(super) struct Repeats {
    /// The number after the last byte that was sent.
    sent: Option<u32>,
    /// What the other side has, by its own word.
    acknowledged: Option<u32>,
    /// The latest packet with new bytes, or with a repetition that counts.
    latest: Option<Moment>,
    again: Option<Storm>,
    storm: Option<Storm>,
}

/// The same bytes, sent often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Storm {
    sequence: u32,
    /// The first repetition.
    pub(super) first: Moment,
    /// The latest repetition.
    pub(super) last: Moment,
    /// How often the bytes were sent, the first time included.
    pub(super) count: u64,
    /// How far the connection had got.
    pub(super) after: &'static str,
}

impl Repeats {
    /// Takes a segment that fills `length` numbers. `repeatable`: it has bytes that a timer sends again. A keep-alive or
    /// a probe of a closed window, of one byte, has none (RFC 9293, 3.8.4 and 3.8.6.1).
    pub(super) fn take(&mut self, sequence: u32, length: u32, repeatable: bool, at: Moment, after: impl FnOnce() -> &'static str) {
        let end = sequence.wrapping_add(length);
        let Some(sent) = self.sent else {
            (self.sent, self.latest) = (Some(end), Some(at));
            return;
        };
        let copy = self.latest.is_some_and(|latest| !apart(latest, at));
        if before(sent, end) {
            (self.sent, self.latest) = (Some(end), Some(at));
        }
        if !repeatable || !before(sequence, sent) || copy {
            return;
        }
        self.latest = Some(at);
        let storm = match self.again {
            Some(again) if again.sequence == sequence => Storm { last: at, count: again.count + 1, ..again },
            // Later bytes are repeated beside the earliest, which still lack their answer.
            Some(again) if before(again.sequence, sequence) && self.acknowledged.is_some_and(|known| !before(again.sequence, known)) => {
                return;
            }
            _ => Storm { sequence, first: at, last: at, count: 2, after: after() },
        };
        self.again = Some(storm);
        if storm.count >= SENDINGS && self.storm.is_none_or(|worst| storm.count > worst.count) {
            self.storm = Some(storm);
        }
    }

    /// The other side says that it has everything before `number`.
    pub(super) fn acknowledge(&mut self, number: u32) {
        if self.acknowledged.is_none_or(|known| before(known, number)) {
            self.acknowledged = Some(number);
        }
    }

    /// The bytes sent most often, where that was often enough, and whether the other side said that it has them.
    pub(super) fn storm(&self) -> Option<(Storm, bool)> {
        let storm = self.storm?;
        Some((storm, self.acknowledged.is_some_and(|known| before(storm.sequence, known))))
    }

    /// Whether the other side has all that was sent.
    pub(super) fn arrived(&self) -> bool {
        matches!((self.sent, self.acknowledged), (Some(sent), Some(known)) if !before(known, sent))
    }

    /// Whether the other side has bytes that were not captured.
    pub(super) fn lacks(&self) -> bool {
        match (self.sent, self.acknowledged) {
            (Some(sent), Some(known)) => before(sent, known),
            (None, known) => known.is_some(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::container::Time;
    use super::*;

    fn at(packet: u64, milliseconds: u32) -> Moment {
        let time = Time { seconds: i64::from(milliseconds / 1_000), nanos: milliseconds % 1_000 * 1_000_000 };
        Moment { packet, time: Some(time) }
    }

    #[test]
    fn what_a_timer_repeats_is_told_from_loss_copies_and_keep_alives() {
        const NEAR_WRAP: u32 = u32::MAX - 49;
        type Sent = (u32, u32, u32);
        // (milliseconds, sequence, length), and the first repetition's packet with how often the worst was sent
        type Case = (&'static str, &'static [Sent], Option<(u64, u64)>);
        let cases: [Case; 9] = [
            ("timer", &[(0, 0, 100), (1_000, 0, 100), (3_000, 0, 100), (7_000, 0, 100)], Some((2, 4))),
            ("two repetitions are loss", &[(0, 0, 100), (1_000, 0, 100), (3_000, 0, 100)], None),
            ("copies of a mirror port", &[(0, 0, 100), (1, 0, 100), (2, 0, 100), (3, 0, 100), (4, 0, 100)], None),
            ("each repetition twice", &[(0, 0, 100), (0, 0, 100), (1_000, 0, 100), (1_001, 0, 100), (3_000, 0, 100)], None),
            ("keep-alives", &[(0, 0, 100), (1_000, 99, 1), (2_000, 99, 1), (3_000, 99, 1), (4_000, 99, 1)], None),
            ("different bytes", &[(0, 0, 300), (100, 0, 100), (200, 100, 100), (300, 200, 100), (400, 300, 100)], None),
            (
                "across the end of numbers",
                &[(0, NEAR_WRAP, 100), (300, NEAR_WRAP, 100), (900, NEAR_WRAP, 100), (2_100, NEAR_WRAP, 100), (4_500, NEAR_WRAP, 100)],
                Some((2, 5)),
            ),
            ("in smaller pieces", &[(0, 0, 300), (300, 0, 100), (900, 0, 100), (2_100, 0, 50)], Some((2, 4))),
            ("new bytes between", &[(0, 0, 100), (300, 0, 100), (400, 100, 50), (900, 0, 100), (2_100, 0, 100)], Some((2, 4))),
        ];
        for (name, sent, expected) in cases {
            let mut repeats = Repeats::default();
            for (number, (milliseconds, sequence, length)) in sent.iter().enumerate() {
                repeats.take(*sequence, *length, *length > 1, at(number as u64 + 1, *milliseconds), || "connect");
            }
            let found = repeats.storm().map(|(storm, _)| (storm.first.packet, storm.count));
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn what_the_other_side_has_is_known() {
        let mut repeats = Repeats::default();
        repeats.take(u32::MAX, 100, true, at(1, 0), || "connect");
        assert!((!repeats.arrived(), !repeats.lacks()) == (true, true));
        repeats.acknowledge(99);
        assert!((repeats.arrived(), !repeats.lacks()) == (true, true));
        repeats.acknowledge(50);
        repeats.acknowledge(100);
        assert!((repeats.arrived(), repeats.lacks()) == (true, true));
    }
}
