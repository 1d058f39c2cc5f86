//! What all walks of a case share: counters of work done, and the memory that decoders may hold at once.

use super::limits::Limits;
use super::list::Entry;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Decoders that need less than this are always admitted: every thread may hold a few of them.
const LIGHT: u64 = 8 << 20;

/// What one case may cost, shared by the walks of its entries.
///
/// Members and unpacked bytes are charged in the order of the entries, whatever order they are walked in: an entry may use what
/// those before it leave. Walks at the same time cannot know that yet and may take more, or be refused what they could have;
/// [`Budget::is_to_be_walked_again`] tells once all are done.
pub struct Budget {
    members: Counter,
    unpacked: Counter,
    evidence: Counter,
    facts: Counter,
    /// Of the memory for facts every entry has this much, whatever those before it use.
    share: u64,
    ratio: u64,
    ratio_case: u64,
    per_walk: u64,
    permits: Mutex<u64>,
    returned: Condvar,
    deadline: Option<Instant>,
    stopped: AtomicBool,
}

/// What all entries used of something, and each of them.
struct Counter {
    limit: u64,
    total: AtomicU64,
    by_entry: Mutex<Entries>,
}

/// What each entry used, with sums over those before any of them: a case may have as many as it may have files.
#[derive(Default)]
struct Entries {
    used: BTreeMap<usize, Used>,
    /// A Fenwick tree, whose length is a power of two.
    sums: Vec<u64>,
}

impl Entries {
    fn get(&self, entry: usize) -> Used {
        self.used.get(&entry).copied().unwrap_or_default()
    }

    fn set(&mut self, entry: usize, used: Used) {
        let before = self.get(entry).amount;
        self.used.insert(entry, used);
        while self.sums.len() <= entry {
            // The last place of each power of two has the sum of all up to it.
            let (length, all) = (self.sums.len().max(1), self.sums.last().copied().unwrap_or(0));
            self.sums.resize(length * 2, 0);
            if let Some(last) = self.sums.last_mut() {
                *last = all;
            }
        }
        let mut at = entry + 1;
        while let Some(sum) = self.sums.get_mut(at - 1) {
            *sum = sum.wrapping_add(used.amount).wrapping_sub(before);
            at += at & at.wrapping_neg();
        }
    }

    /// The sum over all entries before this one.
    fn before(&self, entry: usize) -> u64 {
        let (mut at, mut sum) = (entry.min(self.sums.len()), 0_u64);
        while let Some(part) = at.checked_sub(1).and_then(|place| self.sums.get(place)) {
            sum = sum.wrapping_add(*part);
            at &= at - 1;
        }
        sum
    }
}

/// What one entry used.
#[derive(Clone, Copy, Default)]
struct Used {
    amount: u64,
    /// It asked for more than it was granted.
    refused: bool,
}

impl Counter {
    fn new(limit: u64) -> Self {
        Self { limit, total: AtomicU64::new(0), by_entry: Mutex::default() }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.by_entry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Charges an entry that used `own` so far; returns how much of `more` is granted.
    fn charge(&self, entry: usize, own: u64, more: u64) -> u64 {
        let granted = if self.total.fetch_add(more, Relaxed).saturating_add(more) <= self.limit {
            more
        } else {
            self.left_for(entry).saturating_sub(own).min(more)
        };
        self.total.fetch_sub(more - granted, Relaxed);
        let mut entries = self.entries();
        let refused = entries.get(entry).refused || granted < more;
        entries.set(entry, Used { amount: own + granted, refused });
        drop(entries);
        granted
    }

    /// What the entries before this one leave of the limit.
    fn left_for(&self, entry: usize) -> u64 {
        self.limit.saturating_sub(self.entries().before(entry))
    }

    /// Whether an entry used more than those before it leave, or was refused although they leave more.
    fn is_wrong(&self, entry: usize) -> bool {
        let Used { amount, refused } = self.entries().get(entry);
        if !refused && self.total.load(Relaxed) <= self.limit {
            return false;
        }
        let left = self.left_for(entry);
        amount > left || (refused && amount < left)
    }

    fn set(&self, entry: usize, used: u64) {
        self.entries().set(entry, Used { amount: used, refused: false });
    }

    fn forget(&self, entry: usize) {
        let mut entries = self.entries();
        let used = entries.get(entry);
        entries.set(entry, Used::default());
        drop(entries);
        self.total.fetch_sub(used.amount, Relaxed);
    }
}

/// Bytes that are kept in memory of what was read, or may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Of matches (the limit `evidence`).
    pub evidence: u64,
    /// Of all else that grows with what a file holds (the limit `facts_memory`).
    pub facts: u64,
}

/// Why [`Share::unpack`] granted less than it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spent {
    Unpacked,
    Ratio,
}

