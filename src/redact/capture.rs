//! Captures: read twice, so that what is kept of a connection is known before its first packet is written. Packets keep number, time,
//! order and length on the wire; of payloads stays what a diagnosis reads (TLS records in the clear, DNS, heads of HTTP), the
//! rest becomes zeros or is cut. Blocks of pcapng that are no packets (comments, names, secrets) are left out.

mod layers;
mod packet;
mod payload;
mod streams;

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::Redactor;
use streams::Streams;

/// The longest packet or block that is believed.
const LONGEST: usize = 16 << 20;

/// Writes the capture of `source` to `out`, rewritten. Says what was left out behind damage, if so.
pub(super) fn rewrite<R: Read + Seek>(redactor: &mut Redactor, source: &mut R, out: &mut dyn Write) -> io::Result<Option<String>> {
    let mut streams = Streams::default();
    source.seek(SeekFrom::Start(0))?;
    walk(&mut io::BufReader::new(&mut *source), &mut |piece| {
        if let Piece::Packet { link, data, .. } = piece {
            for segment in layers::segments(link, data) {
                streams.learn(&segment);
            }
        }
        Ok(())
    })?;
    streams.settle(redactor);
    source.seek(SeekFrom::Start(0))?;
    walk(&mut io::BufReader::new(&mut *source), &mut |piece| match piece {
        Piece::Raw(bytes) => out.write_all(bytes),
        Piece::Packet { link, data, frame } => {
            packet::edit(redactor, &mut streams, link, data, frame.may_cut());
            frame.write(data, out)
        }
    })
}

/// A part of a capture file.
enum Piece<'p> {
    /// Goes to the copy as it is.
    Raw(&'p [u8]),
    Packet {
        link: u16,
        data: &'p mut Vec<u8>,
        frame: Frame,
    },
}

/// What stands around a packet.
enum Frame {
    /// A record of pcap: its header.
    Record(Order, Vec<u8>),
    /// A block of pcapng: its type and what stands before the data.
    Block(Order, u32, Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn read(self, bytes: &[u8], at: usize) -> Option<u32> {
        let word: [u8; 4] = *bytes.get(at..)?.first_chunk()?;
        Some(if self == Self::Big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) })
    }

    fn read16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let word: [u8; 2] = *bytes.get(at..)?.first_chunk()?;
        Some(if self == Self::Big { u16::from_be_bytes(word) } else { u16::from_le_bytes(word) })
    }

    fn bytes(self, value: usize) -> [u8; 4] {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        if self == Self::Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }
}

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OBSOLETE: u32 = 2;
const SIMPLE: u32 = 3;
const ENHANCED: u32 = 6;
const CUSTOM: u32 = 0xbad;
/// Blocks that Wireshark numbers like packets: custom ones, journal entries, Sysdig events.
const NUMBERED: [u32; 6] = [CUSTOM, 0x4000_0bad, 9, 0x204, 0x216, 0x221];

impl Frame {
    /// A simple block says by its length how much was captured.
    fn may_cut(&self) -> bool {
        !matches!(self, Self::Block(_, SIMPLE, _))
    }

    fn write(self, data: &[u8], out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Record(order, mut head) => {
                if let Some(captured) = head.get_mut(8..12) {
                    captured.copy_from_slice(&order.bytes(data.len()));
                }
                out.write_all(&head)?;
                out.write_all(data)
            }
            Self::Block(order, kind, mut head) => {
                // The captured length stands in the word before the last.
                let at = head.len().saturating_sub(8);
                if kind != SIMPLE
                    && let Some(captured) = head.get_mut(at..at + 4)
                {
                    captured.copy_from_slice(&order.bytes(data.len()));
                }
                head.extend_from_slice(data);
                block(out, order, kind, &head)
            }
        }
    }
}

fn block(out: &mut dyn Write, order: Order, kind: u32, body: &[u8]) -> io::Result<()> {
    out.write_all(&framed(order, kind, body))
}

fn framed(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let length = order.bytes(padded + 12);
    let mut bytes = [&order.bytes(kind as usize)[..], &length, body].concat();
    bytes.resize(padded + 8, 0);
    bytes.extend_from_slice(&length);
    bytes
}

type Handle<'h> = dyn FnMut(Piece<'_>) -> io::Result<()> + 'h;

/// Takes a capture file apart. Ends where it is damaged, and says so.
fn walk(input: &mut dyn Read, handle: &mut Handle<'_>) -> io::Result<Option<String>> {
    let mut magic = [0; 4];
    if !fill(input, &mut magic)? {
        return Ok(Some("the file ends inside its first bytes".to_owned()));
    }
    if u32::from_le_bytes(magic) == SECTION {
        return blocks(input, handle);
    }
    let (order, header) = match (u32::from_be_bytes(magic), u32::from_le_bytes(magic)) {
        (0xa1b2_c3d4 | 0xa1b2_3c4d, _) => (Order::Big, 16),
        (0xa1b2_cd34, _) => (Order::Big, 24),
        (_, 0xa1b2_c3d4 | 0xa1b2_3c4d) => (Order::Little, 16),
        (_, 0xa1b2_cd34) => (Order::Little, 24),
        _ => return Ok(Some("it is no capture".to_owned())),
    };
    let mut head = [0; 24];
    let (start, rest) = head.split_at_mut(4);
    start.copy_from_slice(&magic);
    if !fill(input, rest)? {
        return Ok(Some("the file ends inside its header".to_owned()));
    }
    handle(Piece::Raw(&head))?;
    let link = (order.read(&head, 20).unwrap_or_default() & 0xffff) as u16;
    let mut data = Vec::new();
    loop {
        let mut head = vec![0; header];
        let read = read_some(input, &mut head)?;
        if read == 0 {
            return Ok(None);
        }
        let captured = order.read(&head, 8).unwrap_or_default() as usize;
        if read < header || captured > LONGEST {
            return Ok(Some("behind a damaged record nothing was copied".to_owned()));
        }
        data.resize(captured, 0);
        if !fill(input, &mut data)? {
            return Ok(Some("the last packet is cut and was not copied".to_owned()));
        }
        handle(Piece::Packet { link, data: &mut data, frame: Frame::Record(order, head) })?;
    }
}

