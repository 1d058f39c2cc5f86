//! The search for candidate positions, 64 bytes at a time, with the vector instructions of x86-64; all `unsafe` of the
//! gate is here.
//!
//! Two kernels do the same: with AVX-512 VBMI one instruction looks a class of 64 up, so that the tables are exact;
//! with AVX2 a byte is looked up by its two halves, which lets some more through. Whoever calls checks every candidate,
//! so both give the same hits in the end. On the way line ends are counted, NULs and bytes beyond ASCII noticed, since the bytes are at
//! hand.

use super::buckets::Tables;
use super::windows::WIDTH;

/// Bytes looked at together.
const BLOCK: usize = 64;
/// Bytes that must follow the first position of a block.
const REACH: usize = BLOCK + WIDTH - 1;
/// Bytes of a window that are looked up by halves: more cost more than they save.
#[cfg(target_arch = "x86_64")]
const HALVES: usize = 8;

/// The instructions at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instructions {
    /// AVX-512 with byte permutations.
    Avx512,
    /// AVX2.
    Avx2,
}

impl Instructions {
    /// The best this machine has, if any.
    pub(super) fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512vbmi")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("popcnt")
            {
                return Some(Self::Avx512);
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
                return Some(Self::Avx2);
            }
        }
        None
    }

    /// Whether this machine has them.
    #[cfg(test)]
    pub(super) fn here(self) -> bool {
        match self {
            Self::Avx512 => Self::detect() == Some(Self::Avx512),
            Self::Avx2 => Self::detect().is_some(),
        }
    }
}

/// A block in which something was found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Block {
    /// Where it begins.
    pub(super) at: usize,
    /// Candidate positions, the first lowest.
    pub(super) candidates: u64,
    /// Line ends.
    pub(super) ends: u64,
    /// Line ends before it.
    pub(super) lines: u64,
}

/// Blocks of a long text that are found before they are looked at: a loop that calls nothing keeps its tables in registers.
pub(super) const TOGETHER: usize = 64;

/// How far a search went, and what it found last, which is at most so many blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search<const MOST: usize = TOGETHER> {
    /// The first position that was not looked at: once nothing is found, less than a block is left.
    pub(super) at: usize,
    /// Line ends before it.
    pub(super) lines: u64,
    /// There was a NUL.
    pub(super) nul: bool,
    /// There was a byte beyond ASCII.
    pub(super) high: bool,
    blocks: [Block; MOST],
}

impl<const MOST: usize> Default for Search<MOST> {
    fn default() -> Self {
        Self { at: 0, lines: 0, nul: false, high: false, blocks: [Block::default(); MOST] }
    }
}

impl<const MOST: usize> Search<MOST> {
    /// Goes on until some blocks hold candidate positions, which come in order; none at the end of the text.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn next(&mut self, instructions: Instructions, tables: &Tables, text: &[u8]) -> &[Block] {
        #[expect(unsafe_code, reason = "the kernels need instructions that not every machine has")]
        let count = match instructions {
            // SAFETY: `Instructions` are made by `detect` only, which asks the machine.
            Instructions::Avx512 => unsafe { avx512(tables, text, self) },
            // SAFETY: as above.
            Instructions::Avx2 => unsafe { avx2(tables, text, self) },
        };
        self.blocks.get(..count).unwrap_or_default()
    }

    /// Never called where there are no such instructions.
    #[cfg(not(target_arch = "x86_64"))]
    pub(super) fn next(&mut self, _: Instructions, _: &Tables, _: &[u8]) -> &[Block] {
        &[]
    }

    /// Goes through the blocks of a text: `look` gives candidates and line ends of the first 64 positions of what it is given.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn blocks(&mut self, text: &[u8], mut look: impl FnMut(&[u8; REACH]) -> (u64, u64)) -> usize {
        let (mut at, mut lines) = (self.at, self.lines);
        let mut count = 0;
        while let (Some(found), Some(bytes)) = (self.blocks.get_mut(count), text.get(at..).and_then(<[u8]>::first_chunk)) {
            let (candidates, ends) = look(bytes);
            *found = Block { at, candidates, ends, lines };
            count += usize::from(candidates != 0);
            lines += u64::from(ends.count_ones());
            at += BLOCK;
        }
        (self.at, self.lines) = (at, lines);
        count
    }
}

