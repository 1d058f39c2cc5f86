//! Buffers that are used again by the next member. A case may have a hundred thousand: what each leaves behind lies between the
//! buffers that it gave back, so that the heap would grow by new ones with every member.

use std::cell::RefCell;
use std::io::{self, BufRead, Read};

/// Buffers that a thread holds.
const HELD: usize = 4;
/// Smaller ones are no matter, and of larger ones few are needed.
const SIZES: std::ops::RangeInclusive<usize> = 16 << 10..=2 << 20;

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// An empty buffer with room for so many bytes.
pub(crate) fn take(room: usize) -> Vec<u8> {
    let fits = |spare: &mut Vec<Vec<u8>>| {
        let at = spare.iter().position(|buffer| buffer.capacity() >= room)?;
        Some(spare.swap_remove(at))
    };
    SPARE.with_borrow_mut(fits).unwrap_or_else(|| Vec::with_capacity(room))
}

/// Gives back a buffer that is not needed any more.
pub(crate) fn give(mut buffer: Vec<u8>) {
    if SIZES.contains(&buffer.capacity()) {
        buffer.clear();
        // While a thread ends there is nothing to give to.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < HELD {
                spare.push(buffer);
            }
        });
    }
}

/// A reader with such a buffer before it.
pub(super) struct Buffered<R> {
    inner: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
}

impl<R: Read> Buffered<R> {
    pub(super) fn new(room: usize, inner: R) -> Self {
        let mut buffer = take(room);
        buffer.resize(room, 0);
        Self { inner, buffer, at: 0, end: 0 }
    }
}

impl<R> Drop for Buffered<R> {
    fn drop(&mut self) {
        give(std::mem::take(&mut self.buffer));
    }
}

impl<R: Read> Read for Buffered<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        // What is as long needs no buffer.
        if self.at == self.end && buf.len() >= self.buffer.len() {
            return self.inner.read(buf);
        }
        let mut available = self.fill_buf()?;
        let read = available.read(buf)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Buffered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.end {
            (self.at, self.end) = (0, 0);
            self.end = self.inner.read(&mut self.buffer)?.min(self.buffer.len());
        }
        Ok(self.buffer.get(self.at..self.end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at = self.end.min(self.at.saturating_add(amount));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back() {
        let (small, large) = (take(32 << 10), take(64 << 10));
        let at = large.as_ptr();
        give(small);
        give(large);
        let again = take(64 << 10);
        assert_eq!(again.as_ptr(), at);
        give(Vec::new());
        assert!(SPARE.with_borrow(|spare| spare.iter().all(|buffer| SIZES.contains(&buffer.capacity()))));
    }

    #[test]
    fn it_reads_what_is_there() {
        let text: Vec<u8> = (0..100_000_u32).map(|at| at as u8).collect();
        for room in [1, 7, 4_096, 200_000] {
            let mut buffered = Buffered::new(room, text.as_slice());
            let mut read = vec![0; 10];
            buffered.read_exact(&mut read).unwrap();
            buffered.read_to_end(&mut read).unwrap();
            assert!(read == text && buffered.fill_buf().unwrap().is_empty(), "{room}");
        }
    }
}
