//! How the clock of a device stands to other clocks: those of the collectors that received its messages.
//!
//! A collector that states no zone, or a device that states none, may be in another zone: a difference of whole half
//! hours up to 14 hours, or of hours and 45 minutes, is taken for that, give or take a few minutes, and only the rest is
//! a skew. A message may lie for long before it is received, but none is received before it is written: where both state
//! their offsets, one line of a clock that is ahead is enough. The name of a zone is what somebody typed, and may be another's.

use std::sync::Arc;

use super::device::Sample;
use crate::formats::event::Place;
use crate::formats::time::{Stamp, Zone};
use crate::report::composed::{STAMPS, filled};
use crate::scan::clock::Received;
use crate::scan::evidence::Subject;

/// Lines with both stamps before anything is concluded from them.
const LEAST: usize = 3;
/// Zones differ by whole half hours, in seconds.
const HALF_HOUR: i64 = 1_800;
/// A few are a quarter before the hour, in seconds: Nepal, Chatham, Eucla.
const HOUR: i64 = 3_600;
const QUARTER_TO: i64 = 2_700;
/// The zones farthest from each other that people use side by side, in seconds.
const FARTHEST_ZONE: i64 = 14 * 3_600;
/// How far a difference may be from whole half hours and still be one of zones, in seconds.
const NEAR: i64 = 300;
/// Skews below it order nothing differently, in seconds: messages wait that long on their way.
const SLIGHT: i64 = 60;

/// The clock of one device in one artifact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// Seconds by which the clock is ahead.
    pub skew: i64,
    /// Seconds east of UTC of stamps that state no zone.
    pub zone: i64,
}

/// What the lines of one artifact tell.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// Seconds by which the clock is ahead of the collector's.
    pub skew: i64,
    /// Seconds by which the device's zone is east of the collector's; `None` where both state theirs.
    pub zone: Option<i64>,
    /// How many lines were compared.
    pub lines: usize,
    /// The line that stands for all.
    sample: Received,
}

/// Compares the device's stamps with the collector's, by the median.
pub(super) fn read<'a>(samples: impl Iterator<Item = &'a Received>) -> Option<Reading> {
    let mut differences: Vec<(bool, i64, &Received)> = samples
        .map(|received| {
            let certain = received.device.offset().is_some() && received.relay.offset().is_some();
            let zones = if certain { i64::from(received.device.offset()? - received.relay.offset()?) * 60_000 } else { 0 };
            let millis = received.device.wall_millis() - received.relay.wall_millis() - zones;
            (received.device.has_year() == received.relay.has_year()).then_some((
                certain,
                (millis as f64 / 1000.0).round() as i64,
                received,
            ))
        })
        .collect::<Option<_>>()?;
    let certain = differences.iter().filter(|(certain, ..)| *certain).count() * 2 > differences.len();
    differences.retain(|(known, ..)| *known == certain);
    differences.sort_by_key(|(_, seconds, received)| (*seconds, received.line));
    let stated = |received: &Received| [&received.device, &received.relay].iter().all(|stamp| matches!(stamp.zone, Zone::Offset(_)));
    let ahead = certain && differences.iter().all(|(_, seconds, received)| *seconds >= SLIGHT && stated(received));
    if differences.len() < LEAST && !ahead {
        return None;
    }
    let (_, seconds, sample) = differences.get(differences.len() / 2)?;
    let zone = if certain { 0 } else { zone(*seconds) };
    Some(Reading { skew: seconds - zone, zone: (!certain).then_some(zone), lines: differences.len(), sample: (*sample).clone() })
}

/// The difference of two zones that a difference of two clocks is near to, in seconds; 0 where it is near to none.
fn zone(seconds: i64) -> i64 {
    let halves = (seconds as f64 / HALF_HOUR as f64).round() as i64 * HALF_HOUR;
    let quarter_to = seconds.signum() * (seconds.abs() / HOUR * HOUR + QUARTER_TO);
    let near = |zone: &i64| zone.abs() <= FARTHEST_ZONE && (seconds - zone).abs() <= NEAR;
    [halves, quarter_to].into_iter().filter(|zone| *zone == halves || zone.abs() > HOUR).find(near).unwrap_or(0)
}

impl Reading {
    /// What to subtract from the device's stamps.
    pub(super) fn correction(&self) -> Correction {
        let collector = i64::from(self.sample.relay.offset().unwrap_or(0)) * 60;
        let zone = self.zone.map_or(0, |zone| collector + zone);
        Correction { skew: if self.skew.abs() < SLIGHT { 0 } else { self.skew }, zone }
    }

    /// The facts it makes, by name.
    pub(super) fn facts(&self, artifact: usize) -> Vec<(&'static str, Sample)> {
        let received = &self.sample;
        let place = Some(Place::Line(received.line));
        let told = |stamp: &Stamp| stamp.rfc3339().unwrap_or_else(|| stamp.short());
        let excerpt: Arc<str> = filled(STAMPS, &[&told(&received.device), &told(&received.relay)]).into();
        let sample =
            |value: String| Sample { value, excerpt: excerpt.clone(), artifact, place, time: Some(received.relay.clone()), past: false };
        let mut facts = vec![
            ("clock.skew_seconds", sample(self.skew.to_string())),
            (
                "clock.skew_from",
                sample(format!("the collector's time of receipt, {} {}", self.lines, if self.lines == 1 { "line" } else { "lines" })),
            ),
        ];
        if let Some(zone) = self.zone.filter(|zone| *zone != 0) {
            facts.push(("clock.zone_from_collector", sample(signed_hours(zone))));
        }
        facts
    }
}