/// The `N` bytes that begin at an offset.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn bytes<const N: usize>(reach: &[u8; REACH], offset: usize) -> &[u8; N] {
    #[expect(clippy::expect_used, reason = "offsets are constants of the kernels, which the tests run")]
    reach.get(offset..).and_then(<[u8]>::first_chunk).expect("a block and what follows it")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,popcnt")]
fn avx512<const MOST: usize>(tables: &Tables, text: &[u8], search: &mut Search<MOST>) -> usize {
    use std::arch::x86_64::{
        __m512i, _mm512_and_si512, _mm512_cmpeq_epi8_mask, _mm512_loadu_si512, _mm512_min_epu8, _mm512_movepi8_mask, _mm512_or_si512,
        _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_srli_epi16, _mm512_ternarylogic_epi32, _mm512_test_epi8_mask,
    };
    #[expect(unsafe_code, reason = "unaligned loads")]
    let load = |bytes: &[u8; BLOCK]| -> __m512i {
        // SAFETY: 64 bytes are there; the load may be unaligned.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    };
    let table = tables.classes.map(|bank| bank.map(|table| load(&table)));
    let newline = _mm512_set1_epi8(b'\n'.cast_signed());
    let sixth = _mm512_set1_epi8(0x20);
    let mut least = _mm512_set1_epi8(-1);
    let mut any_bit = _mm512_set1_epi8(0);
    let look = |reach: &[u8; REACH]| {
        let first = load(bytes(reach, 0));
        least = _mm512_min_epu8(least, first);
        any_bit = _mm512_or_si512(any_bit, first);
        let mut fits = [_mm512_set1_epi8(-1); 2];
        for position in 0..WIDTH {
            let here = load(bytes(reach, position));
            // The class: bits 0 to 4, and bit 6 in the place of bit 5. Higher bits are not looked at.
            let class = _mm512_ternarylogic_epi32::<0xca>(sixth, _mm512_srli_epi16::<1>(here), here);
            for (fits, table) in fits.iter_mut().zip(&table) {
                *fits = _mm512_and_si512(*fits, _mm512_permutexvar_epi8(class, table[position]));
            }
        }
        let any = _mm512_or_si512(fits[0], fits[1]);
        (_mm512_test_epi8_mask(any, any), _mm512_cmpeq_epi8_mask(first, newline))
    };
    let count = search.blocks(text, look);
    search.nul |= _mm512_cmpeq_epi8_mask(least, _mm512_set1_epi8(0)) != 0;
    search.high |= _mm512_movepi8_mask(any_bit) != 0;
    count
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn avx2<const MOST: usize>(tables: &Tables, text: &[u8], search: &mut Search<MOST>) -> usize {
    use std::arch::x86_64::{
        __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    };
    const HALF: usize = BLOCK / 2;
    #[expect(unsafe_code, reason = "unaligned loads")]
    let load = |bytes: &[u8; HALF]| -> __m256i {
        // SAFETY: 32 bytes are there; the load may be unaligned.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    };
    #[expect(unsafe_code, reason = "unaligned loads")]
    let twice = |bytes: &[u8; 16]| -> __m256i {
        // SAFETY: 16 bytes are there; the load may be unaligned.
        _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
    };
    let low = tables.low.map(|bank| bank.map(|table| twice(&table)));
    let high = tables.high.map(|bank| bank.map(|table| twice(&table)));
    let newline = _mm256_set1_epi8(b'\n'.cast_signed());
    let case = _mm256_set1_epi8(0x20);
    let nibble = _mm256_set1_epi8(0xf);
    let zero = _mm256_setzero_si256();
    let mut least = _mm256_set1_epi8(-1);
    let mut any_bit = zero;
    let look = |reach: &[u8; REACH]| {
        let mut found = (0, 0);
        for half in [0, HALF] {
            let first = load(bytes(reach, half));
            least = _mm256_min_epu8(least, first);
            any_bit = _mm256_or_si256(any_bit, first);
            let mut fits = [_mm256_set1_epi8(-1); 2];
            for position in 0..HALVES {
                let folded = _mm256_or_si256(load(bytes(reach, half + position)), case);
                let (lower, higher) = (_mm256_and_si256(folded, nibble), _mm256_and_si256(_mm256_srli_epi16::<4>(folded), nibble));
                for (bank, fits) in fits.iter_mut().enumerate() {
                    let by_low = _mm256_shuffle_epi8(low[bank][position], lower);
                    let by_high = _mm256_shuffle_epi8(high[bank][position], higher);
                    *fits = _mm256_and_si256(*fits, _mm256_and_si256(by_low, by_high));
                }
            }
            let none = _mm256_cmpeq_epi8(_mm256_or_si256(fits[0], fits[1]), zero);
            let candidates = !_mm256_movemask_epi8(none).cast_unsigned();
            let ends = _mm256_movemask_epi8(_mm256_cmpeq_epi8(first, newline)).cast_unsigned();
            found.0 |= u64::from(candidates) << half;
            found.1 |= u64::from(ends) << half;
        }
        found
    };
    let count = search.blocks(text, look);
    search.nul |= _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, zero)) != 0;
    search.high |= _mm256_movemask_epi8(any_bit) != 0;
    count
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::super::windows::Windows;
    use super::*;

    /// Candidates that are windows indeed.
    fn found(instructions: Instructions, windows: &Windows, text: &[u8]) -> (Vec<usize>, Search) {
        let tables = Tables::new(windows.entries());
        let mut found = Vec::new();
        let mut reached: Search = Search::default();
        loop {
            let blocks = reached.next(instructions, &tables, text);
            for block in blocks {
                assert_eq!(block.lines, text[..block.at].iter().filter(|byte| **byte == b'\n').count() as u64);
                found.extend((0..64).filter(|bit| block.candidates >> bit & 1 == 1).map(|bit| block.at + bit));
            }
            if blocks.is_empty() {
                break;
            }
        }
        assert_eq!(reached.lines, text[..reached.at].iter().filter(|byte| **byte == b'\n').count() as u64);
        found.retain(|at| windows.at(text, *at, &mut |_| {}));
        (found, reached)
    }

    #[test]
    fn no_window_is_passed_over() {
        let literals = ["SMART_LIC-", "call-home", "#sh", "version", "ERR 205", "ライセンス", "{}|~"];
        let windows = Windows::choose(literals.iter().map(|text| text.as_bytes().into()).collect());
        let mut text = b"\xff\xfe Cisco IOS Software, VERSION 17.3\r\n".repeat(9);
        // Miri takes minutes for what else takes none.
        let pieces = if cfg!(miri) { 30 } else { 700 };
        for (at, literal) in literals.iter().cycle().take(pieces).enumerate() {
            text.extend(std::iter::repeat_n(b'.', at % 71));
            text.extend(literal.to_ascii_uppercase().bytes());
            text.push(if at % 3 == 0 { b'\n' } else { b' ' });
        }
        for instructions in [Instructions::Avx512, Instructions::Avx2].into_iter().filter(|kind| kind.here()) {
            let (found, reached) = found(instructions, &windows, &text);
            let expected: Vec<usize> = (0..reached.at).filter(|at| windows.at(&text, *at, &mut |_| {})).collect();
            assert!(expected.len() > pieces * 6 / 7);
            assert_eq!(found, expected, "{instructions:?}");
            assert!(text.len() - reached.at < REACH, "{instructions:?}");
            assert!(!reached.nul && reached.high);
            assert!(!self::found(instructions, &windows, &b"plain\n".repeat(99)).1.high);
            text[1_000] = 0;
            assert!(self::found(instructions, &windows, &text).1.nul);
            text[1_000] = b'.';
        }
    }
}
