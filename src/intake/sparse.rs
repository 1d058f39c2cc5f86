//! A file whose holes are not read: a log of 4 GiB may hold a few lines and nothing else. What the file system knows to be empty is
//! zeros without a disk or a cache that is asked for them.

use std::fs::File;
use std::io::{self, Read};

use super::read_at;

/// Files are taken to have no hole before here: most are no longer.
const DENSE: u64 = 1 << 20;

/// Reads a file from an offset up to a length that it had.
pub struct Sparse<'f> {
    file: &'f File,
    at: u64,
    end: u64,
    /// Up to where there is data, and, behind that, zeros.
    data: u64,
    zeros: u64,
}

impl<'f> Sparse<'f> {
    /// The bytes of `file` from `at` to `end`. Where the file is read by its position, that is lost.
    pub fn new(file: &'f File, at: u64, end: u64) -> Self {
        let data = at.saturating_add(DENSE).min(end);
        Self { file, at, end, data, zeros: data }
    }

    /// What comes next.
    fn look(&mut self) {
        let (data, zeros) = behind(self.file, self.at, self.end);
        (self.data, self.zeros) = (data.min(self.end), zeros.min(self.end));
    }
}

impl Read for Sparse<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.end {
            return Ok(0);
        }
        if self.at >= self.data.max(self.zeros) {
            self.look();
        }
        let most = |end: u64| usize::try_from(end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let read = if self.at < self.data {
            let most = most(self.data);
            read_at(self.file, buffer.get_mut(..most).unwrap_or_default(), self.at)?
        } else if self.at < self.zeros {
            let most = most(self.zeros);
            buffer.get_mut(..most).unwrap_or_default().fill(0);
            most
        } else {
            0
        };
        self.at += read as u64;
        Ok(read)
    }
}

/// From a place on: where data ends, and where zeros that follow it do; one of the two is the place itself.
#[cfg(target_os = "linux")]
fn behind(file: &File, at: u64, end: u64) -> (u64, u64) {
    use rustix::fs::{SeekFrom, seek};
    match seek(file, SeekFrom::Data(at)) {
        Ok(data) if data > at => (at, data),
        Ok(_) => (seek(file, SeekFrom::Hole(at)).unwrap_or(end).max(at + 1), at),
        // There is no more data: zeros up to where the file ends by now.
        Err(rustix::io::Errno::NXIO) => (at, file.metadata().map_or(at, |now| now.len())),
        Err(_) => (end, at),
    }
}

#[cfg(not(target_os = "linux"))]
fn behind(_: &File, at: u64, end: u64) -> (u64, u64) {
    (end, at)
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::*;

    #[test]
    fn holes_are_zeros() {
        let mut file = tempfile::tempfile().unwrap();
        let mut plain = vec![0_u8; 40 << 20];
        for (place, text) in [(0, "first"), (3 << 20, "second"), ((20 << 20) + 77, "third"), ((20 << 20) + 90_000, "fourth")] {
            file.seek(SeekFrom::Start(place as u64)).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            plain[place..place + text.len()].copy_from_slice(text.as_bytes());
        }
        file.set_len(plain.len() as u64).unwrap();
        for (from, to) in [(0, plain.len()), (5, 2 << 20), ((20 << 20) + 78, plain.len()), (21 << 20, plain.len()), (7, 7)] {
            let mut read = Vec::new();
            Sparse::new(&file, from as u64, to as u64).read_to_end(&mut read).unwrap();
            assert!(read == plain[from..to], "{from}..{to}: {}", read.len());
        }
        // Who was cut meanwhile ends there.
        file.set_len(30 << 20).unwrap();
        let mut read = Vec::new();
        Sparse::new(&file, 0, 40 << 20).read_to_end(&mut read).unwrap();
        assert!(read == plain[..30 << 20], "{}", read.len());
    }
}
