//! TLS records of one direction to handshake messages, alerts and marks of encryption.
//!
//! Bytes come in any cutting. Only handshake messages are held, each until it is whole; a gap loses the message it
//! falls into and no more, as long as the record and message lengths still say where the next one begins.

use tls_parser::{TlsMessage, TlsRecordType, parse_tls_message_alert};

use super::bytes::{be16, be24};
use super::chains::Chains;
use super::handshake::{self, CLIENT_HELLO, Handshake, SERVER_HELLO};

const CHANGE_CIPHER_SPEC: u8 = TlsRecordType::ChangeCipherSpec.0;
const ALERT: u8 = TlsRecordType::Alert.0;
const HANDSHAKE: u8 = TlsRecordType::Handshake.0;
const APPLICATION_DATA: u8 = TlsRecordType::ApplicationData.0;

/// Longest record that any version allows.
const RECORD: usize = (1 << 14) + 2048;

/// The shortest encrypted alert: two bytes and the smallest code of authentication, MD5 with 16. Clear ones have two
/// bytes; where several share a record, four or six.
const ENCRYPTED_ALERT: usize = 18;

/// What a direction told.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    Handshake(Handshake),
    /// A message beyond the limit, by type and length.
    TooLong(u8, usize),
    /// An alert in the clear, or what looks like one: after a change of cipher only TLS 1.3 sends such.
    Alert {
        level: u8,
        description: u8,
        after_change: bool,
    },
    /// An alert that is no clear one, as its length tells.
    EncryptedAlert,
    ChangeCipherSpec,
    /// A record of encrypted data, by its length.
    Data(usize),
}

/// State of one direction.
pub(super) struct Records {
    header: Vec<u8>,
    kind: u8,
    length: usize,
    left: usize,
    /// Record boundaries are known.
    aligned: bool,
    /// A Change Cipher Spec was seen.
    changed: bool,
    body: Body,
    /// Bytes of a handshake message, or of an alert.
    message: Vec<u8>,
}

/// What the bytes of the current record are.
#[derive(Clone, Copy, PartialEq)]
enum Body {
    /// A message begins or goes on.
    Message,
    /// The rest of a message that is not kept, by its remaining length; it may end in a later record.
    Rest(usize),
    /// Encrypted or unknown to the end of the record.
    Opaque,
}

/// Whether a record begins here. Needs five bytes.
pub(super) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [CHANGE_CIPHER_SPEC..=APPLICATION_DATA, 3, 0..=4, _, _, ..])
        && be16(bytes, 3).is_some_and(|length| (1..=RECORD).contains(&length.into()))
}

impl Records {
    pub(super) fn new() -> Self {
        Self { header: Vec::new(), kind: 0, length: 0, left: 0, aligned: true, changed: false, body: Body::Message, message: Vec::new() }
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.message.len()
    }

    /// Takes the next bytes of the direction; `data` begins where a segment does.
    pub(super) fn feed(&mut self, mut data: &[u8], chains: &mut Chains<'_>, items: &mut Vec<Item>) {
        if !self.aligned {
            if !begins(data) {
                return;
            }
            self.aligned = true;
            self.header.clear();
            self.left = 0;
            self.forget();
        }
        while !data.is_empty() {
            if self.left == 0 {
                let Some((head, rest)) = data.split_at_checked((5 - self.header.len()).min(data.len())) else { return };
                self.header.extend_from_slice(head);
                data = rest;
                if self.header.len() == 5 && !self.open() {
                    return;
                }
            } else {
                let Some((part, rest)) = data.split_at_checked(self.left.min(data.len())) else { return };
                self.left -= part.len();
                data = rest;
                self.take(part, chains, items);
            }
        }
    }

    /// A record header is whole.
    fn open(&mut self) -> bool {
        self.aligned = begins(&self.header);
        let before = std::mem::replace(&mut self.kind, self.header.first().copied().unwrap_or_default());
        self.length = be16(&self.header, 3).unwrap_or_default().into();
        self.left = self.length;
        self.header.clear();
        if self.kind != HANDSHAKE || before != HANDSHAKE {
            // Handshake messages are not interleaved with other records.
            self.forget();
        } else if self.body == Body::Opaque {
            self.body = Body::Message;
        }
        self.aligned
    }

    fn forget(&mut self) {
        self.message = Vec::new();
        self.body = Body::Message;
    }