/// `-09:00`.
fn signed_hours(seconds: i64) -> String {
    let minutes = seconds.abs() / 60;
    format!("{}{:02}:{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

/// Whether the stamps of a subject are the collector's and not its own.
pub(super) fn is_collectors(subject: &Subject) -> bool {
    subject.clock.relayed > subject.clock.own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::syslog;

    fn reading(head: impl Fn(u32) -> String) -> Option<(i64, Option<i64>)> {
        let samples: Vec<Received> = (0..5)
            .map(|n| {
                let line = format!("{}: %SMART_LIC-3-X: x", head(n));
                let header = syslog::parse(&line).unwrap();
                Received { device: header.stamp.unwrap(), relay: header.relay.unwrap(), line: u64::from(n) }
            })
            .collect();
        read(samples.iter()).map(|reading| (reading.skew, reading.zone))
    }

    #[test]
    fn zones_are_no_skew_and_the_median_is_not_moved_by_one_late_line() {
        let case = |relay: &str, device: &str| {
            reading(|n| {
                let late = if n == 4 { "09:59:59" } else { "09:19:45" };
                format!("{} 10.1.1.1 4{n}: {device}", relay.replace("09:19:45", late))
            })
        };
        for (relay, device, expected) in [
            ("Aug 23 09:19:45", "*Aug 23 09:19:43.000", Some((-2, Some(0)))),
            // JST against UTC, no zone stated: nine hours are a zone.
            ("Aug 23 09:19:45", "Aug 23 00:19:43.000", Some((-2, Some(-9 * 3600)))),
            ("2021-08-23T09:19:45+09:00", "Aug 23 00:19:43.000", Some((-2, Some(-9 * 3600)))),
            // The same with both zones stated.
            ("2021-08-23T09:19:45+09:00", "Aug 23 2021 00:19:43.000 UTC", Some((-2, None))),
            ("2021-08-23T09:19:45+09:00", "Aug 23 2021 03:19:43.000 UTC", Some((3 * 3600 - 2, None))),
            ("2021-08-23T09:19:45+09:00", "Aug 23 2021 09:19:43.000 JST", Some((-2, None))),
            // No whole half hours.
            ("Aug 23 09:19:45", "Aug 23 10:06:45.000", Some((47 * 60, Some(0)))),
            // Nepal against UTC, and the same with a clock that is an hour and ten minutes ahead.
            ("Aug 23 09:19:45", "Aug 23 15:04:43.000", Some((-2, Some(20_700)))),
            ("Aug 23 09:19:45", "Aug 23 10:29:43.000", Some((4_198, Some(0)))),
            // A clock that never knew the year.
            ("2021-08-23T09:19:45Z", "*Mar  1 2002 09:19:45.000 UTC", Some((-614_736_000, None))),
        ] {
            assert_eq!(case(relay, device), expected, "{relay} {device}");
        }
    }

    #[test]
    fn few_lines_tell_nothing() {
        let line = "Aug 23 09:19:45 10.1.1.1 45: *Aug 23 08:00:43.000: %SMART_LIC-3-X: x";
        let header = syslog::parse(line).unwrap();
        let sample = Received { device: header.stamp.unwrap(), relay: header.relay.unwrap(), line: 1 };
        assert!(read([sample.clone(), sample].iter()).is_none());
    }

    #[test]
    fn no_message_is_received_before_it_is_written() {
        for (relay, device, expected) in [
            ("2024-05-14T08:15:02Z", "May 14 2024 10:15:02.119 UTC", Some(7_200)),
            ("2024-05-14T10:15:02+02:00", "May 14 2024 10:15:02.119 UTC", Some(7_200)),
            // It may have waited.
            ("2024-05-14T10:15:02Z", "May 14 2024 08:15:02.119 UTC", None),
            // `clock timezone CET 2`, or a clock that is an hour ahead.
            ("2024-05-14T08:15:02Z", "May 14 2024 10:15:02.119 CET", None),
            // The same moment in two zones.
            ("2024-05-14T08:15:02Z", "May 14 2024 10:15:02.119 CEST", None),
            // No zone stated, and a zone's name that means several.
            ("2024-05-14T08:15:02Z", "May 14 2024 10:15:02.119", None),
            ("2024-05-14T08:15:02Z", "May 14 2024 13:45:02.119 IST", None),
        ] {
            let line = format!("{relay} sw 12: {device}: %SMART_LIC-3-X: x");
            let header = syslog::parse(&line).unwrap();
            let sample = Received { device: header.stamp.unwrap(), relay: header.relay.unwrap(), line: 1 };
            let found = read([sample].iter());
            assert_eq!(found.as_ref().map(|reading| reading.skew), expected, "{line}");
            let said = found.map(|reading| reading.facts(0)[1].1.value.clone());
            assert!(said.is_none_or(|said| said.ends_with("1 line")));
        }
    }
}
