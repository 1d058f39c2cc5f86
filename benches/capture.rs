//! How fast a capture is walked: bytes a second, on one thread and in ranges on all, beside a plain read of the same file. Compare
//! runs of the same machine only.

#![expect(clippy::expect_used, reason = "a bench that cannot write its capture has nothing to measure")]

use std::io::{Read, Seek, Write};

use bundlescope::formats::capture::{self, CaptureLimits};
use bundlescope::intake;
use divan::Bencher;
use divan::counter::BytesCount;

/// Packets of the capture.
const PACKETS: u32 = 100_000;

fn main() {
    divan::main();
}

/// Half voice, half segments of two hundred connections, most of them full.
fn file() -> std::fs::File {
    let mut bytes: Vec<u8> = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 262_144, 1].into_iter().flat_map(u32::to_le_bytes).collect();
    for at in 0..PACKETS {
        let tcp = at % 2 == 0;
        let size: u16 = if !tcp { 172 } else { 1_400 };
        let (flow, turn) = (at / 2 % 200, at / 400);
        let total = size + if tcp { 40 } else { 28 };
        let mut packet = vec![2; 12];
        packet.extend([8, 0, 0x45, 0]);
        packet.extend(total.to_be_bytes());
        packet.extend([0, 0, 0x40, 0, 64, if tcp { 6 } else { 17 }, 0, 0, 10, 20, 0, flow as u8, 192, 0, 2, 1]);
        packet.extend((20_000 + flow as u16).to_be_bytes());
        if tcp {
            packet.extend(443u16.to_be_bytes());
            packet.extend((turn * u32::from(size)).to_be_bytes());
            packet.extend([0, 0, 0, 1, 0x50, 16, 0x20, 0, 0, 0, 0, 0]);
        } else {
            packet.extend(30_000u16.to_be_bytes());
            packet.extend((size + 8).to_be_bytes());
            packet.extend([0, 0]);
        }
        packet.resize(packet.len() + usize::from(size), 0x55);
        let length = packet.len() as u32;
        bytes.extend([1_700_000_000 + at / 1_000, at % 1_000, length, length].into_iter().flat_map(u32::to_le_bytes));
        bytes.extend(packet);
    }
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(&bytes).expect("room for the capture");
    file
}

fn bench(bencher: Bencher<'_, '_>, mut read: impl FnMut(&mut std::fs::File) -> u64) {
    let mut file = file();
    let length = file.stream_position().expect("a position");
    bencher.counter(BytesCount::new(length)).bench_local(|| {
        file.rewind().expect("a seek");
        read(&mut file)
    });
}

#[divan::bench(sample_count = 20)]
fn plain_read(bencher: Bencher<'_, '_>) {
    let mut memory = vec![0; 256 << 10];
    bench(bencher, |file| {
        let mut sum = 0;
        while let Ok(read @ 1..) = file.read(&mut memory) {
            sum += read as u64;
        }
        sum
    });
}

#[divan::bench(sample_count = 20)]
fn one_thread(bencher: Bencher<'_, '_>) {
    bench(bencher, |file| capture::read(file, &CaptureLimits::default(), &mut |_| {}).packets);
}

#[divan::bench(sample_count = 20)]
fn ranges(bencher: Bencher<'_, '_>) {
    bench(bencher, |file| {
        let length = file.metadata().expect("a length").len();
        let read_at = |buffer: &mut [u8], offset| intake::read_at(file, buffer, offset);
        capture::read_ranges(&read_at, length, &CaptureLimits::default(), &mut |_| {}).packets
    });
}
