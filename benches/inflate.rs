//! How fast cases are unpacked, with nothing done to what comes out: bytes a second of the unpacked text, by compressor and
//! by shape of the case, beside the bare gzip decoder. Run it with and without `--features fast-inflate`; compare runs
//! of the same machine only.

#![expect(clippy::expect_used, reason = "a bench that cannot write its case has nothing to measure")]

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};

use bundlescope::intake::{Artifact, Budget, Input, Limits, Source, Trouble, Visitor, list, open};
use divan::Bencher;
use divan::counter::BytesCount;
use flate2::{Decompress, FlushDecompress};

fn main() {
    divan::main();
}

/// A log that compresses about as logs do.
fn log(lines: u32) -> Vec<u8> {
    let mut text = String::new();
    for at in 0..lines {
        let (noise, second) = (at.wrapping_mul(2_654_435_761), at % 60);
        let _ = writeln!(
            text,
            "Aug 23 09:00:{second:02}.{:03}: %SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [Source: 192.0.2.{}] {noise:08x}",
            noise % 1000,
            noise >> 24
        );
    }
    text.into_bytes()
}

fn gzip(contents: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(contents).and_then(|()| encoder.finish()).expect("memory takes all")
}

fn zip(members: u32, contents: &[u8]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for member in 0..members {
        let options = ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Deflated);
        writer.start_file(format!("{member}.log"), options).expect("a member");
        writer.write_all(contents).expect("memory takes all");
    }
    writer.finish().expect("an archive").into_inner()
}

/// Reads every artifact to its end.
struct Drain {
    buffer: Vec<u8>,
    bytes: u64,
}

impl Visitor for Drain {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        if let Source::Stream(stream) = artifact.source {
            while let Ok(read @ 1..) = stream.read(&mut self.buffer) {
                self.bytes += read as u64;
            }
        }
    }

    fn trouble(&mut self, trouble: Trouble) {
        panic!("{trouble:?}");
    }
}

fn unpacked(folder: &std::path::Path, drain: &mut Drain) -> u64 {
    let limits = Limits::default();
    let budget = Budget::new(&limits);
    drain.bytes = 0;
    for entry in &list(&[Input::Path(folder.to_owned())], &limits).0 {
        open(entry, &limits, &budget, drain);
    }
    drain.bytes
}

/// Unpacks `copies` of a file again and again.
fn bench(bencher: Bencher<'_, '_>, file: &[u8], copies: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let written = (0..copies).map(|_| {
        let mut named = tempfile::NamedTempFile::new_in(folder.path()).expect("a temporary file");
        named.write_all(file).expect("room for the case");
        named
    });
    let _files: Vec<_> = written.collect();
    let mut drain = Drain { buffer: vec![0; 256 << 10], bytes: 0 };
    let bytes = unpacked(folder.path(), &mut drain);
    bencher.counter(BytesCount::new(bytes)).bench_local(|| unpacked(folder.path(), &mut drain));
}

#[divan::bench(sample_count = 20)]
fn bare_gzip_decoder(bencher: Bencher<'_, '_>) {
    let text = log(300_000);
    let packed = gzip(&text);
    let mut buffer = vec![0; 256 << 10];
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
        let mut decoder = Decompress::new(false);
        loop {
            let rest = packed.get(10 + decoder.total_in() as usize..).unwrap_or_default();
            let status = decoder.decompress(rest, &mut buffer, FlushDecompress::None).expect("whole data");
            if status == flate2::Status::StreamEnd {
                break decoder.total_out();
            }
        }
    });
}

#[divan::bench(sample_count = 20)]
fn gzip_large(bencher: Bencher<'_, '_>) {
    bench(bencher, &gzip(&log(300_000)), 1);
}

#[divan::bench(sample_count = 20)]
fn gzip_small_files(bencher: Bencher<'_, '_>) {
    bench(bencher, &gzip(&log(3_000)), 100);
}

#[divan::bench(sample_count = 20)]
fn zip_many_members(bencher: Bencher<'_, '_>) {
    bench(bencher, &zip(100, &log(3_000)), 1);
}

#[divan::bench(sample_count = 20)]
fn zip_tiny_members(bencher: Bencher<'_, '_>) {
    bench(bencher, &zip(5_000, &log(10)), 1);
}

#[divan::bench(sample_count = 20)]
fn zip_in_gzip(bencher: Bencher<'_, '_>) {
    bench(bencher, &gzip(&zip(100, &log(3_000))), 1);
}

#[divan::bench(sample_count = 5)]
fn bzip2_large(bencher: Bencher<'_, '_>) {
    let mut packed = Vec::new();
    bzip2::read::BzEncoder::new(log(100_000).as_slice(), bzip2::Compression::default()).read_to_end(&mut packed).expect("memory takes all");
    bench(bencher, &packed, 1);
}

#[divan::bench(sample_count = 5)]
fn xz_large(bencher: Bencher<'_, '_>) {
    let options = lzma_rust2::XzOptions::with_preset(3);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("a writer");
    writer.write_all(&log(100_000)).expect("memory takes all");
    bench(bencher, &writer.finish().expect("memory takes all"), 1);
}

#[divan::bench(sample_count = 10)]
fn zstd_large(bencher: Bencher<'_, '_>) {
    let packed = ruzstd::encoding::compress_to_vec(log(100_000).as_slice(), ruzstd::encoding::CompressionLevel::Fastest);
    bench(bencher, &packed, 1);
}
