//! The flows that are followed at once, bounded; the one idle longest makes room.
//!
//! The order of use is kept apart from the flows: most packets change it, and it is all in the cache.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::flow::Flow;
use super::hash::Keyed;
use super::pair::Pair;

/// Both ends of a connection, the lower first.
pub(super) type Ends = Pair<SocketAddr>;

/// Where a flow is, until it makes room.
pub(super) type Place = u32;

const NONE: Place = Place::MAX;

/// Flows by their ends, linked from the one used last to the one idle longest.
pub(super) struct Table {
    index: HashMap<Ends, Place, Keyed>,
    slots: Vec<Slot>,
    links: Vec<Link>,
    free: Vec<Place>,
    newest: Place,
    oldest: Place,
    limit: usize,
}

struct Slot {
    ends: Ends,
    flow: Option<Flow>,
}

/// The neighbours of a flow in the order of use.
struct Link {
    newer: Place,
    older: Place,
}

impl Table {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            index: HashMap::default(),
            slots: Vec::new(),
            links: Vec::new(),
            free: Vec::new(),
            newest: NONE,
            oldest: NONE,
            limit: limit.clamp(1, NONE as usize - 1),
        }
    }

    /// How many flows there are.
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// Finds the flow between these ends, which becomes the one used last.
    pub(super) fn find(&mut self, ends: Ends) -> Option<Place> {
        // Packets of one flow often follow each other.
        if self.slots.get(self.newest as usize).is_some_and(|slot| slot.ends == ends) {
            return Some(self.newest);
        }
        let at = *self.index.get(&ends)?;
        self.unlink(at);
        self.link(at);
        Some(at)
    }

    /// The flow at a place.
    pub(super) fn at(&mut self, at: Place) -> Option<&mut Flow> {
        self.slots.get_mut(at as usize)?.flow.as_mut()
    }

    /// Adds a flow that is not there: its place, and the flow that had to go for it.
    pub(super) fn add(&mut self, ends: Ends, flow: Flow) -> (Place, Option<Flow>) {
        let gone = if self.len() >= self.limit { self.remove_oldest() } else { None };
        let slot = Slot { ends, flow: Some(flow) };
        let at = match self.free.pop() {
            Some(at) => {
                if let Some(free) = self.slots.get_mut(at as usize) {
                    *free = slot;
                }
                at
            }
            None => {
                self.slots.push(slot);
                self.links.push(Link { newer: NONE, older: NONE });
                Place::try_from(self.slots.len() - 1).unwrap_or(NONE)
            }
        };
        self.index.insert(ends, at);
        self.link(at);
        (at, gone)
    }

    /// Takes out the flow idle longest.
    pub(super) fn remove_oldest(&mut self) -> Option<Flow> {
        let at = self.oldest;
        self.unlink(at);
        let slot = self.slots.get_mut(at as usize)?;
        self.index.remove(&slot.ends);
        self.free.push(at);
        slot.flow.take()
    }

    /// All flows, in an order that depends on the capture only.
    pub(super) fn into_flows(self) -> impl Iterator<Item = Flow> {
        self.slots.into_iter().filter_map(|slot| slot.flow)
    }

    fn unlink(&mut self, at: Place) {
        let Some(&Link { newer, older }) = self.links.get(at as usize) else { return };
        match self.links.get_mut(newer as usize) {
            Some(link) => link.older = older,
            None => self.newest = older,
        }
        match self.links.get_mut(older as usize) {
            Some(link) => link.newer = newer,
            None => self.oldest = newer,
        }
    }

    fn link(&mut self, at: Place) {
        let newest = self.newest;
        if let Some(link) = self.links.get_mut(at as usize) {
            *link = Link { newer: NONE, older: newest };
        }
        match self.links.get_mut(newest as usize) {
            Some(link) => link.newer = at,
            None => self.oldest = at,
        }
        self.newest = at;
    }
}

#[cfg(test)]
mod tests {
    use super::super::stream::Moment;
    use super::*;

    fn ends(port: u16) -> Ends {
        Pair { low: SocketAddr::from(([192, 0, 2, 1], port)), high: SocketAddr::from(([192, 0, 2, 2], 443)) }
    }

    #[test]
    fn the_flow_idle_longest_makes_room() {
        let mut table = Table::new(3);
        let add = |table: &mut Table, port| {
            let flow = Flow::new(ends(port), Moment { packet: u64::from(port), time: None });
            table.add(ends(port), flow).1.map(|gone| gone.first().packet)
        };
        assert_eq!([1, 2, 3].map(|port| add(&mut table, port)), [None; 3]);
        assert!(table.find(ends(1)).is_some());
        assert_eq!(add(&mut table, 4), Some(2));
        assert!(table.find(ends(3)).is_some());
        assert_eq!(add(&mut table, 5), Some(1));
        assert!(table.find(ends(1)).is_none());
        let mut left: Vec<u64> = table.into_flows().map(|flow| flow.first().packet).collect();
        left.sort_unstable();
        assert_eq!(left, [3, 4, 5]);
    }

    #[test]
    fn places_are_used_again() {
        let mut table = Table::new(1_000);
        for round in 0..10 {
            for port in 0..100 {
                table.add(ends(port), Flow::new(ends(port), Moment { packet: round, time: None }));
            }
            while table.remove_oldest().is_some() {}
            assert_eq!((table.len(), table.slots.len()), (0, 100));
        }
    }
}
