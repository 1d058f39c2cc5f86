//! The readers between the layers of a walk: they count, stop at limits, and note the first thing that goes wrong.
//!
//! A walk stacks readers (file, decoder, archive member, decoder …). When one fails, all above it fail too, so the
//! first to fail writes a [`Fault`] into the [`Chain`] and the others only pass the error on. Whoever made the layer
//! that failed takes the fault out and reports it, once.

use super::budget::{Budget, DecoderMemory, Share, Spent};
use super::limits::{Limits, size};
use super::{LogicalPath, Trouble, TroubleKind};
use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the readers of one walk share.
pub(super) struct Chain<'c> {
    pub(super) limits: &'c Limits,
    pub(super) share: Share<'c>,
    pub(super) memory: DecoderMemory<'c>,
    /// Bytes read from files and spools: the denominator of the ratio.
    consumed: Cell<u64>,
    fault: RefCell<Option<Fault>>,
}

/// The first failure below the reader at hand.
#[derive(Clone)]
pub(super) struct Fault {
    /// The layer that failed, counted from the input file, which is 0. Failures that end the whole walk are 0 too.
    pub(super) layer: usize,
    pub(super) path: LogicalPath,
    pub(super) kind: TroubleKind,
    pub(super) cause: String,
    /// What was used all the same.
    pub(super) used: Option<String>,
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        let message = match fault.used {
            Some(used) => format!("{}; {used}", fault.cause),
            None => fault.cause,
        };
        Self { path: fault.path, kind: fault.kind, message }
    }
}

impl<'c> Chain<'c> {
    pub(super) fn new(limits: &'c Limits, budget: &'c Budget, entry: usize) -> Self {
        Self {
            limits,
            share: Share::new(budget, entry),
            memory: DecoderMemory::new(budget),
            consumed: Cell::new(0),
            fault: RefCell::new(None),
        }
    }

    /// Notes a failure unless one below it is noted already.
    pub(super) fn fail(&self, layer: usize, path: &LogicalPath, kind: TroubleKind, cause: impl Into<String>) {
        let mut fault = self.fault.borrow_mut();
        if fault.is_none() {
            *fault = Some(Fault { layer, path: path.clone(), kind, cause: cause.into(), used: None });
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.fault.borrow().is_some()
    }

    /// True when the failure lies in `layer` or below it, so that its owner cannot go on.
    pub(super) fn failed_below(&self, layer: usize) -> bool {
        self.fault.borrow().as_ref().is_some_and(|fault| fault.layer <= layer)
    }

    /// Says, unless an inner walk said it already, what was used before the failure.
    pub(super) fn used(&self, describe: impl FnOnce(&LogicalPath) -> String) {
        if let Some(fault) = self.fault.borrow_mut().as_mut()
            && fault.used.is_none()
        {
            fault.used = Some(describe(&fault.path));
        }
    }

    /// Takes the failure out when it lies in `layer` or above it.
    pub(super) fn take(&self, layer: usize) -> Option<Fault> {
        self.fault.borrow_mut().take_if(|fault| fault.layer >= layer)
    }

    /// Puts a failure back that was taken out while its remains were looked at.
    pub(super) fn restore(&self, taken: Option<Fault>) {
        if let Some(taken) = taken {
            self.fault.borrow_mut().get_or_insert(taken);
        }
    }

    pub(super) fn consumed(&self) -> u64 {
        self.consumed.get()
    }

    /// Forgets a failure that came with the last bytes before it; the layer that failed will say so again.
    pub(super) fn postpone(&self) {
        self.fault.borrow_mut().take();
    }

    fn passed_on(&self) -> io::Error {
        io::Error::other("a layer below failed")
    }
}

/// Reads a file, a pipe or a spool; the lowest layer.
pub(super) struct Raw<'c, R> {
    inner: R,
    path: LogicalPath,
    chain: &'c Chain<'c>,
    /// Bytes that may still be read: a file that grows is cut at the size it had when it was opened.
    left: u64,
    /// Whether this is an input of the case, and no copy of something inside it.
    input: bool,
}

impl<'c, R> Raw<'c, R> {
    pub(super) fn new(inner: R, path: LogicalPath, chain: &'c Chain<'c>, length: Option<u64>) -> Self {
        Self { inner, path, chain, left: length.unwrap_or(u64::MAX), input: true }
    }
}

