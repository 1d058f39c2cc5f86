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
        let mut lets_through = [Through::default(); BUCKETS];
        let (listed, others): (Vec<&Window>, Vec<&Window>) = windows.iter().partition(|window| window.bucket.is_some());
        for window in listed.into_iter().chain(others) {
            let classes = window.bytes.bytes().map(|byte| byte.map_or(u64::MAX, |byte| 1 << class(byte)));
            // Where the list names none: where it lets least more through.
            let bucket = window.bucket.map_or_else(|| roomiest(&lets_through, &classes), usize::from);
            if let Some(known) = lets_through.get_mut(bucket) {
                *known = known.joined(&classes);
            }
            let (bank, bit) = home(bucket);
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

/// The classes that fit at each byte of a window, a bit each.
type Classes = [u64; WIDTH];

/// What a bucket lets through.
#[derive(Clone, Copy, Debug, Default)]
struct Through {
    classes: Classes,
    /// Share of the bytes of a text that fit at each byte.
    shares: [f64; WIDTH],
}

impl Through {
    /// With a window more.
    fn joined(&self, window: &Classes) -> Self {
        let mut joined = *self;
        for ((classes, share), more) in joined.classes.iter_mut().zip(&mut joined.shares).zip(window) {
            let mut new = more & !*classes;
            *classes |= more;
            while new != 0 {
                *share += SHARE.get(new.trailing_zeros() as usize).copied().unwrap_or(0.0);
                new &= new - 1;
            }
        }
        joined
    }

    /// Share of the positions of a text, were its bytes independent.
    fn share(&self) -> f64 {
        self.shares.iter().product()
    }
}

/// The bucket that lets least more through when it takes a window.
fn roomiest(buckets: &[Through; BUCKETS], window: &Classes) -> usize {
    let more = |bucket: &Through| bucket.joined(window).share() - bucket.share();
    (0..BUCKETS).min_by(|a, b| more(&buckets[*a]).total_cmp(&more(&buckets[*b]))).unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_no_list_goes_where_it_lets_least_through() {
        let window = |text: &[u8; WIDTH]| -> Classes { text.map(|byte| 1 << class(byte)) };
        let of = |windows: &[&[u8; WIDTH]]| windows.iter().fold(Through::default(), |bucket, text| bucket.joined(&window(text)));
        let mut buckets = [of(&[b"eeeeeeee"]); BUCKETS];
        // A bucket of rare bytes hardly fits more than the new window itself.
        buckets[5] = of(&[b"{}{}{}{}", b"~^~^~^~^"]);
        buckets[9] = of(&[b"licensed", b"licences"]);
        assert_eq!(roomiest(&buckets, &window(b"callhome")), 5);
        // What a bucket fits already costs nothing there.
        assert_eq!(roomiest(&buckets, &window(b"licensed")), 9);
    }
}
