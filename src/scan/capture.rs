//! Captures: the reader's events go to the signals of their kind, and what identifies or describes becomes facts.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Seek};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::assemble::Assembler;
use super::conversation::{self, Gathering};
use super::judged::Judged;
use super::{Counted, Scanner};
use crate::formats::capture::{self, CaptureLimits, Connection, Outline, Sink};
use crate::formats::event::{Event, host};
use crate::intake::{self, Limits, LogicalPath, Source, Trouble, TroubleKind};

/// Addresses or names of a capture that are listed as a fact; where there are more, the fact is not given, since a list
/// with gaps would say of what it lacks that it was not there.
const LISTED: usize = 512;

/// Names in the certificates of one client that are kept.
const CERTIFIED: usize = 32;

/// From this length on, several threads read ranges.
const RANGES: u64 = 8 << 20;

/// Reads a capture.
pub(super) fn scan(assembler: &mut Assembler<'_>, limits: &Limits, path: &LogicalPath, source: Source<'_>) -> Vec<Trouble> {
    let limits = capture_limits(limits);
    let mut bytes = 0;
    let known = Known::of(assembler.scanner());
    let mut sink = Taking { assembler, known, names: BTreeSet::new(), gathering: Gathering::default() };
    let summary = match source {
        Source::File(file, length) if length >= RANGES && rayon::current_num_threads() > 1 => {
            bytes = length;
            capture::read_ranges(&|buffer, offset| intake::read_at(file, buffer, offset), length, &limits, &mut sink)
        }
        Source::File(mut file, length) => {
            bytes = length;
            if let Err(error) = file.rewind() {
                return vec![Trouble { path: path.clone(), kind: TroubleKind::Io, message: error.to_string() }];
            }
            capture::read(&mut file.take(length), &limits, &mut sink)
        }
        Source::Stream(stream) => capture::read(&mut Counted(&mut bytes, stream), &limits, &mut sink),
    };
    let Taking { assembler, known, names, gathering } = sink;
    known.leave(assembler.scanner());
    let mut traffic = gathering.finish(&|text| assembler.shown(text));
    traffic.cut_by_snaplen = summary.cut_by_snaplen;
    let scan = assembler.scan_mut();
    scan.bytes = bytes;
    scan.format = if summary.format.starts_with("pcapng") { "pcapng" } else { "pcap" }.to_owned();
    scan.packets = Some(summary.packets);
    summary.first.iter().chain(&summary.last).for_each(|stamp| scan.times.add(stamp));
    scan.traffic = Some(Box::new(traffic));
    scan.hosts = summary.hosts.iter().copied().collect();
    if let (Some(first), Some(last)) = (&summary.first, &summary.last)
        && let Some(subject) = scan.subjects.first_mut()
    {
        subject.dated = Some(Box::new((first.clone(), last.clone())));
    }
    let described = [
        ("capture.format", summary.format.clone()),
        ("capture.link", summary.link_types.join(",")),
        ("capture.packets", summary.packets.to_string()),
        ("capture.cut_by_snaplen", summary.cut_by_snaplen.to_string()),
        ("capture.syn", summary.syn.to_string()),
        ("capture.synack", summary.synack.to_string()),
        ("capture.rst", summary.rst.to_string()),
    ];
    for (name, value) in described {
        assembler.fact(name, &value, None, None);
    }
    let hosts: BTreeSet<String> = summary.hosts.iter().take(LISTED + 1).map(ToString::to_string).collect();
    for (name, list) in [("capture.hosts", hosts), ("capture.names", names)] {
        if list.len() <= LISTED {
            assembler.list(name, &list);
        }
    }
    summary.troubles.into_iter().map(|(kind, message)| Trouble { path: path.clone(), kind, message }).collect()
}

/// The part of the limits that captures are read under.
fn capture_limits(limits: &Limits) -> CaptureLimits {
    let size = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    CaptureLimits {
        packet: size(limits.packet),
        block: size(limits.block),
        flows: size(limits.flows),
        stream: size(limits.stream),
        total: size(limits.streams),
        out_of_order: size(limits.out_of_order),
        fragments: size(limits.fragments),
        fragment_memory: size(limits.fragment_memory),
        certificate: size(limits.certificate),
        handshake: size(limits.handshake),
        chain: size(limits.chain),
    }
}

/// Clients whose place is remembered.
const CLIENTS: usize = 4_096;

/// What was found out of events, for those that are like them.
pub(super) struct Known {
    judged: Judged,
    clients: HashMap<IpAddr, usize>,
}