impl<R: Read> Read for Raw<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        let Some(buf) = buf.get_mut(..most).filter(|buf| !buf.is_empty()) else { return Ok(0) };
        if self.chain.share.budget.out_of_time() {
            self.chain.share.budget.stop();
            let cause = self.chain.limits.hit("time", "this file and what follows in the case was not read to its end");
            self.chain.fail(0, &self.path, TroubleKind::Limit, cause);
            return Err(self.chain.passed_on());
        }
        loop {
            match self.inner.read(buf) {
                Ok(read) => {
                    self.left = self.left.saturating_sub(read as u64);
                    self.chain.consumed.set(self.chain.consumed.get().saturating_add(read as u64));
                    if self.input {
                        self.chain.share.consumed(read as u64);
                    }
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.chain.fail(0, &self.path, TroubleKind::Io, format!("reading failed: {error}"));
                    return Err(self.chain.passed_on());
                }
            }
        }
    }
}

/// Seeks inside the size seen at open, which a zip needs.
pub(super) struct Seekable<'c, R> {
    raw: Raw<'c, R>,
    length: u64,
}

impl<'c, R: Read + Seek> Seekable<'c, R> {
    pub(super) fn new(inner: R, path: LogicalPath, chain: &'c Chain<'c>, length: u64) -> Self {
        Self { raw: Raw::new(inner, path, chain, Some(length)), length }
    }

    /// A temporary copy, which is no input of the case.
    pub(super) fn spool(inner: R, path: LogicalPath, chain: &'c Chain<'c>, length: u64) -> Self {
        let mut spool = Self::new(inner, path, chain, length);
        spool.raw.input = false;
        spool
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Goes to a place; behind the end there is nothing to read.
    pub(super) fn go_to(&mut self, place: u64) -> io::Result<()> {
        self.raw.left = self.length.saturating_sub(place);
        match self.raw.inner.seek(SeekFrom::Start(place.min(self.length))) {
            Ok(_) => Ok(()),
            Err(error) => {
                self.raw.chain.fail(0, &self.raw.path, TroubleKind::Io, format!("seeking failed: {error}"));
                Err(self.raw.chain.passed_on())
            }
        }
    }
}

impl<R: Read> Read for Seekable<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.raw.read(buf)
    }
}

/// The output of a decoder: charged to the case, its failures put into words.
pub(super) struct Metered<'c, R> {
    inner: R,
    what: &'static str,
    layer: usize,
    path: LogicalPath,
    chain: &'c Chain<'c>,
    produced: u64,
    /// What ended it. A decoder that failed is not asked again.
    failure: Option<Fault>,
}

impl<'c, R: Read> Metered<'c, R> {
    /// `what` names the stream in messages, as in "gzip stream".
    pub(super) fn new(inner: R, what: &'static str, layer: usize, path: LogicalPath, chain: &'c Chain<'c>) -> Self {
        Self { inner, what, layer, path, chain, produced: 0, failure: None }
    }

    fn die(&mut self) -> io::Error {
        self.failure = self.chain.fault.borrow().clone();
        self.chain.passed_on()
    }

    fn explain(&self, error: &io::Error) -> (TroubleKind, String) {
        let what = self.what;
        match error.kind() {
            io::ErrorKind::UnexpectedEof => (TroubleKind::Truncated, format!("{what} ends after {} (expected more)", size(self.produced))),
            io::ErrorKind::OutOfMemory => {
                let happened = format!("{what} was not unpacked beyond {}: {error}", size(self.produced));
                (TroubleKind::Limit, self.chain.limits.hit("decoder_memory", happened))
            }
            io::ErrorKind::Unsupported => {
                (TroubleKind::Unsupported, format!("{what} cannot be read after {}: {error}", size(self.produced)))
            }
            _ => (TroubleKind::Corrupt, format!("{what} is damaged after {}: {error}", size(self.produced))),
        }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.failure.is_some() {
            self.chain.restore(self.failure.clone());
            return Err(self.chain.passed_on());
        }
        if buf.is_empty() {
            return Ok(0);
        }
        // The decoders are other people's code on hostile bytes: a panic of theirs is damage of this stream.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.inner.read(buf)))
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::InvalidData, "the decoder gave up")));
        match outcome {
            Ok(read) => {
                let read = read.min(buf.len());
                self.produced = self.produced.saturating_add(read as u64);
                let Err((granted, spent)) = self.chain.share.unpack(read as u64) else { return Ok(read) };
                let name = match spent {
                    Spent::Unpacked => "unpacked",
                    Spent::Ratio => "ratio",
                };
                let cause = self.chain.limits.hit(name, "the case was not unpacked any further");
                self.chain.fail(0, &self.path, TroubleKind::Limit, cause);
                let error = self.die();
                if granted > 0 { Ok(usize::try_from(granted).unwrap_or(read).min(read)) } else { Err(error) }
            }
            Err(error) => {
                if !self.chain.failed() {
                    let (kind, cause) = self.explain(&error);
                    self.chain.fail(self.layer, &self.path, kind, cause);
                }
                Err(self.die())
            }
        }
    }
}

