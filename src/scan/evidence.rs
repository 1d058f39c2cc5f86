//! What a scan yields: evidence and facts, each with its place, bounded in number and exact in count.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::clock::{ClockSeen, Times};
use super::conversation::Traffic;
use super::ends::Ends;
use super::sighting::Sightings;
use super::sorted::Sorted;
use crate::formats::event::{Place, host};
use crate::formats::time::Stamp;
use crate::intake::{Content, LogicalPath};
use crate::rules::library::{PairId, SectionId, SignalId};

/// How many matches of one signal on one device are kept from its beginning, and as many from its end, unless the limit
/// `matches` says otherwise.
pub const KEPT: usize = 8;

/// One match of a signal. Copies share its texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Where in the artifact.
    pub place: Place,
    /// When, as far as stated.
    pub time: Option<Stamp>,
    /// The line or event, visible, masked, at most 400 characters.
    pub excerpt: Arc<str>,
    /// Named groups of the pattern, or fields of the event; visible and masked.
    pub captures: Captures,
    /// The output itself says that it is over.
    pub over: bool,
}

impl Match {
    /// The address of the client whose packets show it; `None` for what a text shows.
    pub fn client(&self) -> Option<IpAddr> {
        let Place::Packet(_) = self.place else { return None };
        self.captures.get("client")?.parse::<SocketAddr>().ok().map(|end| end.ip().to_canonical())
    }

    /// Whether two matches can be about one endpoint. What packets show of one server by its name says nothing of a server of another
    /// name; what names none may be about any.
    pub fn may_share_endpoint(&self, other: &Self) -> bool {
        let (Some(one), Some(two)) = (self.endpoint(), other.endpoint()) else { return true };
        // An attempt to connect has its name from DNS alone, a later step that of who was asked for: through a proxy they differ.
        let by_address =
            |found: &Self| found.captures.get("type").is_none() && ASKED.iter().all(|field| found.captures.get(field).is_none());
        let address = |found: &Self| found.captures.get("server").map(str::to_owned);
        one.eq_ignore_ascii_case(two)
            || (by_address(self) || by_address(other)) && address(self).is_some() && address(self) == address(other)
    }

    /// The name of the server that an event of packets is about: that of the connection, or the one that DNS was asked for, without a
    /// domain of a search list.
    fn endpoint(&self) -> Option<&str> {
        let field = |name| self.captures.get(name);
        let looked_up = || field("suffix_of").or_else(|| field("name")).filter(|_| field("type").is_some());
        field("server_name").or_else(looked_up).map(host).filter(|host| !host.is_empty())
    }
}

/// Fields of connections on which somebody was asked for by name.
const ASKED: [&str; 4] = ["after", "host", "sni", "tls_version"];

/// Visible values by name, in the order of the names. Packed, because a case keeps many thousands of them: each value behind its
/// name, all with a NUL at their ends, which no visible text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures(Option<Arc<str>>);

impl Captures {
    /// The values by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut parts = self.0.as_deref().unwrap_or_default().split_terminator('\0');
        std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl<N: AsRef<str> + Ord> FromIterator<(N, String)> for Captures {
    /// Of several values of one name the last one counts.
    fn from_iter<I: IntoIterator<Item = (N, String)>>(values: I) -> Self {
        let sorted: BTreeMap<N, String> = values.into_iter().collect();
        let parts = sorted.iter().flat_map(|(name, value)| [name.as_ref(), "\0", value, "\0"]);
        Self(Some(parts.collect::<String>()).filter(|packed| !packed.is_empty()).map(Arc::from))
    }
}

/// All matches of one signal by one subject of an artifact: counted exactly, the first and last few kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// How many.
    pub count: u64,
    kept: Ends<Match>,
}

impl Default for Tally {
    fn default() -> Self {
        Self::keeping(KEPT)
    }
}

impl Tally {
    /// So many matches, of which these are kept.
    pub(super) fn of(count: u64, mut kept: Ends<Match>) -> Self {
        kept.shrink();
        Self { count, kept }
    }