impl Known {
    /// What captures before found out that holds for all.
    pub(super) fn of(scanner: &Scanner<'_>) -> Self {
        Self { judged: scanner.judged.take(), clients: HashMap::new() }
    }

    /// Leaves that to the next.
    pub(super) fn leave(self, scanner: &Scanner<'_>) {
        scanner.judged.give(self.judged);
    }
}

/// Takes one event: it tells of the device that began the conversation. The other end is a server, and no business of
/// the case, or a device of it that has conversations of its own. True where a signal matched that is about its traffic.
pub(super) fn take(event: &Arc<Event>, assembler: &mut Assembler<'_>, known: &mut Known) -> bool {
    let certified = certified(event);
    let signals = known.judged.signals(event, assembler.scanner());
    let told = !certified.is_empty() || !signals.is_empty();
    let client = || event.field("client").and_then(|end| end.parse::<SocketAddr>().ok()).map(|end| end.ip().to_canonical());
    let mut subject = 0;
    if let Some(client) = told.then(client).flatten() {
        subject = known.clients.get(&client).copied().unwrap_or_else(|| assembler.client(client));
        if known.clients.len() < CLIENTS {
            known.clients.insert(client, subject);
        }
        if let Some(subject) = assembler.scan_mut().subjects.get_mut(subject) {
            let room = CERTIFIED.saturating_sub(subject.certified.len());
            subject.certified.extend(certified.into_iter().take(room));
        }
    }
    let recognised = assembler.event(event, &signals, subject);
    // Where there are as many as are kept, none is put into words.
    if has_room(assembler) {
        for (name, value) in capture::fact_lines(event) {
            assembler.fact(name, &value, Some(event.place), event.time.clone());
        }
    }
    recognised
}

/// Whether more facts of a capture are kept, which are its first device's.
fn has_room(assembler: &mut Assembler<'_>) -> bool {
    let most = assembler.most_facts();
    assembler.scan_mut().subjects.first().is_some_and(|subject| subject.facts.len() < most)
}

/// What is made of a capture while it is read.
struct Taking<'a, 'b> {
    assembler: &'b mut Assembler<'a>,
    known: Known,
    names: BTreeSet<String>,
    gathering: Gathering,
}

impl Taking<'_, '_> {
    /// Whether the name of a host, as it is found, is to be taken up.
    fn is_new(&self, name: &str) -> bool {
        self.names.len() <= LISTED && !self.names.contains(name)
    }
}

impl Sink for Taking<'_, '_> {
    fn wants(&mut self, outline: &Outline<'_>) -> bool {
        let Outline { kind, server_name, by_client } = *outline;
        !conversation::is_told_by_connection(kind)
            // A client's certificate says who it is.
            || (kind == "tls-certificate" && by_client)
            || has_room(self.assembler)
            || (!server_name.is_empty() && self.is_new(host(server_name)))
            || self.known.judged.may_match(kind, "server_name", server_name, self.assembler.scanner())
    }

    fn event(&mut self, event: Event) {
        let event = Arc::new(event);
        let recognised = take(&event, self.assembler, &mut self.known);
        self.gathering.event(&event, recognised, &|text| self.assembler.shown(text));
        if let Some(name) = name_of(&event)
            && self.is_new(name)
        {
            self.names.insert(name.to_ascii_lowercase());
        }
    }

    fn connection(&mut self, connection: Connection) {
        self.gathering.connection(connection);
    }
}

/// Names and serial numbers in the certificate that a client showed of itself.
fn certified(event: &Event) -> Vec<String> {
    if event.kind != "tls-certificate" || event.field("from") != Some("client") {
        return Vec::new();
    }
    let leaf = event.field("subjects").and_then(|subjects| subjects.split(" | ").next()).unwrap_or_default();
    let parts = leaf.split([',', '+']).filter_map(|part| part.split_once('='));
    let mut names: Vec<String> =
        parts.filter(|(kind, _)| matches!(*kind, "CN" | "serialNumber")).map(|(_, name)| name.to_owned()).collect();
    names.extend(event.field("leaf_names").unwrap_or_default().split_whitespace().map(str::to_owned));
    // `PID:C9300-24T SN:FCW2233L0AB`, as devices are made with.
    let numbers: Vec<String> = names.iter().filter_map(|name| name.split_once("SN:")).map(|(_, number)| number.to_owned()).collect();
    names.extend(numbers);
    names.into_iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect()
}

/// The host an event speaks of, by name, without port and final dot.
fn name_of(event: &Event) -> Option<&str> {
    let named = |field| event.field(field).filter(|name| !name.is_empty());
    let name = if event.kind.starts_with("dns-") { named("name") } else { named("server_name") }?;
    Some(host(name))
}
