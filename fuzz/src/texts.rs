//! The readers of what texts are dressed in, of tables, times and sentences, and whole small cases.

use std::io::{self, Read};

use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::formats::packet_list::PacketListReader;
use bundlescope::formats::syslog::{self, Columns, document};
use bundlescope::formats::time::{self, Region};
use bundlescope::formats::{blanks, cited, dress, markup, prompt, quoted};
use bundlescope::intake::{self, Budget, Input, Limits};
use bundlescope::redact::{Classes, Key, Learn, Rebuild, Redactor, Shelf};
use bundlescope::report::render::{Format, Style, inventory};
use bundlescope::scan::{Options, Silent};

use super::{library, scanner};

/// Hands out few bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.1.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}

/// What is read, and what is said where it ends.
fn all(mut reader: impl Read) -> (Vec<u8>, Option<String>) {
    let mut text = Vec::new();
    let error = reader.read_to_end(&mut text).err();
    (text, error.map(|error| error.to_string()))
}

/// Pages and documents: in whatever portions they come, the same text.
pub fn pages(data: &[u8]) {
    let declared = [b"<?xml version=\"1.0\"?><w:document>", data].concat();
    for text in [data, &[b"<html>", data].concat(), &declared] {
        let (whole, said) = all(dress::undressed(text));
        assert_eq!((&whole, &said), (&all(dress::undressed(Slow(text, 7))).0, &all(dress::undressed(Slow(text, 7))).1));
        scanner().scan_text("a.html", &whole);
    }
    for kind in [markup::Markup::Html, markup::Markup::Xml] {
        let (text, _) = all(markup::PageText::new(data, kind));
        // An element gives a tab, a blank or a line end, a character no more bytes than its name.
        assert!(text.len() <= data.len() + 1, "{} of {}", text.len(), data.len());
    }
}

/// Logs inside of JSON: what is made of a document is bounded by it.
pub fn documents(data: &[u8]) {
    for text in [data, &[b"{\"sw-a\":", data, b"}"].concat(), &[b"[{\"command\":\"show logging\",\"output\":", data, b"}]"].concat()] {
        let _ = document::may_be(text, true);
        if let Some(lines) = document::lines(text) {
            scanner().scan_text("a.json", &lines);
        }
    }
    scanner().scan_text("a.json", data);
}

/// Rows of tables and objects of collectors, under the names that the first line gives their columns.
pub fn tables(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let columns: Vec<Columns> = text.lines().take(1).chain(["time,host,message"]).filter_map(Columns::named).collect();
    for line in text.lines() {
        let headers = columns.iter().filter_map(|columns| columns.parse(line)).chain(syslog::parse(line));
        for header in headers {
            assert!(header.body <= line.len() && line.is_char_boundary(header.body), "{} in {line:?}", header.body);
        }
        for object in syslog::objects(line) {
            assert!(object.starts_with('{') && object.ends_with('}'));
        }
        let _ = syslog::enclosing(data, line, data);
    }
    scanner().scan_text("a.csv", data);
}

/// Packets as text.
pub fn packet_list(data: &[u8]) {
    let (mut reader, mut count) = (PacketListReader::default(), 0);
    let text = String::from_utf8_lossy(data);
    for (at, line) in text.lines().enumerate() {
        reader.line(at as u64 + 1, line, &mut |_| count += 1);
    }
    assert!(count <= text.lines().count());
    scanner().scan_text("a.txt", &[b"$ tshark -r a.pcap\n", data].concat());
}

