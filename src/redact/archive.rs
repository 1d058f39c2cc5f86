//! Rebuilds a case: every file rewritten, every archive as an archive of its kind. Each file and each inner archive is
//! finished in a temporary file of its own (in memory while it is small) before it goes into the archive around it.

use std::collections::{HashSet, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::collect::Collector;
use super::text::{self, Lines};
use super::{Redactor, capture, certificate};
use crate::formats::{blanks, dress};
use crate::intake::{self, Artifact, Container, Content, Encoding, LEVEL, LogicalPath, NO_FILES, Source, Trouble, Visitor, encoding};

/// Bytes of one file that stay in memory.
const MEMORY: usize = 1 << 20;
/// The longest line that is looked at as one.
const LINE: usize = 1 << 20;
/// The longest file of a certificate.
const CERTIFICATE: u64 = 1 << 20;

/// Takes the top-level files of the copy.
pub trait Shelf {
    /// Stores a file under a relative path with `/` between folders, which holds no step upwards.
    ///
    /// # Errors
    /// What the file system says.
    fn put(&mut self, path: &str, contents: &mut dyn Read) -> io::Result<()>;
}

/// Writes the copy while the case is walked.
pub struct Rebuild<'r> {
    redactor: &'r mut Redactor,
    shelf: &'r mut dyn Shelf,
    /// Inputs as the report shows them.
    inputs: Vec<String>,
    open: Vec<Open>,
    used: HashSet<String>,
    /// The first failure of writing; nothing is written after it.
    pub failure: Option<io::Error>,
}

struct Open {
    path: LogicalPath,
    container: Container,
    writer: Writer,
    /// Names of its members.
    used: HashSet<String>,
    members: u64,
}

enum Writer {
    Zip(Box<ZipWriter<SpooledTempFile>>),
    /// A tar, or a compressed stream.
    Plain(SpooledTempFile),
}

fn spool() -> SpooledTempFile {
    SpooledTempFile::new(MEMORY)
}

impl<'r> Rebuild<'r> {
    /// Files go to `shelf`; `inputs` are what the walked paths begin with.
    pub fn new(redactor: &'r mut Redactor, shelf: &'r mut dyn Shelf, inputs: Vec<String>) -> Self {
        Self { redactor, shelf, inputs, open: Vec::new(), used: HashSet::new(), failure: None }
    }

