//! Clients of which the capture has only what they sent themselves: that they had no answer is then the capture's doing.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use super::flow::Flow;
use super::resolver::Resolver;
use crate::formats::event::Event;

/// Addresses kept; a capture of more is not judged.
const KEPT: usize = 65_536;

/// What the connections of a capture say of its sides.
#[derive(Default)]
pub(super) struct Sides {
    /// Went on with a connection though the capture has no answer to its SYN.
    alone: HashSet<IpAddr>,
    /// Something that was sent to them over TCP was captured.
    heard: HashSet<IpAddr>,
}

impl Sides {
    /// Takes a connection of which no more packets come.
    pub(super) fn add(&mut self, flow: &Flow) {
        if self.alone.len() < KEPT {
            self.alone.extend(flow.alone());
        }
        if self.heard.len() < KEPT {
            self.heard.extend(flow.heard());
        }
    }

    /// Adds `one_sided` to an event that tells of a question without answer.
    pub(super) fn mark(&self, event: &mut Event, resolver: &Resolver) {
        if !matches!(event.kind, "dns-unanswered" | "tcp-syn-unanswered") || self.alone.is_empty() || self.heard.len() >= KEPT {
            return;
        }
        let client = event.field("client").and_then(|client| client.parse::<SocketAddr>().ok()).map(|client| client.ip());
        if client.is_some_and(|client| self.alone.contains(&client) && !self.heard.contains(&client) && !resolver.heard.contains(&client)) {
            event.fields.push(("one_sided", "yes".to_owned()));
        }
    }
}
