//! What both sides of a connection say, told apart by content on any port, and the events that come of it.
//!
//! Who is the client: the sender of the SYN, else of the Client Hello or of an HTTP request, else the end with the
//! higher port.

use std::net::{IpAddr, SocketAddr};

use super::Outline;
use super::flow::Surroundings;
use super::handshake;
use super::http::{self, Head, Http, OPEN_REQUESTS, Open, Request};
use super::pair::{Pair, Side};
use super::resolver::Resolver;
use super::session::Session;
use super::stream::Moment;
use super::table::Ends;
use super::tls::{self, Records};
use super::words::{Fields, end_text, event};
use crate::formats::event::Event;

/// Fields that most events have at most.
const FIELDS: usize = 24;

/// Events of one connection, at most.
const EVENTS: u32 = 256;

/// Segments at which a direction is looked for a protocol: its beginning may not have been captured, or there was talk
/// before it (STARTTLS, SOCKS).
const TRIES: u8 = 64;

/// Longest DNS message with its length field, and longest version 2 hello.
const MESSAGE: usize = 65_537;

pub(super) struct Conversation {
    ends: Ends,
    client: Option<Side>,
    content: Pair<Content>,
    /// The first bytes of each side.
    spoke: Pair<Option<Moment>>,
    /// The Client Hello after which the server has said nothing.
    asked: Option<Moment>,
    session: Option<Box<Session>>,
    open: Open<Moment>,
    /// The host of a CONNECT, else of the first request, without port.
    host: Option<String>,
    events: u32,
}

/// What a direction speaks.
enum Content {
    /// Not known yet: the bytes so far, too few to tell, and how many more segments may be looked at.
    Opening {
        bytes: Vec<u8>,
        tries: u8,
    },
    Tls(Box<Records>),
    /// An SSL 2.0 hello of this length.
    OldHello {
        bytes: Vec<u8>,
        length: usize,
    },
    Http(Box<Http>),
    Dns(Vec<u8>),
    /// Nothing that is read, or nothing more.
    Off,
}

/// What the first bytes of a direction are.
enum Guess {
    Tls,
    OldHello(usize),
    Http,
    Unsure,
    Nothing,
}

fn guess(bytes: &[u8]) -> Guess {
    if tls::begins(bytes) {
        return Guess::Tls;
    }
    if let Some(length) = handshake::sslv2_length(bytes) {
        return Guess::OldHello(length);
    }
    match http::begins(bytes) {
        Some(true) => Guess::Http,
        None => Guess::Unsure,
        // Seven bytes are enough for any TLS or version 2 header.
        Some(false) if bytes.len() < 7 && matches!(bytes, [20..=23] | [20..=23, 3, ..] | [0x80..=0xff, ..]) => Guess::Unsure,
        Some(false) => Guess::Nothing,
    }
}

impl Content {
    fn opening(tries: u8) -> Self {
        Self::Opening { bytes: Vec::new(), tries }
    }

    fn held(&self) -> usize {
        match self {
            Self::Opening { bytes, .. } | Self::OldHello { bytes, .. } | Self::Dns(bytes) => bytes.len(),
            Self::Tls(records) => records.held(),
            Self::Http(http) => http.held(),
            Self::Off => 0,
        }
    }
}

/// The name in `name:port`; `None` where it is an address.
fn named(host: &str) -> Option<String> {
    let name = host.split(':').next().unwrap_or_default();
    (!name.is_empty() && !host.starts_with('[') && name.parse::<IpAddr>().is_err()).then(|| name.to_owned())
}

impl Conversation {
    pub(super) fn new(ends: Ends) -> Self {
        let dns = ends.low.port() == 53 || ends.high.port() == 53;
        let content = || if dns { Content::Dns(Vec::new()) } else { Content::opening(TRIES) };
        Self {
            ends,
            client: None,
            content: Pair { low: content(), high: content() },
            spoke: Pair::default(),
            asked: None,
            session: None,
            open: Open::new(),
            host: None,
            events: 0,
        }
    }

    pub(super) fn client_is(&mut self, side: Side) {
        self.client.get_or_insert(side);
    }

    pub(super) fn client(&self) -> Side {
        let guessed = || if self.ends.low.port() > self.ends.high.port() { Side::Low } else { Side::High };
        self.client.unwrap_or_else(guessed)
    }

    pub(super) fn end(&self, side: Side) -> SocketAddr {
        self.ends[side]
    }

