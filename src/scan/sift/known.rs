//! What holds on messages that came before. A device says the same again and again, behind another time, name and number:
//! what was found in a message is in it again, and only what its head may add is tried anew.
//!
//! A message is what a line holds from its first percent sign on. A pattern that is found in one is found on every line that
//! ends with it, since nothing but the byte before it is looked at (and that is compared too). A pattern that is not found
//! in one may still begin in the head: it needs certain words ([`Needed`](crate::scan::needed::Needed)), and where some of
//! them are missing in the message they are looked for in the head. What can be told neither way is tried.

use std::hash::BuildHasher as _;

use memchr::memchr;

use super::Says;
use super::trial::{Trial, is_anywhere};
use crate::formats::capture::Keyed;
use crate::rules::library::Matcher;
use crate::scan::gate::Target;

/// Messages that are known at a time, and bytes of the longest of them.
const MESSAGES: usize = 512;
const LONGEST: usize = 1024;

/// Messages that were met, each at the place that its hash says.
#[derive(Debug, Default)]
pub(in crate::scan) struct Known {
    slots: Vec<Slot>,
    hashing: Keyed,
}

#[derive(Debug, Default)]
struct Slot {
    /// The hash of the message that was met here last: one that comes once is not worth more.
    met: u64,
    message: Option<Box<Message>>,
}

#[derive(Debug)]
struct Message {
    /// The text, with the byte before it.
    text: Box<[u8]>,
    /// The literals on its line.
    literals: Box<[u32]>,
    /// What may hold on such lines, in order.
    candidates: Vec<(Target, Standing)>,
}

/// What a message says of a candidate.
#[derive(Debug)]
enum Standing {
    Holds,
    /// It does not, unless a word of these sets, one of each way to need something, stands in the head.
    Lacks(Box<[usize]>),
    Open,
}

impl Known {
    /// What holds on a line with these literals, and what of the text behind it had a say.
    pub(super) fn holding(&mut self, mut trial: Trial<'_>, literals: &[u32], targets: &mut Vec<Target>) -> Says {
        let text = trial.text;
        if self.slots.is_empty() {
            self.slots.resize_with(MESSAGES, Slot::default);
        }
        let start = memchr(b'%', text.as_bytes()).filter(|at| *at > 0 && text.len() - at < LONGEST && text.is_ascii());
        let message = start.and_then(|start| text.as_bytes().get(start - 1..)).unwrap_or_default();
        let hash = self.hashing.hash_one((message, literals));
        let slot = self.slots.get_mut(hash as usize % MESSAGES);
        let (Some(start), Some(slot)) = (start, slot) else {
            trial.scanner.gate.targets_of(literals, targets);
            return trial.sifted(targets);
        };
        if let Some(known) = slot.message.as_deref().filter(|known| *known.text == *message && *known.literals == *literals) {
            targets.clear();
            targets.extend(
                known.candidates.iter().filter(|(target, standing)| standing.holds(*target, &mut trial, start)).map(|known| known.0),
            );
            trial.finish(targets);
            return Says::of(known.candidates.iter().map(|(target, _)| target));
        }
        trial.scanner.gate.targets_of(literals, targets);
        if slot.met == hash {
            slot.message = Some(Box::new(Message::of(&mut trial, start, literals, targets)));
        }
        slot.met = hash;
        trial.sifted(targets)
    }
}

impl Message {
    /// Finds out what the message that starts at `start` says of each candidate on its line.
    fn of(trial: &mut Trial<'_>, start: usize, literals: &[u32], targets: &[Target]) -> Self {
        let text = trial.text;
        let mut candidates: Vec<_> = targets.iter().map(|target| (*target, Standing::of(*target, trial, start))).collect();
        let accounts = |(target, standing): &(Target, Standing)| matches!((target, standing), (Target::Signal(id), Standing::Holds) if is_anywhere(trial.scanner, *id));
        let ordinary = || trial.scanner.library.ordinary.iter().any(|pattern| pattern.is_match_from(text, start));
        if targets.contains(&Target::Licensing) && (candidates.iter().any(accounts) || ordinary()) {
            candidates.retain(|(target, _)| *target != Target::Licensing);
        }
        let text = text.as_bytes().get(start - 1..).unwrap_or_default();
        Self { text: text.into(), literals: literals.into(), candidates }
    }
}

impl Standing {
    fn of(target: Target, trial: &mut Trial<'_>, start: usize) -> Self {
        let Target::Signal(id) = target else { return Self::Open };
        let matcher = trial.scanner.library.signals.get(id.0).map(|signal| &signal.matcher);
        let (Some(Matcher::Text { pattern, .. }), Some(lower)) = (matcher, trial.read.lower(trial.text)) else { return Self::Open };
        if pattern.is_match_in(trial.text, lower, start) {
            return Self::Holds;
        }
        let message = lower.get(start..).unwrap_or_default();
        match trial.scanner.needed(id).and_then(|needed| needed.missing(message)) {
            Some(missing) => Self::Lacks(missing),
            None => Self::Open,
        }
    }