    fn attempt(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.failure.get_or_insert(error);
        }
    }

    /// A path as it may be said: a name may hold a secret.
    fn told(&self, path: &LogicalPath) -> String {
        self.redactor.masker.mask_path(path.as_str(), &mut |_, _| {})
    }

    fn other(&mut self, path: &LogicalPath, what: impl Into<String>) {
        let (path, what) = (self.told(path), what.into());
        self.redactor.statistics.changed.push((path, what));
    }

    fn drop(&mut self, path: &LogicalPath, reason: impl Into<String>) {
        let (path, reason) = (self.told(path), reason.into());
        self.redactor.statistics.dropped.push((path, reason));
    }

    /// The name in the container around, or the path below the copy's folder.
    fn name(&mut self, path: &LogicalPath) -> String {
        let relative = match self.open.last() {
            Some(open) => path.as_str().strip_prefix(open.path.as_str()).unwrap_or(path.as_str()).trim_start_matches(LEVEL).to_owned(),
            None => {
                let of = self.inputs.iter().filter(|input| path.as_str().starts_with(input.as_str())).max_by_key(|input| input.len());
                let base = of.map_or("", |input| input.trim_end_matches('/').rsplit('/').next().unwrap_or_default());
                let rest = of.and_then(|input| path.as_str().strip_prefix(input.as_str())).unwrap_or(path.file_name());
                let base = if matches!(base, "" | "." | ".." | "-") { "case" } else { base };
                format!("{base}/{rest}")
            }
        };
        let parts: Vec<String> = relative
            .split('/')
            .filter(|part| !matches!(*part, "" | "." | ".."))
            .map(|part| self.redactor.path(part).replace(['<', '>', ':', '\\', '"', '|', '?', '*', '/'], "_"))
            .collect();
        if parts.is_empty() { "unnamed".to_owned() } else { parts.join("/") }
    }

    /// Puts a finished file where it belongs.
    fn place(&mut self, path: &LogicalPath, contents: &mut SpooledTempFile, suffix: Option<&str>) -> io::Result<()> {
        let mut name = self.name(path);
        if let Some(suffix) = suffix {
            let plain = name.strip_suffix(".Z").unwrap_or(&name);
            name = format!("{plain}{suffix}");
        }
        let length = contents.seek(SeekFrom::End(0))?;
        contents.seek(SeekFrom::Start(0))?;
        let used = self.open.last_mut().map_or(&mut self.used, |open| &mut open.used);
        let mut unique = name.clone();
        let mut copy = 2;
        while !used.insert(unique.clone()) {
            unique = format!("{name}-{copy}");
            copy += 1;
        }
        let Some(open) = self.open.last_mut() else { return self.shelf.put(&unique, contents) };
        open.members += 1;
        match (&mut open.writer, open.container) {
            (Writer::Zip(writer), _) => {
                let options =
                    SimpleFileOptions::default().large_file(length > u64::from(u32::MAX)).last_modified_time(zip::DateTime::default());
                writer.start_file(unique, options).map_err(io::Error::other)?;
                io::copy(contents, writer)?;
            }
            (Writer::Plain(out), Container::Tar | Container::Mail) => tar_member(out, &unique, length, contents)?,
            (Writer::Plain(out), container) => compress(container, contents, out)?,
        }
        Ok(())
    }

    fn leaf(&mut self, artifact: Artifact<'_>) -> io::Result<()> {
        let Artifact { path, content, source } = artifact;
        let mut out = spool();
        match content {
            Content::Empty => {}
            Content::Text(of) => match source {
                Source::File(file, length) => rewrite_text(self.redactor, of, &mut Positioned { file, at: 0, length }, &mut out)?,
                Source::Stream(stream) => rewrite_text(self.redactor, of, stream, &mut out)?,
            },
            Content::Pcap | Content::Pcapng => {
                let left = match source {
                    Source::File(file, length) => capture::rewrite(self.redactor, &mut Positioned { file, at: 0, length }, &mut out)?,
                    Source::Stream(stream) => {
                        let mut copy = spool();
                        io::copy(stream, &mut copy)?;
                        capture::rewrite(self.redactor, &mut copy, &mut out)?
                    }
                };
                if let Some(left) = left {
                    self.other(&path, left);
                }
            }
            Content::Der => {
                let mut der = Vec::new();
                match source {
                    Source::File(file, length) => Positioned { file, at: 0, length }.take(CERTIFICATE).read_to_end(&mut der)?,
                    Source::Stream(stream) => stream.take(CERTIFICATE).read_to_end(&mut der)?,
                };
                certificate::rewrite(self.redactor, &mut der);
                out.write_all(&der)?;
            }
            // The archive itself is built anew.
            Content::Binary(Some(NO_FILES)) => return Ok(()),
            Content::Binary(what) => {
                self.drop(&path, format!("{}: nothing is known of what it holds", what.unwrap_or("binary data")));
                return Ok(());
            }
        }
        self.redactor.statistics.copied += 1;
        self.place(&path, &mut out, None)
    }

    fn close(&mut self) -> io::Result<()> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let mut suffix = None;
        let mut contents = match open.writer {
            Writer::Zip(writer) => writer.finish().map_err(io::Error::other)?,
            Writer::Plain(mut out) => {
                if matches!(open.container, Container::Tar | Container::Mail) {
                    out.write_all(&[0; 1024])?;
                } else if open.members == 0 {
                    // What was in it is named by itself.
                    return Ok(());
                }
                if open.container == Container::Mail {
                    self.other(&open.path, "a mail became a tar archive of its texts and attachments");
                }
                if open.container == Container::Lzw {
                    suffix = Some(".gz");
                    self.other(&open.path, "a stream of compress (.Z) became a gzip stream");
                }
                out
            }
        };
        self.place(&open.path, &mut contents, suffix)
    }
}