    /// Bytes of payload, and of what is kept of it until an answer or the end.
    pub(super) fn held(&self) -> usize {
        let session = self.session.as_ref().map_or(0, |session| session.held());
        let requests: usize = self.open.iter().map(|(_, request)| request.held()).sum();
        let open = self.open.capacity() * size_of::<(Moment, Request)>() + requests + self.host.as_ref().map_or(0, String::capacity);
        self.content.low.held() + self.content.high.held() + session + open
    }

    pub(super) fn is_done(&self, side: Side) -> bool {
        matches!(self.content[side], Content::Off)
    }

    pub(super) fn close(&mut self, side: Side) {
        self.content[side] = Content::Off;
        // What it says from here on is not known.
        self.asked = self.asked.filter(|_| side == self.client());
    }

    /// A Client Hello is whole.
    pub(super) fn asks(&mut self, at: Moment) {
        let server = self.client().other();
        self.asked = (!self.is_done(server)).then_some(at);
    }

    /// The Client Hello after which the server has said nothing.
    pub(super) fn asked(&self) -> Option<Moment> {
        self.asked
    }

    /// The client's first bytes, where the server said nothing and no event of a protocol tells it.
    pub(super) fn unanswered_words(&self) -> Option<Moment> {
        let client = self.client();
        let unread = self.session.is_none() && self.open.is_empty() && !matches!(self.content[client], Content::Dns(_));
        self.spoke[client].filter(|_| unread && self.spoke[client.other()].is_none())
    }