/// The stored bytes of one archive member. What the archive promised must come.
pub(super) struct Bounded<'c, 'r> {
    inner: &'r mut dyn Read,
    left: u64,
    layer: usize,
    archive: &'r LogicalPath,
    chain: &'c Chain<'c>,
}

impl<'c, 'r> Bounded<'c, 'r> {
    pub(super) fn new(inner: &'r mut dyn Read, length: u64, layer: usize, archive: &'r LogicalPath, chain: &'c Chain<'c>) -> Self {
        Self { inner, left: length, layer, archive, chain }
    }

    /// Reads and drops what is left of the member.
    pub(super) fn skip(&mut self) -> io::Result<()> {
        let mut dropped = vec![0; usize::try_from(self.left).unwrap_or(usize::MAX).min(DROPPED)];
        while self.read(&mut dropped)? > 0 {}
        Ok(())
    }
}

impl Read for Bounded<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        let Some(buf) = buf.get_mut(..most).filter(|buf| !buf.is_empty()) else { return Ok(0) };
        match self.inner.read(buf)? {
            0 => {
                let cause = format!("the archive ends inside a member, {} before the member's end", size(self.left));
                self.chain.fail(self.layer, self.archive, TroubleKind::Truncated, cause);
                Err(self.chain.passed_on())
            }
            read => {
                self.left = self.left.saturating_sub(read as u64);
                Ok(read)
            }
        }
    }
}

/// Bytes that are read at once to be dropped: decoders are slow in small steps.
const DROPPED: usize = 64 << 10;

/// Reads and drops what is left; returns how many bytes that was.
///
/// # Errors
/// Those of `input`.
pub fn drain(input: &mut dyn Read) -> io::Result<u64> {
    let mut dropped = vec![0; DROPPED];
    let mut length = 0;
    loop {
        match input.read(&mut dropped)? {
            0 => return Ok(length),
            read => length += read as u64,
        }
    }
}

/// The bytes of one artifact as a visitor sees them: no errors, only an early end.
pub(super) struct Leaf<'c, 'r> {
    head: &'r [u8],
    inner: &'r mut dyn Read,
    chain: &'c Chain<'c>,
    /// What was consumed below when this artifact began.
    consumed_before: u64,
    produced: u64,
    ended: bool,
    /// Whether a layer below failed.
    pub(super) cut: bool,
    /// The limit that ended it.
    pub(super) hit: Option<&'static str>,
}

impl<'c, 'r> Leaf<'c, 'r> {
    pub(super) fn new(head: &'r [u8], inner: &'r mut dyn Read, chain: &'c Chain<'c>, consumed_before: u64) -> Self {
        Self { head, inner, chain, consumed_before, produced: 0, ended: false, cut: false, hit: None }
    }

    /// Bytes handed out so far.
    pub(super) fn produced(&self) -> u64 {
        self.produced
    }

    fn end(&mut self, hit: Option<&'static str>) -> io::Result<usize> {
        self.ended = true;
        self.hit = hit;
        Ok(0)
    }
}

impl Read for Leaf<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.ended || buf.is_empty() {
            return Ok(0);
        }
        let limits = self.chain.limits;
        let left = limits.artifact.saturating_sub(self.produced);
        // At the limit one more byte is asked for: only if there is one was something cut.
        let most = usize::try_from(left.max(1)).unwrap_or(usize::MAX).min(buf.len());
        let buf = buf.get_mut(..most).unwrap_or_default();
        let outcome = if self.head.is_empty() { self.inner.read(buf) } else { self.head.read(buf) };
        self.cut = outcome.is_err();
        let read = outcome.unwrap_or(0);
        if read == 0 {
            return self.end(None);
        }
        if left == 0 {
            return self.end(Some("artifact"));
        }
        self.produced = self.produced.saturating_add(read as u64);
        let consumed = self.chain.consumed().saturating_sub(self.consumed_before).max(1);
        if self.produced > limits.ratio_artifact && self.produced / consumed > limits.ratio {
            self.end(Some("ratio"))?;
        }
        Ok(read)
    }
}
