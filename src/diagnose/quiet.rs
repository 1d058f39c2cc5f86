//! Failures that nobody saw end and nobody saw again: rules say of a message within how many days a device logs it again while its cause
//! lasts. Where the case knows the device for longer than that after the last one, the finding stays, and says how long.

use super::device::Device;
use super::evaluate::Verdict;
use crate::rules::library::{Library, Matcher};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Days that the case goes on to know the device after the last of the messages that speak for a verdict, where every one of them would
/// have come again by then. What an output shows, what a packet shows and what is logged once is no message of that kind.
pub(super) fn quiet_days(verdict: &Verdict<'_>, device: &Device, library: &Library) -> Option<u64> {
    let latest = device.latest.as_ref()?.unix_seconds()?;
    let speaking = verdict.items.iter().filter(|item| item.log_odds > 0.0).flat_map(|item| &item.leaves).filter(|leaf| leaf.is_evidence());
    let mut last: Option<i64> = None;
    let mut within = 0;
    for leaf in speaking {
        let Some(signal) = leaf.signal.and_then(|id| library.signals.get(id.0)) else { continue };
        let repeats = signal.repeats_within_days.filter(|_| matches!(signal.matcher, Matcher::Text { .. }))?;
        within = within.max(repeats);
        for (artifact, found) in leaf.matches.iter() {
            let stamp = found.time.as_ref().filter(|stamp| stamp.has_year())?;
            let seconds = device.timeline.corrected(*artifact, stamp).unix_seconds()?;
            last = Some(last.map_or(seconds, |last| last.max(seconds)));
        }
    }
    let quiet = u64::try_from((latest - last?) / DAY).ok()?;
    (quiet > u64::from(within)).then_some(quiet)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::tests::{finding, library, report};

    const SIGNALS: &str = "signals:
  - {id: failed, title: failed, text: 'failure with CSSM', repeats_within_days: 30}
  - {id: once, title: once, text: 'raised for good'}
  - {id: restored, title: restored, text: 'all is well'}
";
    const RULE: &str = "title: t\nkind: symptom\nseverity: low\nsummary: s\nended_by: [restored]\nevidence:\n";

    /// Days between sightings and the last line, by hand.
    #[test]
    fn silence_is_told_where_a_message_would_have_come_again() {
        let rule = |id: &str, when: &str| format!("id: {id}\n{RULE}  - {{when: {when}, weight: decisive}}\n");
        let (often, single, both) = (rule("often", "failed"), rule("single", "once"), rule("both", "{all: [failed, once]}"));
        let library = library(&[("signals/s.yaml", SIGNALS), ("a/often.yaml", &often), ("a/single.yaml", &single), ("a/both.yaml", &both)]);
        let line = |date: &str, text: &str| format!("{date} 10:00:00 UTC: %SMART_LIC-3-X: {text}\n");
        let november = line("Nov 14 2023", "failure with CSSM") + &line("Nov 14 2023", "raised for good");
        for (more, expected) in [
            (line("Feb 11 2024", "nothing of it"), Some(89)),
            (line("Dec 14 2023", "nothing of it"), None),
            (line("Dec 16 2023", "nothing of it"), Some(32)),
            (line("Jan 20 2024", "failure with CSSM") + &line("Feb 11 2024", "nothing of it"), None),
            (line("Nov 15 2023", "all is well") + &line("Feb 11 2024", "nothing of it"), None),
            (String::new(), None),
        ] {
            let report = report(&library, &[("a.log", &(november.clone() + &more))]);
            let often = finding(&report, "often");
            assert_eq!(often.quiet_days, expected, "{more}");
            assert_eq!(often.notes.len(), usize::from(expected.is_some()), "{:?}", often.notes);
            // What is logged once may be so still.
            assert_eq!((finding(&report, "single").quiet_days, finding(&report, "both").quiet_days), (None, None), "{more}");
        }
        let yearless = "Nov 14 10:00:00: %SMART_LIC-3-X: failure with CSSM\nFeb 11 10:00:00: %SMART_LIC-3-X: nothing of it\n";
        assert_eq!(finding(&report(&library, &[("a.log", yearless)]), "often").quiet_days, None);
    }
}