impl Budget {
    /// A fresh budget for one case; the limit `time` runs from here.
    pub fn new(limits: &Limits) -> Self {
        Self {
            members: Counter::new(limits.members),
            unpacked: Counter::new(limits.unpacked),
            evidence: Counter::new(limits.evidence),
            facts: Counter::new(limits.facts_memory),
            share: limits.facts_memory / 2,
            ratio: limits.ratio,
            ratio_case: limits.ratio_case,
            per_walk: limits.decoder_memory,
            permits: Mutex::new((limits.decoder_memory_total / limits.decoder_memory.max(1)).max(1)),
            returned: Condvar::new(),
            deadline: Some(limits.time).filter(|time| *time > 0).and_then(|time| Instant::now().checked_add(Duration::from_secs(time))),
            stopped: AtomicBool::new(false),
        }
    }

    /// Leaves room for the entries themselves: what lies in archives takes the place of no file beside them.
    #[must_use]
    pub fn beside(mut self, entries: usize) -> Self {
        self.members.limit = self.members.limit.saturating_sub(entries as u64);
        self.share /= (entries as u64).max(1);
        self
    }

    /// True once the limit `time` is reached. Walks end by themselves; who reads an artifact's file should ask.
    pub fn out_of_time(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether the limit `time` kept anything from being read.
    pub fn was_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// Whether a walk took more than the entries before its own leave, or less than it could have. Asked in the order of the
    /// entries when all are walked; what it took is given back then, and what it gave its visitor counts for nothing.
    pub fn is_to_be_walked_again(&self, entry: &Entry) -> bool {
        let wrong = self.members.is_wrong(entry.order()) || self.unpacked.is_wrong(entry.order());
        if wrong {
            self.members.forget(entry.order());
            self.unpacked.forget(entry.order());
        }
        wrong
    }

    /// What may be kept of an entry, once all before it are walked. Of the memory for facts each has a share, which is half of the limit
    /// for all of them.
    pub fn left_to_keep(&self, entry: &Entry) -> Kept {
        let facts = self.facts.left_for(entry.order()).max(self.share);
        Kept { evidence: self.evidence.left_for(entry.order()), facts }
    }

    /// What may be kept of an entry while those before it are walked still. However many are at once, no more than the limits and half of
    /// them again is kept of all.
    pub fn left_meanwhile(&self, entry: &Entry) -> Kept {
        let left = self.left_to_keep(entry);
        let spare = |counter: &Counter| {
            let entries = counter.entries();
            let others = entries.before(usize::MAX).saturating_sub(entries.get(entry.order()).amount);
            (counter.limit + counter.limit / 2).saturating_sub(others)
        };
        Kept { evidence: left.evidence.min(spare(&self.evidence)), facts: left.facts.min(spare(&self.facts).max(self.share)) }
    }

    /// Notes what is kept of an entry so far.
    pub fn keeps(&self, entry: &Entry, kept: Kept) {
        self.evidence.set(entry.order(), kept.evidence);
        self.facts.set(entry.order(), kept.facts);
    }

    /// Notes that the limit `time` kept something from being read.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Relaxed);
    }
}

/// The part of a [`Budget`] that the walk of one entry uses.
pub(super) struct Share<'b> {
    pub(super) budget: &'b Budget,
    entry: usize,
    members: Cell<u64>,
    unpacked: Cell<u64>,
    read: Cell<u64>,
}

impl<'b> Share<'b> {
    pub(super) fn new(budget: &'b Budget, entry: usize) -> Self {
        Self { budget, entry, members: Cell::new(0), unpacked: Cell::new(0), read: Cell::new(0) }
    }

    /// Counts one more file; false when the case has too many.
    pub(super) fn member(&self) -> bool {
        let granted = self.budget.members.charge(self.entry, self.members.get(), 1);
        self.members.set(self.members.get() + granted);
        granted == 1
    }

    /// Counts bytes that came from the input.
    pub(super) fn consumed(&self, bytes: u64) {
        self.read.set(self.read.get().saturating_add(bytes));
    }

    /// Charges bytes that a decompressor produced. On refusal the number says how many of them may still be used.
    pub(super) fn unpack(&self, bytes: u64) -> Result<(), (u64, Spent)> {
        let granted = self.budget.unpacked.charge(self.entry, self.unpacked.get(), bytes);
        let total = self.unpacked.get().saturating_add(granted);
        self.unpacked.set(total);
        if granted < bytes {
            return Err((granted, Spent::Unpacked));
        }
        if total > self.budget.ratio_case && total / self.read.get().max(1) > self.budget.ratio {
            return Err((0, Spent::Ratio));
        }
        Ok(())
    }
}

/// The dictionaries held by the nested decoders of one walk. The first large one waits until the run has room for
/// all that the walk may hold, so that no two walks can wait for each other.
pub(super) struct DecoderMemory<'b> {
    budget: &'b Budget,
    held: Cell<u64>,
    admitted: Cell<bool>,
}

