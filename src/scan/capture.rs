//! Captures: the reader's events go to the signals of their kind, and what identifies or describes becomes facts.

use std::io::{BufReader, Read, Seek};

use super::assemble::Assembler;
use crate::formats::capture::{self, CaptureLimits};
use crate::formats::event::Event;
use crate::intake::{Limits, LogicalPath, Source, Trouble, TroubleKind};

/// Reads a capture.
pub(super) fn scan(assembler: &mut Assembler<'_>, limits: &Limits, path: &LogicalPath, source: Source<'_>) -> Vec<Trouble> {
    let limits = capture_limits(limits);
    let mut counter = Counted { bytes: 0 };
    let mut sink = |event: Event| take(&event, assembler);
    let summary = match source {
        Source::File(file, length) => {
            let mut file = file;
            if let Err(error) = file.rewind() {
                return vec![Trouble { path: path.clone(), kind: TroubleKind::Io, message: error.to_string() }];
            }
            let mut reader = counter.over(BufReader::with_capacity(256 * 1024, file.take(length)));
            capture::read(&mut reader, &limits, &mut sink)
        }
        Source::Stream(stream) => capture::read(&mut counter.over(stream), &limits, &mut sink),
    };
    let bytes = counter.bytes;
    let scan = assembler.scan_mut();
    scan.bytes = bytes;
    scan.format = if summary.format.starts_with("pcapng") { "pcapng" } else { "pcap" }.to_owned();
    scan.packets = Some(summary.packets);
    scan.times = summary.first.iter().chain(&summary.last).cloned().collect();
    scan.hosts = summary.hosts.iter().copied().collect();
    if let (Some(first), Some(last)) = (&summary.first, &summary.last)
        && let Some(subject) = scan.subjects.first_mut()
    {
        subject.dated = Some((first.clone(), last.clone()));
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
        certificate: size(limits.certificate),
        handshake: size(limits.handshake),
        chain: size(limits.chain),
    }
}

/// Takes one event.
pub(super) fn take(event: &Event, assembler: &mut Assembler<'_>) {
    assembler.event(event, 0);
    for (name, value) in capture::fact_lines(event) {
        assembler.fact(name, &value, Some(event.place), event.time.clone());
    }
}

/// Counts what goes through a reader.
struct Counted {
    bytes: u64,
}

impl Counted {
    fn over<R: Read>(&mut self, reader: R) -> impl Read {
        struct Over<'a, R>(&'a mut u64, R);
        impl<R: Read> Read for Over<'_, R> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let read = self.1.read(buffer)?;
                *self.0 += read as u64;
                Ok(read)
            }
        }
        Over(&mut self.bytes, reader)
    }
}