/// Times of every form, zones, dates in names, stamps before the lines of a session.
pub fn stamps(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let stamp = prompt::LineStamp::of(data);
    for line in text.lines() {
        if let Some((_, length)) = time::parse_prefix(line) {
            assert!(length <= line.len() && line.is_char_boundary(length));
        }
        for stamp in [time::find_date(line), time::happened_on(line), time::date_in_name(line)].into_iter().flatten() {
            let _ = (
                stamp.rfc3339(),
                stamp.short(),
                stamp.unix_seconds(),
                stamp.clone().moved(-1).wall_millis(),
                stamp.moved(i64::MAX).rfc3339(),
            );
        }
        if let Ok(region) = Region::parse(line) {
            region.show("2025-08-23T10:19:43Z");
        }
        if let Some(stamp) = &stamp {
            assert!(stamp.length(line.as_bytes()) <= line.len());
            let (inside, end) = stamp.inside(line.as_bytes());
            assert!(inside.len() + end.len() <= line.len());
        }
    }
    scanner().scan_text("a.log", data);
}

/// What people write about messages, remarks and banners; odd blanks.
pub fn sentences(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = cited::is_article(&text);
    for line in text.lines() {
        let _ = (cited::is_cited(line), cited::is_introduced(data, line), quoted::is_quotation(line));
        let _ = quoted::banner_lines(line, data);
    }
    let plain = blanks::plain(data);
    let ends = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
    assert!(plain.len() <= data.len() && ends(&plain) == ends(data), "lines came or went");
    scanner().scan_text("a.txt", data);
}

/// The files of a case: name and contents in turn, with a NUL behind each.
fn files(data: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    let mut parts = data.split(|byte| *byte == 0);
    for at in 0..6 {
        let (Some(name), Some(contents)) = (parts.next(), parts.next()) else { break };
        let name: String = String::from_utf8_lossy(name).chars().filter(|c| *c != '/').take(60).collect();
        let name = if matches!(name.as_str(), "" | "." | "..") { format!("{at}.txt") } else { name };
        std::fs::write(folder.path().join(name), contents).unwrap_or_else(|error| panic!("no temporary file: {error}"));
    }
    folder
}

/// A small case by the call of the library, on one thread and on two: one report, and every file is in it.
pub fn case(data: &[u8]) {
    let folder = files(data);
    let input = [Input::Path(folder.path().to_owned())];
    let diagnosed = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap_or_else(|error| panic!("no threads: {error}"));
        let case = pool.install(|| scanner().scan(&input, &Options { conversations: true, ..Options::default() }, &Silent));
        Diagnosis::new(case, library()).report(&Selection { min_confidence: 0.0, conversations: true, ..Selection::default() })
    };
    let (report, again) = (diagnosed(1), diagnosed(2));
    let style = Style::default();
    assert_eq!(Format::Json.render(&report, &style), Format::Json.render(&again, &style));
    assert!(report.errors.iter().all(|error| error.message != intake::FAILED), "{:?}", report.errors);
    let there = std::fs::read_dir(folder.path()).map_or(0, Iterator::count);
    assert!(report.artifacts.len() + report.errors.len() >= there, "{there} files: {:?} {:?}", report.artifacts, report.errors);
    let _ = (inventory(&report, &style), Format::Table.render(&report, &style));
}

/// Takes the copy, and forgets it.
struct Nowhere;

impl Shelf for Nowhere {
    fn put(&mut self, path: &str, contents: &mut dyn Read) -> io::Result<()> {
        assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")), "{path}");
        io::copy(contents, &mut io::sink()).map(drop)
    }
}

/// The copy of a small case that can be shared.
pub fn redact(data: &[u8]) {
    let folder = files(data);
    let limits = Limits::default();
    let inputs = [Input::Path(folder.path().to_owned())];
    let walk = |visitor: &mut dyn intake::Visitor| {
        let budget = Budget::new(&limits);
        intake::list(&inputs, &limits).0.iter().for_each(|entry| intake::open(entry, &limits, &budget, visitor));
    };
    let mut learn = Learn::default();
    walk(&mut learn);
    let mut redactor = Redactor::new(library(), Classes::ALL, &Key::from_bytes(b"a key of the fuzz targets"), &learn.collector);
    let mut shelf = Nowhere;
    let mut rebuild = Rebuild::new(&mut redactor, &mut shelf, inputs.iter().map(Input::shown).collect());
    walk(&mut rebuild);
    assert!(rebuild.failure.is_none(), "{:?}", rebuild.failure);
}