impl<'b> DecoderMemory<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Self { budget, held: Cell::new(0), admitted: Cell::new(false) }
    }

    /// Takes `bytes` for one dictionary until the reservation is dropped. Fails with
    /// [`io::ErrorKind::OutOfMemory`] when the walk would hold more than its limit.
    pub(super) fn reserve(&self, bytes: u64) -> io::Result<Reservation<'_>> {
        let held = self.held.get().saturating_add(bytes);
        if held > self.budget.per_walk {
            let message = format!("its dictionary needs {}", super::limits::size(bytes));
            return Err(io::Error::new(io::ErrorKind::OutOfMemory, message));
        }
        if held > LIGHT && !self.admitted.replace(true) {
            let mut permits = self.budget.permits.lock().unwrap_or_else(PoisonError::into_inner);
            while *permits == 0 {
                permits = self.budget.returned.wait(permits).unwrap_or_else(PoisonError::into_inner);
            }
            *permits -= 1;
        }
        self.held.set(held);
        Ok(Reservation { bytes, held: &self.held })
    }
}

impl Drop for DecoderMemory<'_> {
    fn drop(&mut self) {
        if self.admitted.get() {
            *self.budget.permits.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            self.budget.returned.notify_one();
        }
    }
}

/// Memory taken by [`DecoderMemory::reserve`], given back on drop.
pub(super) struct Reservation<'m> {
    bytes: u64,
    held: &'m Cell<u64>,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.held.set(self.held.get().saturating_sub(self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacked_bytes_are_granted_to_the_last_one() {
        let limits = Limits { unpacked: 100, ..Limits::default() };
        let budget = Budget::new(&limits);
        let share = Share::new(&budget, 0);
        assert_eq!(share.unpack(60), Ok(()));
        assert_eq!(share.unpack(60), Err((40, Spent::Unpacked)));
        assert_eq!(share.unpack(60), Err((0, Spent::Unpacked)));
    }

    #[test]
    fn what_comes_first_is_charged_first() {
        let limits = Limits { unpacked: 100, ..Limits::default() };
        let budget = Budget::new(&limits);
        // The second of the case is walked before the first, and takes all there is.
        assert_eq!(Share::new(&budget, 1).unpack(90), Ok(()));
        assert_eq!(Share::new(&budget, 0).unpack(60), Ok(()));
        assert!(!budget.unpacked.is_wrong(0) && budget.unpacked.is_wrong(1));
        budget.unpacked.forget(1);
        assert_eq!(Share::new(&budget, 1).unpack(90), Err((40, Spent::Unpacked)));
        assert!(!budget.unpacked.is_wrong(1));
        // The first is walked again and takes less: what the second was refused is there now.
        budget.unpacked.forget(0);
        assert_eq!(Share::new(&budget, 0).unpack(30), Ok(()));
        assert!(!budget.unpacked.is_wrong(0) && budget.unpacked.is_wrong(1));
    }

    #[test]
    fn sums_are_those_of_a_plain_list() {
        let (mut entries, mut plain) = (Entries::default(), vec![0_u64; 100]);
        assert_eq!(entries.before(7), 0);
        // Entries finish in any order, and some are walked again.
        for step in 0..500_u64 {
            let entry = usize::try_from(step * 37 % 100).unwrap();
            plain[entry] = step * step % 1_000;
            entries.set(entry, Used { amount: plain[entry], refused: false });
            for upto in [0, 1, 31, 32, 33, 64, 99, 100, 5_000] {
                assert_eq!(entries.before(upto), plain.iter().take(upto).sum::<u64>(), "{step} {upto}");
            }
        }
    }

    #[test]
    fn dictionaries_are_given_back() {
        let limits = Limits { decoder_memory: 64 << 20, decoder_memory_total: 64 << 20, ..Limits::default() };
        let budget = Budget::new(&limits);
        let memory = DecoderMemory::new(&budget);
        let first = memory.reserve(40 << 20).unwrap();
        assert_eq!(memory.reserve(40 << 20).map(|_| ()).unwrap_err().kind(), io::ErrorKind::OutOfMemory);
        drop(first);
        assert!(memory.reserve(40 << 20).is_ok());
    }

    #[test]
    fn a_second_walk_waits_for_the_first() {
        let limits = Limits { decoder_memory: 64 << 20, decoder_memory_total: 64 << 20, ..Limits::default() };
        let budget = Budget::new(&limits);
        let (started, release) = (std::sync::Barrier::new(2), AtomicU64::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let memory = DecoderMemory::new(&budget);
                let _held = memory.reserve(32 << 20).unwrap();
                started.wait();
                std::thread::sleep(std::time::Duration::from_millis(50));
                release.store(1, Relaxed);
            });
            started.wait();
            let memory = DecoderMemory::new(&budget);
            let _held = memory.reserve(32 << 20).unwrap();
            assert_eq!(release.load(Relaxed), 1);
        });
    }
}
