//! Windows in buckets, as tables that a vector search looks bytes up in.
//!
//! A position of the text is a candidate when one bucket fits all eight bytes that begin there, each looked up on its own:
//! a bucket of `licensed` and `call home` also fits `lacensed`. Which windows share a bucket was measured, see
//! [`super::windows`].

use super::windows::{WIDTH, Window};

/// Buckets of one bank: the bits of a byte.
const BITS: usize = 8;
/// Banks, looked up one after the other.
pub(super) const BANKS: usize = 2;
#[cfg(test)]
pub(super) const BUCKETS: usize = BITS * BANKS;

/// Lookup tables, by bank and byte of the window: the buckets that a byte fits, as bits.
#[derive(Debug)]
pub(super) struct Tables {
    /// By class of the byte, see [`class`]. Exact.
    pub(super) classes: [[[u8; 64]; WIDTH]; BANKS],
    /// By the lower four bits of the folded byte.
    pub(super) low: [[[u8; 16]; WIDTH]; BANKS],
    /// By the higher four.
    pub(super) high: [[[u8; 16]; WIDTH]; BANKS],
}

/// The class of a byte: the six bits that folding leaves of ASCII. Other bytes share the classes of these.
pub(super) fn class(byte: u8) -> u8 {
    byte & 0x1f | (byte >> 1) & 0x20
}

impl Tables {
    pub(super) fn new(windows: &[Window]) -> Self {
        let mut tables = Self { classes: [[[0; 64]; WIDTH]; BANKS], low: [[[0; 16]; WIDTH]; BANKS], high: [[[0; 16]; WIDTH]; BANKS] };
        for (number, window) in windows.iter().enumerate() {
            // What was given none goes anywhere: few, and the next list will have them.
            let (bank, bit) = home(window.bucket.map_or(number, usize::from));
            for (at, byte) in window.bytes.bytes().into_iter().enumerate() {
                for byte in byte.map_or(0..=u8::MAX, |byte| byte..=byte) {
                    tables.classes[bank][at][usize::from(class(byte))] |= bit;
                    tables.low[bank][at][usize::from((byte | 0x20) & 0xf)] |= bit;
                    tables.high[bank][at][usize::from((byte | 0x20) >> 4)] |= bit;
                }
            }
        }
        tables
    }
}

/// Bank and bit of a bucket.
fn home(bucket: usize) -> (usize, u8) {
    (bucket / BITS % BANKS, 1 << (bucket % BITS))
}

/// Share of a byte, and of those it is alike to when folded, among the bytes of a text.
pub(super) fn share(byte: u8) -> f64 {
    SHARE.get(usize::from(class(byte))).copied().unwrap_or(0.0)
}

/// Share of each class among the bytes of logs and outputs: blanks and digits, then letters.
const SHARE: [f64; 64] = [
    0.1107, 0.0008, 0.0005, 0.0005, 0.0006, 0.0034, 0.0005, 0.0010, 0.0023, 0.0023, 0.0183, 0.0017, 0.0035, 0.0283, 0.0135, 0.0054, 0.0496,
    0.0249, 0.0283, 0.0153, 0.0153, 0.0157, 0.0114, 0.0103, 0.0109, 0.0108, 0.0238, 0.0005, 0.0005, 0.0005, 0.0005, 0.0005, 0.0005, 0.0482,
    0.0098, 0.0407, 0.0215, 0.0615, 0.0114, 0.0124, 0.0162, 0.0459, 0.0005, 0.0033, 0.0169, 0.0126, 0.0398, 0.0397, 0.0269, 0.0015, 0.0379,
    0.0383, 0.0619, 0.0171, 0.0071, 0.0064, 0.0020, 0.0053, 0.0005, 0.0005, 0.0005, 0.0005, 0.0005, 0.0052,
];
