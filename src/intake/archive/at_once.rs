//! Small compressed members inflated in one go by libdeflate, which is faster than any decoder that can stop anywhere
//! (feature `fast-inflate`). It gives a whole member that passes its checks, or nothing: whatever is long, cut, damaged or
//! followed by something else is left to the streaming decoder, so that what can be had of it and what is reported
//! of it are the same with and without.

use super::gzip;
use flate2::Crc;
use libdeflate_sys as sys;
use std::io::{self, Cursor, Read};

/// Compressed bytes that are held for it.
const PACKED: u64 = 512 << 10;
/// The longest result; one is held by each level of nesting.
const RESULT: u64 = 2 << 20;

/// What the beginning of an input held.
pub(super) enum Taken<R> {
    /// All of it, inflated.
    Whole(Cursor<Vec<u8>>),
    /// The input as if nothing had been taken from it. If reading it failed, that comes again behind what was read.
    Untouched(io::Chain<Cursor<Vec<u8>>, R>),
}

/// Takes a gzip file of one short member.
pub(super) fn gzip<R: Read>(mut input: R) -> Taken<R> {
    let mut packed = Vec::with_capacity(PACKED as usize);
    let read = input.by_ref().take(PACKED).read_to_end(&mut packed);
    let whole = read.is_ok_and(|read| (read as u64) < PACKED);
    match whole.then(|| member(&packed)).flatten() {
        Some(result) => Taken::Whole(Cursor::new(result)),
        None => Taken::Untouched(Cursor::new(packed).chain(input)),
    }
}

/// Takes a raw DEFLATE stream of which the archive says how long it is and what becomes of it.
pub(super) fn raw<R: Read>(mut input: R, packed: Option<u64>, size: Option<u64>) -> Taken<R> {
    let mut held = Vec::new();
    if let (Some(packed @ ..PACKED), Some(size @ ..=RESULT)) = (packed, size) {
        let read = input.by_ref().take(packed).read_to_end(&mut held);
        let result = read.is_ok_and(|read| read as u64 == packed).then(|| inflate(&held, size)).flatten();
        if let Some(result) = result {
            return Taken::Whole(Cursor::new(result));
        }
    }
    Taken::Untouched(Cursor::new(held).chain(input))
}

fn member(packed: &[u8]) -> Option<Vec<u8>> {
    let mut rest = packed;
    gzip::header(&mut rest).ok()?;
    let (data, [s0, s1, s2, s3, length @ ..]) = rest.split_last_chunk::<8>()?;
    let result = inflate(data, u64::from(u32::from_le_bytes(*length)))?;
    let mut sum = Crc::new();
    sum.update(&result);
    (sum.sum() == u32::from_le_bytes([*s0, *s1, *s2, *s3])).then_some(result)
}

/// The result, if it has exactly this size and the stream ends exactly with `data`.
#[expect(unsafe_code, reason = "libdeflate is written in C, and its safe binding does not say where a stream ends")]
fn inflate(data: &[u8], size: u64) -> Option<Vec<u8>> {
    let mut result = vec![0; usize::try_from(size).ok().filter(|_| size <= RESULT)?];
    let (mut taken, mut made) = (0, 0);
    // SAFETY: the pointers and lengths are those of slices that live through the call, the decompressor is freed once and
    // on every path, since nothing between can fail or panic.
    let status = unsafe {
        let decompressor = sys::libdeflate_alloc_decompressor();
        if decompressor.is_null() {
            return None;
        }
        let (from, to) = (data.as_ptr().cast(), result.as_mut_ptr().cast());
        let status = sys::libdeflate_deflate_decompress_ex(decompressor, from, data.len(), to, result.len(), &mut taken, &mut made);
        sys::libdeflate_free_decompressor(decompressor);
        status
    };
    (status == sys::libdeflate_result_LIBDEFLATE_SUCCESS && taken == data.len() && made == result.len()).then_some(result)
}

#[cfg(test)]
mod tests {
    use super::super::super::gather::{gzip as packed, log};
    use super::*;
    use std::io::BufReader;

    /// What the streaming decoder makes of it.
    fn streamed(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut result = Vec::new();
        gzip::Reader::new(BufReader::new(bytes)).read_to_end(&mut result).map(|_| result)
    }

    /// Whether it was taken. If so, the streaming decoder must say the same; if not, nothing of the input may be lost.
    fn taken(bytes: &[u8]) -> bool {
        let mut result = Vec::new();
        match gzip(bytes) {
            Taken::Whole(mut whole) => {
                whole.read_to_end(&mut result).unwrap();
                assert_eq!(streamed(bytes).unwrap(), result);
                true
            }
            Taken::Untouched(mut input) => {
                input.read_to_end(&mut result).unwrap();
                assert_eq!(result, bytes);
                false
            }
        }
    }

    #[test]
    fn one_short_whole_member_is_taken_and_nothing_else() {
        let one = packed(log(300).as_bytes());
        let mut state = 1_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        let noise: Vec<u8> = (0..PACKED).map(|_| random()).collect();
        assert!(packed(&noise).len() as u64 > PACKED);
        for (what, bytes, expected) in [
            ("a member", one.clone(), true),
            ("an empty member", packed(b""), true),
            ("two members that are alike", one.repeat(2), false),
            ("its trailer twice", [one.as_slice(), &one[one.len() - 8..]].concat(), false),
            ("padding", [one.as_slice(), &[0; 16]].concat(), false),
            ("a note behind it", [one.as_slice(), b"a note"].concat(), false),
            ("a long result", packed(&vec![b'x'; RESULT as usize + 1]), false),
            ("a long input", packed(&noise), false),
            ("nothing", Vec::new(), false),
        ] {
            assert_eq!(taken(&bytes), expected, "{what}");
        }
    }

    #[test]
    fn damage_is_left_to_the_stream() {
        let whole = packed(log(40).as_bytes());
        for cut in 0..whole.len() {
            assert!(!taken(&whole[..cut]), "cut at {cut}");
        }
        for at in 0..whole.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] ^= flip;
                // In the header stand things that change nothing, as the time of the file.
                assert!(!taken(&damaged) || at < 10, "byte {at}");
            }
        }
    }

    #[test]
    fn a_member_of_a_zip_must_be_as_long_as_the_archive_says() {
        let text = log(40);
        let gzip = packed(text.as_bytes());
        let data = &gzip[10..gzip.len() - 8];
        let (length, size) = (data.len() as u64, text.len() as u64);
        for (packed, size, expected) in [
            (Some(length), Some(size), true),
            (Some(length), Some(size - 1), false),
            (Some(length), Some(size + 1), false),
            (Some(length - 1), Some(size), false),
            (Some(length + 1), Some(size), false),
            (None, Some(size), false),
            (Some(length), None, false),
        ] {
            assert_eq!(matches!(raw(data, packed, size), Taken::Whole(_)), expected, "{packed:?} {size:?}");
        }
    }
}