    /// Bytes of the current record's body.
    fn take(&mut self, part: &[u8], chains: &mut Chains<'_>, items: &mut Vec<Item>) {
        match self.kind {
            HANDSHAKE => self.handshake(part, chains, items),
            ALERT if self.length == 2 => {
                self.message.extend_from_slice(part);
                if let Ok((_, TlsMessage::Alert(alert))) = parse_tls_message_alert(&self.message) {
                    items.push(Item::Alert { level: alert.severity.0, description: alert.code.0, after_change: self.changed });
                    self.message.clear();
                }
            }
            _ if self.left == 0 => self.unread(items),
            _ => {}
        }
    }

    /// A record has passed whose bytes do not matter.
    fn unread(&mut self, items: &mut Vec<Item>) {
        match self.kind {
            CHANGE_CIPHER_SPEC => {
                self.changed = true;
                items.push(Item::ChangeCipherSpec);
            }
            ALERT if self.length >= ENCRYPTED_ALERT => items.push(Item::EncryptedAlert),
            APPLICATION_DATA => items.push(Item::Data(self.length)),
            _ => {}
        }
    }

    fn handshake(&mut self, mut part: &[u8], chains: &mut Chains<'_>, items: &mut Vec<Item>) {
        if let Body::Rest(rest) = self.body {
            let step = rest.min(part.len());
            part = part.get(step..).unwrap_or_default();
            self.body = if rest > step { Body::Rest(rest - step) } else { Body::Message };
        }
        if self.body != Body::Message {
            return;
        }
        self.message.extend_from_slice(part);
        if self.left == 0 {
            self.messages(chains, items);
        }
    }

    /// Reads the whole messages. Done at the end of a record, so that a message stands at the packet at which
    /// Wireshark shows it.
    fn messages(&mut self, chains: &mut Chains<'_>, items: &mut Vec<Item>) {
        let mut done = 0;
        while let Some(rest) = self.message.get(done..)
            && let (Some(kind), Some(length)) = (rest.first().copied(), be24(rest, 1))
        {
            // After a change of cipher only the second hello of a TLS 1.3 retry is in the clear.
            let clear = !self.changed || (matches!(kind, CLIENT_HELLO | SERVER_HELLO) && length + 4 == self.length);
            if !clear || !handshake::is_known(kind) {
                self.body = Body::Opaque;
                done = self.message.len();
                break;
            }
            if length > chains.limits.handshake {
                items.push(Item::TooLong(kind, length));
                self.salvage(done, chains, items);
                self.body = Body::Rest((length + 4).saturating_sub(self.message.len() - done));
                done = self.message.len();
                break;
            }
            let Some(body) = rest.get(4..4 + length) else { break };
            items.extend(handshake::message(kind, body, chains).map(Item::Handshake));
            done += 4 + length;
        }
        if done == self.message.len() {
            self.message = Vec::new();
        } else {
            self.message.drain(..done);
        }
    }

    /// What can be read of a record that is not whole.
    fn read_rest(&mut self, chains: &mut Chains<'_>, items: &mut Vec<Item>) {
        if self.body == Body::Message {
            self.messages(chains, items);
        }
        self.salvage(0, chains, items);
    }

    /// What can be told of a message that will not be whole.
    fn salvage(&self, from: usize, chains: &Chains<'_>, items: &mut Vec<Item>) {
        if let Some([kind, _, _, _, body @ ..]) = self.message.get(from..) {
            items.extend(handshake::beginning(*kind, body, chains.limits).map(Item::Handshake));
        }
    }

    /// `missing` bytes of the direction were not captured.
    pub(super) fn gap(&mut self, missing: usize, chains: &mut Chains<'_>, items: &mut Vec<Item>) {
        if missing == 0 || !self.aligned {
            return;
        }
        let in_handshake = self.kind == HANDSHAKE && (self.left > 0 || !self.message.is_empty());
        if in_handshake {
            self.read_rest(chains, items);
        }
        if missing > self.left {
            self.aligned = false;
            self.forget();
            return;
        }
        self.left -= missing;
        if !in_handshake {
            // An alert that is not whole says nothing.
            if self.kind == ALERT {
                self.length = 0;
            } else if self.left == 0 {
                self.unread(items);
            }
            return;
        }
        let rest = match self.body {
            Body::Rest(rest) => rest.checked_sub(missing),
            Body::Message => be24(&self.message, 1).and_then(|length| (length + 4).checked_sub(self.message.len() + missing)),
            Body::Opaque => None,
        };
        self.message = Vec::new();
        self.body = rest.map_or(Body::Opaque, Body::Rest);
        if let Body::Rest(0) = self.body {
            self.body = Body::Message;
        }
    }

    /// No more bytes will come.
    pub(super) fn end(&mut self, chains: &mut Chains<'_>, items: &mut Vec<Item>) {
        if self.kind == HANDSHAKE {
            self.read_rest(chains, items);
        }
        self.forget();
    }
}