impl Visitor for Rebuild<'_> {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        if self.failure.is_none() {
            let result = self.leaf(artifact);
            self.attempt(result);
        }
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.drop(&trouble.path, trouble.message);
    }

    fn enter(&mut self, path: &LogicalPath, container: Container) {
        let writer = match container {
            Container::Zip => Writer::Zip(Box::new(ZipWriter::new(spool()))),
            _ => Writer::Plain(spool()),
        };
        self.open.push(Open { path: path.clone(), container, writer, used: HashSet::new(), members: 0 });
    }

    fn leave(&mut self) {
        if self.failure.is_none() {
            let result = self.close();
            self.attempt(result);
        } else {
            self.open.pop();
        }
    }
}

/// A file read from a place of its own.
struct Positioned<'f> {
    file: &'f std::fs::File,
    at: u64,
    length: u64,
}

impl Read for Positioned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let read = intake::read_at(self.file, buffer.get_mut(..most).unwrap_or_default(), self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Positioned<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

fn compress(container: Container, contents: &mut SpooledTempFile, out: &mut SpooledTempFile) -> io::Result<()> {
    match container {
        Container::Bzip2 => {
            let mut encoder = bzip2::write::BzEncoder::new(out, bzip2::Compression::new(6));
            io::copy(contents, &mut encoder)?;
            encoder.finish()?;
        }
        Container::Xz => {
            let mut encoder = lzma_rust2::XzWriter::new(out, lzma_rust2::XzOptions::with_preset(1))?;
            io::copy(contents, &mut encoder)?;
            encoder.finish()?;
        }
        Container::Lzma => {
            let mut encoder = lzma_rust2::LzmaWriter::new_use_header(out, &lzma_rust2::LzmaOptions::with_preset(1), None)?;
            io::copy(contents, &mut encoder)?;
            encoder.finish()?;
        }
        Container::Zstd => ruzstd::encoding::compress(contents, out, ruzstd::encoding::CompressionLevel::Fastest),
        _ => {
            let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::new(6));
            io::copy(contents, &mut encoder)?;
            encoder.finish()?;
        }
    }
    Ok(())
}

/// A member of a tar: ustar, with a long name of GNU before it where it needs one.
fn tar_member(out: &mut SpooledTempFile, name: &str, length: u64, contents: &mut SpooledTempFile) -> io::Result<()> {
    if name.len() > 100 {
        out.write_all(&tar_header(b"././@LongLink", b'L', name.len() as u64 + 1))?;
        out.write_all(name.as_bytes())?;
        out.write_all(&vec![
            0;
            name.len().next_multiple_of(512).max(512) - name.len() + if name.len().is_multiple_of(512) { 512 } else { 0 }
        ])?;
    }
    out.write_all(&tar_header(name.as_bytes(), b'0', length))?;
    io::copy(contents, out)?;
    let padding = usize::try_from(length.next_multiple_of(512) - length).unwrap_or(0);
    out.write_all(&vec![0; padding])
}

fn tar_header(name: &[u8], kind: u8, length: u64) -> [u8; 512] {
    let mut header = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| {
        for (to, byte) in header.iter_mut().skip(at).zip(bytes) {
            *to = *byte;
        }
    };
    put(0, name.get(..100).unwrap_or(name));
    put(100, b"0000644\x000000000\x000000000\0");
    if length < 1 << 33 {
        put(124, format!("{length:011o}\0").as_bytes());
    } else {
        // Larger than octal digits hold: in bytes, as GNU tar does.
        put(124, &[&[0x80, 0, 0, 0][..], &length.to_be_bytes()].concat());
    }
    put(136, b"00000000000\0        ");
    put(156, &[kind]);
    put(257, b"ustar  \0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    for (to, byte) in header.iter_mut().skip(148).zip(format!("{sum:06o}\0 ").as_bytes()) {
        *to = *byte;
    }
    header
}

/// Learns names from every text of a case.
#[derive(Debug, Default)]
pub struct Learn {
    /// What was learnt.
    pub collector: Collector,
}

impl Visitor for Learn {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        let Content::Text(of) = artifact.content else { return };
        // What cannot be read is told when the copy is written.
        let _ = match artifact.source {
            Source::File(file, length) => each_line(of, &mut Positioned { file, at: 0, length }, &mut |line, _| self.learn(line)),
            Source::Stream(stream) => each_line(of, stream, &mut |line, _| self.learn(line)),
        };
    }

    fn trouble(&mut self, _: Trouble) {}
}