    /// None yet, of which the first and the last so many will be kept.
    pub(super) fn keeping(each: usize) -> Self {
        Self { count: 0, kept: Ends::of(each) }
    }

    /// Keeps no more than the first so many of the kept matches; the count stays.
    pub(super) fn cut(&mut self, most: usize) {
        self.kept.cut(most);
    }

    /// Adds one match, which is later than all before it.
    pub fn add(&mut self, found: Match) {
        self.count += 1;
        self.kept.add(found);
    }

    /// The kept matches in order.
    pub fn kept(&self) -> impl DoubleEndedIterator<Item = &Match> {
        self.kept.iter()
    }

    /// Hands over the kept matches in order.
    pub fn into_kept(self) -> impl Iterator<Item = Match> {
        self.kept.into_iter()
    }
}

/// How often one signal was followed by another, in the order of the text. Runs of the same kind count once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairRun {
    /// Complete pairs.
    pub pairs: u64,
    /// Complete pairs when the text is read from its end to its begin.
    pub backward: u64,
    /// The run began with the closing signal.
    pub begins_closed: bool,
    /// The last opening signal is not closed yet.
    pub open: bool,
    /// Anything seen at all.
    pub seen: bool,
}

impl PairRun {
    /// Adds an opening signal.
    pub fn opened(&mut self) {
        self.backward += u64::from(self.seen && !self.open);
        self.seen = true;
        self.open = true;
    }

    /// Adds a closing signal.
    pub fn closed(&mut self) {
        if !self.seen {
            self.begins_closed = true;
        }
        self.seen = true;
        if self.open {
            self.pairs += 1;
        }
        self.open = false;
    }

    /// The run of the same text read from its end to its begin.
    pub fn reversed(self) -> Self {
        Self {
            pairs: self.backward,
            backward: self.pairs,
            begins_closed: self.seen && !self.open,
            open: self.seen && !self.begins_closed,
            seen: self.seen,
        }
    }

    /// This run followed by a later one.
    pub fn then(self, later: Self) -> Self {
        if !later.seen {
            return self;
        }
        if !self.seen {
            return later;
        }
        Self {
            pairs: self.pairs + later.pairs + u64::from(self.open && later.begins_closed),
            backward: self.backward + later.backward + u64::from(!self.open && !later.begins_closed),
            begins_closed: self.begins_closed,
            open: later.open,
            seen: true,
        }
    }
}

/// One sample of a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value, visible and masked.
    pub value: String,
    /// The line it was read on, visible and masked.
    pub excerpt: Arc<str>,
    /// Where it stands; `None` for facts of a whole capture.
    pub place: Option<Place>,
    /// Time of the output it stands in, or of the log line it was read on.
    pub time: Option<Stamp>,
    /// Stands in quoted history (a log inside `show logging`), which is older than the outputs around it.
    pub past: bool,
}

/// A section of output that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionSeen {
    /// Which.
    pub section: SectionId,
    /// The command in its one spelling; `None` where the section was told by its content.
    pub command: Option<String>,
    /// The line it begins at.
    pub line: u64,
    /// The last line of it that was read.
    pub last: u64,
    /// Seen to its end, and the command was not refused.
    pub whole: bool,
    /// The device refused the command (`% Invalid input`).
    pub refused: bool,
    /// Signals whose line stands in it.
    pub present: Vec<SignalId>,
    /// When the command ran.
    pub time: Option<Stamp>,
}

/// What an artifact says of the thing that wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Host name as written.
    pub hostname: Option<String>,
    /// A name it gives itself, which need not be the one in its logs: used where nothing else names it.
    pub name: Option<String>,
    /// Platform.
    pub platform: Option<String>,
    /// Product id.
    pub product_id: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Software version.
    pub version: Option<String>,
    /// Its own addresses.
    pub addresses: BTreeSet<IpAddr>,
}

