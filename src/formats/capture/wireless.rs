//! IEEE 802.11 frames: from the frame control field to the EtherType, where nothing is encrypted.
//!
//! Sources: IEEE 802.11-2020 §9.2 and §9.3.2, radiotap.org (header and its flags).

use super::bytes::be16;

/// The EtherType and what it names.
pub(super) fn frame(data: &[u8], padded: bool) -> Option<(u16, &[u8])> {
    let (mut kind, mut flags) = (*data.first()?, *data.get(1)?);
    // Controllers of one maker hand the two bytes over in the other order.
    if kind & 0x0f != 0x08 {
        (kind, flags) = (flags, kind);
    }
    let has_data = kind & 0x0f == 0x08 && kind & 0x40 == 0;
    let encrypted = flags & 0x40 != 0;
    if !has_data || encrypted {
        return None;
    }
    let quality = kind & 0x80 != 0;
    let mut length = 24;
    length += usize::from(flags & 3 == 3) * 6;
    let aggregated = quality && data.get(length)? & 0x80 != 0;
    length += usize::from(quality) * 2 + usize::from(quality && flags & 0x80 != 0) * 4;
    if padded {
        length = length.next_multiple_of(4);
    }
    // Of several in one frame the first is read.
    length += usize::from(aggregated) * 14;
    match data.get(length..)? {
        [0xaa, 0xaa, 3, 0, 0, 0, rest @ ..] => Some((be16(rest, 0)?, rest.get(2..)?)),
        _ => None,
    }
}

/// The frame behind a radiotap header, and whether its header is padded to four bytes.
pub(super) fn behind_radiotap(data: &[u8]) -> Option<(&[u8], bool)> {
    let length = usize::from(u16::from_le_bytes(*data.get(2..)?.first_chunk()?));
    let word = |at: usize| Some(u32::from_le_bytes(*data.get(at..)?.first_chunk()?));
    let present = word(4)?;
    let mut at = 8;
    let mut last = present;
    // The top bit says that another word of the map follows.
    while last & (1 << 31) != 0 && at < length {
        last = word(at)?;
        at += 4;
    }
    if present & 1 != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    let padded = present & 2 != 0 && data.get(at)? & 0x20 != 0;
    Some((data.get(length..)?, padded))
}

/// The frame behind the header of a driver, by link type: Prism (119), AVS (163) and PPI (192).
pub(super) fn behind_driver(link: u16, data: &[u8]) -> Option<&[u8]> {
    let little = |at: usize| Some(u32::from_le_bytes(*data.get(at..)?.first_chunk()?));
    let big = |at: usize| Some(u32::from_be_bytes(*data.get(at..)?.first_chunk()?));
    let length = match link {
        // Some drivers put AVS under the number of Prism.
        163 => big(4)?,
        119 if big(0)? >> 12 == 0x80211 => big(4)?,
        119 => 144,
        // 802.11 inside
        192 if little(4)? == 105 => little(0)? >> 16,
        _ => return None,
    };
    data.get(usize::try_from(length).ok()?..)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLC: &[u8] = &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0, 0x45, 0];

    #[test]
    fn data_frames_lead_to_their_packet() {
        let plain = |control: [u8; 2], more: usize| [&control[..], &vec![0; 22 + more], LLC].concat();
        for (control, more, padded, expected) in [
            ([0x08, 0x01], 0, false, true),
            ([0x08, 0x03], 6, false, true),
            ([0x88, 0x02], 2, false, true),
            ([0x88, 0x02], 4, true, true),
            ([0x88, 0x82], 6, false, true),
            ([0x01, 0x08], 0, false, true),
            ([0x08, 0x41], 0, false, false),
            ([0x48, 0x01], 0, false, false),
            ([0x80, 0x00], 0, false, false),
        ] {
            let data = plain(control, more);
            let found = frame(&data, padded);
            assert_eq!(found, expected.then_some((0x800, &LLC[8..])), "{control:x?}");
            for cut in 0..data.len() - 2 {
                assert_eq!(frame(&data[..cut], padded), None, "{control:x?} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_radiotap_header_says_its_length_and_the_padding() {
        let header = |present: u32, fields: &[u8]| {
            let length = (8 + fields.len()) as u16;
            [&[0, 0][..], &length.to_le_bytes(), &present.to_le_bytes(), fields, b"frame"].concat()
        };
        assert_eq!(behind_radiotap(&header(0, &[])), Some((&b"frame"[..], false)));
        assert_eq!(behind_radiotap(&header(2, &[0x20])), Some((&b"frame"[..], true)));
        assert_eq!(behind_radiotap(&header(3, &[1, 2, 3, 4, 5, 6, 7, 8, 0x10])), Some((&b"frame"[..], false)));
        let second = [&[0, 0, 0, 0][..], &[0; 4], &[1, 2, 3, 4, 5, 6, 7, 8, 0x20]].concat();
        assert_eq!(behind_radiotap(&header(1 << 31 | 3, &second)), Some((&b"frame"[..], true)));
        assert_eq!(behind_radiotap(&[0, 0, 200, 0, 0, 0, 0, 0]), None);
    }
}