impl Learn {
    fn learn(&mut self, line: &[u8]) -> io::Result<()> {
        self.collector.line(&text::characters(line).0);
        Ok(())
    }
}

fn rewrite_text(redactor: &mut Redactor, of: Encoding, input: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::default();
    // How each line that was taken in and not given yet is spelt, and whether it was ended.
    let mut forms: VecDeque<(bool, bool)> = VecDeque::new();
    let mut ready = Vec::new();
    let mut out = io::BufWriter::new(out);
    if of == Encoding::Utf16Le || of == Encoding::Utf16Be {
        out.write_all(if of == Encoding::Utf16Le { &[0xff, 0xfe] } else { &[0xfe, 0xff] })?;
    }
    let mut give = |ready: &mut Vec<String>, forms: &mut VecDeque<(bool, bool)>| -> io::Result<()> {
        for line in ready.drain(..) {
            let (utf8, ended) = forms.pop_front().unwrap_or((true, true));
            let mut bytes = text::bytes(&line, utf8);
            if ended {
                bytes.push(b'\n');
            }
            match of {
                Encoding::Utf8 | Encoding::Bytes => out.write_all(&bytes)?,
                Encoding::Utf16Le => write_wide(&mut out, &bytes, u16::to_le_bytes)?,
                Encoding::Utf16Be => write_wide(&mut out, &bytes, u16::to_be_bytes)?,
            }
        }
        Ok(())
    };
    each_line(of, input, &mut |line, ended| {
        let (text, utf8) = text::characters(line);
        forms.push_back((utf8, ended));
        lines.push(redactor, &text, &mut ready);
        give(&mut ready, &mut forms)
    })?;
    lines.finish(redactor, &mut ready);
    give(&mut ready, &mut forms)?;
    out.flush()
}

fn write_wide(out: &mut dyn Write, bytes: &[u8], spelt: fn(u16) -> [u8; 2]) -> io::Result<()> {
    let wide: Vec<u8> = String::from_utf8_lossy(bytes).encode_utf16().flat_map(spelt).collect();
    out.write_all(&wide)
}

/// Hands every line on, without its end and with whether it had one. Of a line that is too long pieces, parted at blanks.
fn each_line(of: Encoding, input: &mut dyn Read, each: &mut dyn FnMut(&[u8], bool) -> io::Result<()>) -> io::Result<()> {
    let mut head = vec![0; intake::HEAD];
    let mut read = 0;
    while let Some(rest) = head.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match input.read(rest)? {
            0 => break,
            more => read += more,
        }
    }
    head.truncate(read);
    let decoding = encoding::needs_decoding(of, &head);
    let whole = io::Cursor::new(head).chain(input);
    let decoded: Box<dyn Read + '_> = if decoding { Box::new(encoding::decode(of, whole)) } else { Box::new(whole) };
    // As it shows, like everything that is read: where marks part a secret, nobody can tell that it is one.
    let mut reader = BufReader::with_capacity(64 << 10, dress::undressed(decoded));
    let mut line = Vec::new();
    loop {
        let room = (LINE - line.len().min(LINE - 1)) as u64;
        let read = match reader.by_ref().take(room).read_until(b'\n', &mut line) {
            // Markup without an end: what it hides is not in the copy either.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            read => read?,
        };
        if line.last() == Some(&b'\n') {
            line.pop();
            each(&blanks::plain(&line), true)?;
            line.clear();
        } else if read == 0 {
            if !line.is_empty() {
                each(&blanks::plain(&line), false)?;
            }
            return Ok(());
        } else if line.len() >= LINE {
            let from = line.len() - (4 << 10);
            let blank = line.get(from..).and_then(|end| end.iter().rposition(|byte| matches!(byte, b' ' | b',' | b'\t' | b'>')));
            let rest = line.split_off(blank.map_or(line.len(), |at| from + at + 1));
            each(&blanks::plain(&line), false)?;
            line = rest;
        }
    }
}