/// One device as one artifact shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// Who it is, as far as the artifact says.
    pub identity: Identity,
    /// The name that it was given by a command of the session, and answered to from then on.
    pub became: Option<String>,
    /// It answers `show` commands, or writes messages with mnemonics: it is no appliance.
    pub commanded: bool,
    /// Matches by signal.
    pub tallies: Sorted<SignalId, Tally>,
    /// Matches that are one only if these values, of the fields that the signal compares with facts, stand as it asks.
    pub compared: BTreeMap<(SignalId, Vec<String>), Tally>,
    /// Pairs in the order of the text.
    pub pairs: Sorted<PairId, PairRun>,
    /// Facts in the order of the text.
    pub facts: Vec<Fact>,
    /// Sections in the order of the text.
    pub sections: Vec<SectionSeen>,
    /// Earliest and latest time stated on its lines, where a year was stated.
    pub dated: Option<Box<(Stamp, Stamp)>>,
    /// What its lines tell of its clock.
    pub clock: ClockSeen,
    /// Whether its lines may be of several devices.
    pub senders: Senders,
    /// In a capture: the address that its conversations began at.
    pub client: Option<IpAddr>,
    /// In a capture: names and serial numbers in the certificates that it showed of itself, lower case.
    pub certified: BTreeSet<String>,
}

impl Subject {
    /// Whether its lines run from the newest to the oldest, as exports of collectors do; a session with a device never does.
    pub fn is_newest_first(&self) -> bool {
        self.sections.is_empty() && self.clock.newest_first()
    }
}

/// Who sent the lines that signals were seen on, where something beside them may say so but is not understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Senders {
    /// Nothing hints at more than one.
    #[default]
    One,
    /// All say the same beside the message.
    Alike(u64),
    /// They differ: what one line says of a failure need not be about the device of another.
    Several,
}

impl Senders {
    /// Adds what stands beside one message.
    pub(super) fn add(&mut self, beside: u64) {
        *self = match *self {
            Self::One => Self::Alike(beside),
            Self::Alike(known) if known == beside => Self::Alike(known),
            Self::Alike(_) | Self::Several => Self::Several,
        };
    }
}

/// A time with a year that dates lines of the same artifact without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    /// The time.
    pub stamp: Stamp,
    /// It is when the command ran: no line of its output is later.
    pub is_end: bool,
}

/// What limits left out of the scan of an artifact, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surplus {
    /// Lines of devices beyond the most that are told apart.
    pub devices: u64,
    /// Facts of a device beyond the most that are kept; of outputs behind those that filled it only that they were there.
    pub facts: u64,
    /// Matches whose values, which wait for facts, are beyond the most that are told apart.
    pub compared: u64,
    /// Lines longer than what is a line.
    pub long_lines: u64,
    /// Certificates beyond the most that are listed.
    pub certificates: u64,
}

/// Everything one artifact yields.
#[derive(Clone, Debug, PartialEq)]
pub struct ArtifactScan {
    /// Where it lies.
    pub path: LogicalPath,
    /// What its first bytes say it is.
    pub content: Content,
    /// What it is, in the words of the report.
    pub format: String,
    /// Bytes read, after unpacking.
    pub bytes: u64,
    /// Lines of a text.
    pub lines: Option<u64>,
    /// Packets of a capture.
    pub packets: Option<u64>,
    /// The devices it shows; the first is the one of lines that name none.
    pub subjects: Vec<Subject>,
    /// What limits left out.
    pub surplus: Surplus,
    /// A time with a year that dates its lines without one.
    pub anchor: Option<Anchor>,
    /// Times stated in it.
    pub times: Times,
    /// When the artifact was made, as its name or its archive says; without a zone.
    pub made: Option<Stamp>,
    /// Lines on which signals were seen.
    pub sightings: Sightings,
    /// Licensing lines that no signal matched.
    pub remainder: super::remainder::Remainder,
    /// Subject and position of the section that was open at the end, should the text turn out to be cut.
    pub last_section: Option<(usize, usize)>,
    /// Lines and packets on which something was found that is outside of the time asked for.
    pub outside: u64,
    /// Addresses of a capture.
    pub hosts: Vec<IpAddr>,
    /// Conversations of a capture.
    pub traffic: Option<Box<Traffic>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> PairRun {
        let mut run = PairRun::default();
        for c in text.chars() {
            if c == 'f' { run.opened() } else { run.closed() }
        }
        run
    }

