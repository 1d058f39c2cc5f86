//! What all walks of a case share: counters of work done, and the memory that decoders may hold at once.

use super::limits::Limits;
use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Decoders that need less than this are always admitted: every thread may hold a few of them.
const LIGHT: u64 = 8 << 20;

/// Counters of one case, charged by every [`open`](super::open) of it.
///
/// Several threads charge it in the order they happen to run; which file is cut by a case-wide limit can therefore
/// differ from run to run. Below the limits nothing depends on it.
pub struct Budget {
    members: AtomicU64,
    unpacked: AtomicU64,
    read: AtomicU64,
    member_limit: u64,
    unpacked_limit: u64,
    ratio: u64,
    ratio_case: u64,
    per_walk: u64,
    permits: Mutex<u64>,
    returned: Condvar,
    deadline: Option<Instant>,
    stopped: AtomicBool,
}

/// Why [`Budget::unpack`] granted less than it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spent {
    Unpacked,
    Ratio,
}

impl Budget {
    /// A fresh budget for one case; the limit `time` runs from here.
    pub fn new(limits: &Limits) -> Self {
        Self {
            members: AtomicU64::new(0),
            unpacked: AtomicU64::new(0),
            read: AtomicU64::new(0),
            member_limit: limits.members,
            unpacked_limit: limits.unpacked,
            ratio: limits.ratio,
            ratio_case: limits.ratio_case,
            per_walk: limits.decoder_memory,
            permits: Mutex::new((limits.decoder_memory_total / limits.decoder_memory.max(1)).max(1)),
            returned: Condvar::new(),
            deadline: Some(limits.time).filter(|time| *time > 0).and_then(|time| Instant::now().checked_add(Duration::from_secs(time))),
            stopped: AtomicBool::new(false),
        }
    }

    /// Files met so far, members of archives included.
    pub fn members(&self) -> u64 {
        self.members.load(Relaxed)
    }

    /// Bytes that decompressors produced so far.
    pub fn unpacked(&self) -> u64 {
        self.unpacked.load(Relaxed)
    }

    /// Bytes read so far from the inputs.
    pub fn read(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// True once the limit `time` is reached. Walks end by themselves; who reads an artifact's file should ask.
    pub fn out_of_time(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether the limit `time` kept anything from being read.
    pub fn was_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// Notes that the limit `time` kept something from being read.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Relaxed);
    }

    /// Counts one more file; false when the case has too many.
    pub(super) fn member(&self) -> bool {
        self.members.fetch_add(1, Relaxed) < self.member_limit
    }

    /// Counts bytes that came from an input.
    pub(super) fn consumed(&self, bytes: u64) {
        self.read.fetch_add(bytes, Relaxed);
    }

    /// Charges bytes that a decompressor produced. On refusal the number says how many of them may still be used.
    pub(super) fn unpack(&self, bytes: u64) -> Result<(), (u64, Spent)> {
        let before = self.unpacked.fetch_add(bytes, Relaxed);
        let total = before.saturating_add(bytes);
        if total > self.unpacked_limit {
            return Err((self.unpacked_limit.saturating_sub(before).min(bytes), Spent::Unpacked));
        }
        if total > self.ratio_case && total / self.read().max(1) > self.ratio {
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
        assert_eq!(budget.unpack(60), Ok(()));
        assert_eq!(budget.unpack(60), Err((40, Spent::Unpacked)));
        assert_eq!(budget.unpack(60), Err((0, Spent::Unpacked)));
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