    /// Whether messages of a TLS handshake are still to come that can be read.
    pub(super) fn is_shaking_hands(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.is_readable())
    }

    /// `clear` or `encrypted` where a side sent an alert, else `no`.
    pub(super) fn alerted(&self) -> &'static str {
        self.session.as_ref().and_then(|session| session.alert).unwrap_or("no")
    }

    /// Takes the next bytes of a direction in order.
    pub(super) fn bytes(&mut self, from: Side, mut data: &[u8], at: Moment, around: &mut Surroundings<'_>) {
        if !data.is_empty() {
            self.spoke[from].get_or_insert(at);
            self.asked = self.asked.filter(|_| from == self.client());
        }
        while !data.is_empty() {
            match &mut self.content[from] {
                Content::Off => return,
                Content::Opening { bytes, tries } => {
                    let tries = tries.saturating_sub(1);
                    let before = std::mem::take(bytes);
                    let gathered = if before.is_empty() { Vec::new() } else { [before.as_slice(), data].concat() };
                    let seen = if before.is_empty() { data } else { &gathered };
                    self.content[from] = match guess(seen) {
                        Guess::Tls => Content::Tls(Box::new(Records::new())),
                        Guess::OldHello(length) => Content::OldHello { bytes: Vec::new(), length },
                        Guess::Http => Content::Http(Box::default()),
                        Guess::Unsure => {
                            self.content[from] = Content::Opening { bytes: seen.to_vec(), tries: tries + 1 };
                            return;
                        }
                        Guess::Nothing if tries == 0 => Content::Off,
                        Guess::Nothing => Content::opening(tries),
                    };
                    if matches!(self.content[from], Content::Opening { .. } | Content::Off) {
                        return;
                    }
                    if !before.is_empty() {
                        // One level deep: nothing is gathered now.
                        return self.bytes(from, &gathered, at, around);
                    }
                }
                Content::Tls(records) => {
                    let mut items = Vec::new();
                    records.feed(data, &mut around.chains, &mut items);
                    self.items(from, items, at, around);
                    return;
                }
                Content::OldHello { bytes, length } => {
                    let part = data.get(..length.saturating_sub(bytes.len())).unwrap_or(data);
                    bytes.extend_from_slice(part);
                    data = data.get(part.len()..).unwrap_or_default();
                    if bytes.len() == *length {
                        let hello = handshake::sslv2(bytes, around.limits);
                        self.content[from] = Content::opening(1);
                        let messages = hello.into_iter().flat_map(|(hello, chain)| [Some(hello), chain]).flatten();
                        self.items(from, messages.map(tls::Item::Handshake).collect(), at, around);
                    }
                }
                Content::Http(http) => {
                    let Some((used, head)) = http.feed(data) else {
                        self.content[from] = Content::Off;
                        return;
                    };
                    data = data.get(used..).unwrap_or_default();
                    if let Some(head) = head {
                        self.head(from, head, at, around);
                    }
                }
                Content::Dns(bytes) => {
                    bytes.extend_from_slice(data);
                    return self.dns(from, at, around);
                }
            }
        }
    }

    /// `missing` bytes of a direction were not captured; `at` is where the bytes before them came.
    pub(super) fn gap(&mut self, from: Side, missing: usize, at: Moment, around: &mut Surroundings<'_>) {
        match &mut self.content[from] {
            Content::Tls(records) => {
                let mut items = Vec::new();
                records.gap(missing, &mut around.chains, &mut items);
                self.items(from, items, at, around);
            }
            Content::Http(http) => http.gap(missing),
            Content::Opening { .. } | Content::OldHello { .. } => self.content[from] = Content::opening(TRIES),
            Content::Dns(bytes) => {
                let message = std::mem::take(bytes);
                self.content[from] = Content::Off;
                let (source, destination) = (self.ends[from], self.ends[from.other()]);
                around.events.extend(message.get(2..).and_then(|cut| around.resolver.take(cut, source, destination, "tcp", at)));
            }
            Content::Off => {}
        }
    }

    /// No more bytes of a direction will come.
    pub(super) fn finish(&mut self, from: Side, at: Moment, around: &mut Surroundings<'_>) {
        if let Content::Tls(records) = &mut self.content[from] {
            let mut items = Vec::new();
            records.end(&mut around.chains, &mut items);
            self.items(from, items, at, around);
        }
    }

    fn items(&mut self, from: Side, items: Vec<tls::Item>, at: Moment, around: &mut Surroundings<'_>) {
        for item in items {
            self.item(from, item, at, around);
        }
    }

    pub(super) fn session(&mut self) -> &mut Session {
        self.session.get_or_insert_default()
    }

    /// The TLS session, where there is one.
    pub(super) fn known_session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// Whether a side sent anything.
    pub(super) fn spoke(&self, side: Side) -> bool {
        self.spoke[side].is_some()
    }

    pub(super) fn off(&mut self) {
        self.content = Pair { low: Content::Off, high: Content::Off };
    }

    fn dns(&mut self, from: Side, at: Moment, around: &mut Surroundings<'_>) {
        let (source, destination) = (self.ends[from], self.ends[from.other()]);
        let Content::Dns(bytes) = &mut self.content[from] else { return };
        let mut done = 0;
        while let Some(rest) = bytes.get(done..)
            && let Some((length, rest)) = rest.split_first_chunk()
            && let Some(message) = rest.get(..u16::from_be_bytes(*length).into())
        {
            around.events.extend(around.resolver.take(message, source, destination, "tcp", at));
            done += 2 + message.len();
        }
        bytes.drain(..done);
        if bytes.len() > MESSAGE {
            self.content[from] = Content::Off;
        }
    }

    fn head(&mut self, from: Side, head: Head, at: Moment, around: &mut Surroundings<'_>) {
        match head {
            Head::Request(request) => {
                self.client_is(from);
                if request.method == "CONNECT" || self.host.is_none() {
                    self.host = named(&request.host);
                }
                if request.method == "CONNECT" {
                    // Whatever follows is the tunnel's, or another request if the proxy refuses.
                    self.content[from] = Content::opening(TRIES);
                }
                if self.open.len() < OPEN_REQUESTS {
                    self.open.push_back((at, request));
                }
            }
            // An interim answer; the real one follows.
            Head::Answer(status) if status < 200 && status != 101 => {}
            Head::Answer(status) => {
                let Some((_, request)) = self.open.pop_front() else { return };
                if request.method == "HEAD"
                    && let Content::Http(http) = &mut self.content[from]
                {
                    http.no_body();
                }
                if request.method == "CONNECT" && status / 100 == 2 {
                    self.content[from] = Content::opening(TRIES);
                }
                let (kind, fields, text) = self.request(&request, Some(status), &around.resolver);
                self.emit(kind, at, fields, text, around);
            }
        }
    }

    fn request(&self, request: &Request, status: Option<u16>, resolver: &Resolver) -> (&'static str, Fields, String) {
        let (client, server) = (self.end(self.client()), self.server_text(resolver));
        let outcome = status.map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
        let status = status.map(|status| status.to_string()).unwrap_or_default();
        if request.method == "CONNECT" {
            let text = format!("HTTP CONNECT {} from {client} through proxy {server}: {outcome}", request.host);
            return ("http-connect", vec![("host", request.host.clone()), ("status", status)], text);
        }
        let scheme = if request.host.is_empty() { "" } else { "http://" };
        let text = format!("HTTP {} {scheme}{}{} from {client} to {server}: {outcome}", request.method, request.host, request.path);
        let fields =
            vec![("method", request.method.clone()), ("host", request.host.clone()), ("path", request.path.clone()), ("status", status)];
        ("http-request", fields, text)
    }

    /// The packets of requests without answer.
    pub(super) fn open_requests(&self) -> impl Iterator<Item = Moment> {
        self.open.iter().map(|(at, _)| *at)
    }

    /// The event of the request without answer at `index` of [`Self::open_requests`].
    pub(super) fn open_request_event(&self, index: usize, resolver: &Resolver) -> Option<Event> {
        let (at, request) = self.open.get(index)?;
        let (kind, fields, text) = self.request(request, None, resolver);
        Some(event(kind, *at, self.with_context(fields, resolver), text))
    }

    /// How far the connection got, as an alert tells it.
    pub(super) fn stage(&self) -> &'static str {
        match &self.session {
            Some(session) => session.stage(),
            // Without TLS, talk in both directions is all that can be said.
            None if self.spoke.low.is_some() && self.spoke.high.is_some() => "established",
            None => "connect",
        }
    }

    pub(super) fn server_name<'s>(&'s self, resolver: &'s Resolver) -> &'s str {
        let sni = self.session.as_ref().and_then(|session| session.sni.as_deref());
        sni.or(self.host.as_deref()).or_else(|| resolver.name(self.end(self.client().other()).ip())).unwrap_or_default()
    }

    /// `address:port (name)` of the server.
    pub(super) fn server_text(&self, resolver: &Resolver) -> String {
        let end = self.end(self.client().other());
        match self.server_name(resolver) {
            "" => end_text(end),
            name => format!("{} ({name})", end_text(end)),
        }
    }

    /// `client A to B (name)`, from the side that sent.
    pub(super) fn direction_text(&self, from: Side, resolver: &Resolver) -> String {
        let (client, server) = (end_text(self.end(self.client())), self.server_text(resolver));
        if from == self.client() { format!("client {client} to {server}") } else { format!("server {server} to {client}") }
    }

    /// The fields that every event of the connection carries.
    fn context(&self, resolver: &Resolver) -> Fields {
        let client = self.client();
        let server = self.end(client.other());
        let mut fields = Vec::with_capacity(FIELDS);
        fields.extend([
            ("client", end_text(self.end(client))),
            ("server", end_text(server)),
            ("server_port", server.port().to_string()),
            ("server_name", self.server_name(resolver).to_owned()),
        ]);
        if let Some(session) = &self.session {
            session.add_context(&mut fields);
        }
        fields
    }

    /// The context and an event's own fields, which replace those of the same name.
    pub(super) fn with_context(&self, own: Fields, resolver: &Resolver) -> Fields {
        let mut fields = self.context(resolver);
        fields.retain(|(name, _)| own.iter().all(|(other, _)| other != name));
        fields.extend(own);
        fields
    }

    pub(super) fn emit(&mut self, kind: &'static str, at: Moment, own: Fields, text: String, around: &mut Surroundings<'_>) {
        if self.may_tell(around) {
            let fields = self.with_context(own, &around.resolver);
            around.events.push(event(kind, at, fields, text));
        }
    }

    /// As [`Self::emit`], for what almost every connection has: `words` are found only where somebody wants them.
    pub(super) fn offer(
        &mut self,
        kind: &'static str,
        from: Side,
        at: Moment,
        around: &mut Surroundings<'_>,
        words: impl FnOnce(&Self, &Resolver) -> (Fields, String),
    ) {
        let Surroundings { sink, resolver, .. } = around;
        let outline = Outline { kind, server_name: self.server_name(resolver), by_client: from == self.client() };
        let wanted = sink.wants(&outline);
        if self.may_tell(around) && wanted {
            let (own, text) = words(self, &around.resolver);
            let fields = self.with_context(own, &around.resolver);
            around.events.push(event(kind, at, fields, text));
        }
    }

    /// Whether one more event of this connection may be told; it is counted.
    fn may_tell(&mut self, around: &mut Surroundings<'_>) -> bool {
        let room = self.events < EVENTS;
        self.events += u32::from(room);
        around.counts.crowded += u64::from(!room);
        room
    }
}