    #[test]
    fn pairs_are_the_same_wherever_the_text_is_split() {
        for (text, pairs) in [("frfrfr", 3), ("ffffr", 1), ("rrff", 0), ("rfrrf", 1), ("", 0)] {
            for at in 0..=text.len() {
                let (a, b) = text.split_at(at);
                assert_eq!(run(a).then(run(b)), run(text), "{text} at {at}");
            }
            assert_eq!(run(text).pairs, pairs, "{text}");
            assert_eq!(run(&text.chars().rev().collect::<String>()).reversed(), run(text), "{text}");
        }
    }

    #[test]
    fn endpoints_are_told_apart() {
        let found = |fields: &[(&str, &str)]| Match {
            place: Place::Packet(1),
            time: None,
            excerpt: "".into(),
            captures: fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            over: false,
        };
        let syn = |name| found(&[("server", "192.0.2.80:8080"), ("server_name", name)]);
        let asked = |name| found(&[("server", "192.0.2.80:8080"), ("server_name", name), ("tls_version", "TLS 1.2")]);
        let lookup = |name| found(&[("server", "192.0.2.53:53"), ("type", "A"), ("name", name)]);
        let appended = found(&[("type", "A"), ("name", "tools.cisco.com.corp.example"), ("suffix_of", "tools.cisco.com")]);
        let text = found(&[("name", "anything")]);
        for (one, other, expected) in [
            (asked("tools.cisco.com"), asked("smartreceiver.cisco.com"), false),
            (asked("tools.cisco.com:443"), asked("Tools.Cisco.Com."), true),
            (lookup("tools.cisco.com"), asked("tools.cisco.com"), true),
            (lookup("tools.cisco.com"), asked("smartreceiver.cisco.com"), false),
            (lookup("tools.cisco.com"), lookup("smartreceiver.cisco.com"), false),
            (appended, asked("tools.cisco.com"), true),
            // through the proxy that did not answer before
            (syn("proxy.corp.example"), asked("smartreceiver.cisco.com"), true),
            (text, asked("tools.cisco.com"), true),
            (found(&[("server", "192.0.2.9:443")]), asked("tools.cisco.com"), true),
        ] {
            assert_eq!(one.may_share_endpoint(&other), expected, "{one:?} {other:?}");
            assert_eq!(other.may_share_endpoint(&one), expected, "{other:?} {one:?}");
        }
    }

    #[test]
    fn captures_are_found_by_name() {
        let captures: Captures =
            [("b", "2".to_owned()), ("c", String::new()), ("a", "1".to_owned()), ("b", "3".to_owned())].into_iter().collect();
        assert_eq!(captures.iter().collect::<Vec<_>>(), [("a", "1"), ("b", "3"), ("c", "")]);
        assert_eq!((captures.get("b"), captures.get("c"), captures.get("2")), (Some("3"), Some(""), None));
        let none: Captures = std::iter::empty::<(String, String)>().collect();
        assert_eq!((none.iter().count(), none), (0, Captures::default()));
    }

    #[test]
    fn a_tally_counts_all_and_keeps_the_ends() {
        let mut tally = Tally::default();
        for line in 1..=100 {
            tally.add(Match { place: Place::Line(line), time: None, excerpt: "".into(), captures: Captures::default(), over: false });
        }
        let kept: Vec<_> = tally.kept().map(|found| found.place).collect();
        assert_eq!(tally.count, 100);
        assert_eq!(kept.len(), 2 * KEPT);
        assert_eq!(kept.last(), Some(&Place::Line(100)));
    }
}