    /// Whether a candidate holds on a line whose message, of which this is known, starts at `start`.
    fn holds(&self, target: Target, trial: &mut Trial<'_>, start: usize) -> bool {
        match (self, target) {
            (Self::Holds, _) => true,
            (Self::Lacks(missing), Target::Signal(id)) => {
                let needed = trial.scanner.needed(id);
                let may = needed.zip(trial.read.lower(trial.text)).is_none_or(|(needed, lower)| needed.may_begin(missing, lower, start));
                may && trial.holds(target)
            }
            // Had something that it needs been missing in the message, that were known.
            (Self::Open, Target::Signal(id)) => trial.signal(id, true),
            (Self::Lacks(_) | Self::Open, _) => trial.holds(target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::embedded;
    use crate::scan::Scanner;

    const MESSAGES: [&str; 12] = [
        "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name",
        "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detailed information given",
        "%SMART_LIC-3-AGENT_REG_FAILED: Smart Agent for Licensing registration with Cisco licensing cloud failed: Fail to parse response data from SCH server",
        "%SMART_LIC-3-AUTH_RENEW_FAILED: Authorization renewal with the Cisco Smart Software Manager (CSSM) : Communication message send error for udi PID:C9500-40X,SN:2282KMGR4XF",
        "%CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: https://tools.cisco.com/its/service/oddce/services/DDCEService (ERR 207 : Connection time out)",
        "%CALLHOME-2-EVENT: CALL_HOME_HTTP_SEND_FAILED establish IPC connection with call-home failed",
        "%SMART_LIC-6-TRUST_INSTALL_SUCCESS: A new licensing trust code was successfully installed on PID:C9500-40X,SN:EKF2P0806N3",
        "%SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in 80 days.",
        "%PKI-6-TRUSTPOINT_CREATE: Trustpoint: TP-self-signed-198883108 created succesfully",
        "%SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.1.1.1): no license smart url",
        "%SMART_LIC-5-COMM_RESTORED: Communications with the Cisco Smart Software Manager (CSSM) restored",
        "%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:no ip http client source-interface",
    ];

    fn holding(scanner: &Scanner<'_>, known: &mut Known, line: &str) -> Vec<Target> {
        let (gated, mut targets) = (scanner.gate.lines(line.as_bytes(), line.len()), Vec::new());
        if let Some((_, literals)) = gated.each().next() {
            known.holding(Trial::of(scanner, line, b""), literals, &mut targets);
        }
        targets
    }

    #[test]
    fn what_is_known_of_a_message_is_what_its_line_shows() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        // Heads that say something themselves: whatever a message lacks may stand there, or begin there.
        let mut heads = vec!["Mar  2 10:00:00.001 UTC: ".to_owned(), "<189>12: sw1: 45: *Mar  2 10:00:00.001: ".to_owned()];
        for message in MESSAGES {
            let parts = [message, &message[..message.len() / 2], &message[message.len() / 2..], &message[..40]];
            heads.extend(parts.iter().flat_map(|part| {
                let plain = part.replace('%', " ");
                [format!("Mar  2 10:00:00: {plain}"), format!("sw1 {plain} ")]
            }));
        }
        let mut known = Known::default();
        let (mut lines, mut by_heads) = (0, 0);
        // The second time a message is remembered, from then on it is known.
        for round in 0..3 {
            for (number, head) in heads.iter().enumerate() {
                for message in
                    MESSAGES.iter().chain(heads.iter().skip(number % 7).step_by(7).map(String::as_str).collect::<Vec<_>>().iter())
                {
                    let line = format!("{head}{message}{}", if message.contains('%') { "" } else { " 100% of it" });
                    let targets = holding(&scanner, &mut known, &line);
                    assert_eq!(targets, holding(&scanner, &mut Known::default(), &line), "{round}: {line}");
                    lines += usize::from(!targets.is_empty());
                    by_heads += usize::from(targets.len() > holding(&scanner, &mut Known::default(), message).len());
                }
            }
        }
        let messages = known.slots.iter().filter_map(|slot| slot.message.as_deref());
        let of =
            |wanted: fn(&Standing) -> bool| messages.clone().flat_map(|known| &known.candidates).filter(|known| wanted(&known.1)).count();
        let (hold, lack) = (of(|standing| matches!(standing, Standing::Holds)), of(|standing| matches!(standing, Standing::Lacks(_))));
        assert!(lines > 1_000 && by_heads > 100 && hold > 20 && lack > 20, "{lines} {by_heads} {hold} {lack}");
    }
}