fn blocks(input: &mut dyn Read, handle: &mut Handle<'_>) -> io::Result<Option<String>> {
    let damaged = || Ok(Some("behind a damaged block nothing was copied".to_owned()));
    let mut order = Order::Little;
    let mut interfaces: Vec<(u16, usize)> = Vec::new();
    let mut kind = SECTION;
    let mut data = Vec::new();
    loop {
        let mut length = [0; 4];
        let mut body = Vec::new();
        if !fill(input, &mut length)? {
            return damaged();
        }
        if kind == SECTION {
            body.resize(4, 0);
            if !fill(input, &mut body)? {
                return damaged();
            }
            order = if body == [0x1a, 0x2b, 0x3c, 0x4d] { Order::Big } else { Order::Little };
            interfaces.clear();
        }
        let length = order.read(&length, 0).unwrap_or_default() as usize;
        if length < 12 + body.len() || length > LONGEST || !length.is_multiple_of(4) {
            return damaged();
        }
        let from = body.len();
        body.resize(length - 8, 0);
        if !fill(input, body.get_mut(from..).unwrap_or_default())? {
            return damaged();
        }
        // The length again, at its end.
        body.truncate(length - 12);
        let packet = |head: usize, index: usize, captured: usize, interfaces: &[(u16, usize)]| {
            let link = interfaces.get(index).map_or(u16::MAX, |interface| interface.0);
            Some((body.get(..head)?.to_vec(), body.get(head..head.checked_add(captured)?)?.to_vec(), link))
        };
        let found = match kind {
            SECTION => {
                let bytes = [body.get(..8).unwrap_or_default(), &[0xff; 8]].concat();
                handle(Piece::Raw(&framed(order, kind, &bytes)))?;
                None
            }
            INTERFACE => {
                interfaces.push((order.read16(&body, 0).unwrap_or(u16::MAX), order.read(&body, 4).unwrap_or(0) as usize));
                handle(Piece::Raw(&framed(order, kind, &interface(&body, order))))?;
                None
            }
            ENHANCED => {
                let index = order.read(&body, 0).unwrap_or(u32::MAX) as usize;
                packet(20, index, order.read(&body, 12).unwrap_or(u32::MAX) as usize, &interfaces)
            }
            OBSOLETE => {
                let index = usize::from(order.read16(&body, 0).unwrap_or(u16::MAX));
                packet(20, index, order.read(&body, 12).unwrap_or(u32::MAX) as usize, &interfaces)
            }
            SIMPLE => {
                let length = order.read(&body, 0).unwrap_or(0) as usize;
                let longest = interfaces.first().map_or(0, |interface| interface.1);
                let captured = if longest == 0 { length } else { length.min(longest) };
                packet(4, 0, captured.min(body.len().saturating_sub(4)), &interfaces)
            }
            _ if NUMBERED.contains(&kind) => {
                handle(Piece::Raw(&framed(order, CUSTOM, &[0; 4])))?;
                None
            }
            _ => None,
        };
        if let Some((head, bytes, link)) = found {
            data = bytes;
            handle(Piece::Packet { link, data: &mut data, frame: Frame::Block(order, kind, head) })?;
        }
        data.clear();
        let mut next = [0; 4];
        match read_some(input, &mut next)? {
            0 => return Ok(None),
            4 => kind = if u32::from_le_bytes(next) == SECTION { SECTION } else { order.read(&next, 0).unwrap_or_default() },
            _ => return damaged(),
        }
    }
}

/// An interface with the options that times need, without names.
fn interface(body: &[u8], order: Order) -> Vec<u8> {
    let mut kept = body.get(..8).unwrap_or_default().to_vec();
    let mut at = 8;
    while let (Some(code), Some(length)) = (order.read16(body, at), order.read16(body, at + 2)) {
        let end = at + 4 + usize::from(length).next_multiple_of(4);
        if code == 0 {
            break;
        }
        // Length of check sequences, resolution and offset of times.
        if matches!(code, 9 | 13 | 14) {
            kept.extend_from_slice(body.get(at..end).unwrap_or_default());
        }
        at = end;
    }
    if kept.len() > 8 {
        kept.extend_from_slice(&[0; 4]);
    }
    kept
}

fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<bool> {
    Ok(read_some(input, buffer)? == buffer.len())
}

fn read_some(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
