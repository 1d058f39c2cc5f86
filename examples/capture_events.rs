//! Prints every event of the captures in the files, folders and archives named, one JSON object a line: what the library saw
//! packet by packet, before any rule looks at it.
//!
//! ```sh
//! cargo run --example capture_events -- case.zip trace.pcap
//! ```
//!
//! A capture ends with a line `{"file": …, "kind": "capture", …}`, with the counts of its summary and what
//! could not be read.

#![expect(clippy::print_stdout, reason = "a program that prints")]

use std::io::BufReader;

use bundlescope::formats::capture::{self, CaptureLimits};
use bundlescope::formats::event::{Event, Place};
use bundlescope::intake::{self, Artifact, Budget, Content, Input, Limits, Source, Trouble, Visitor};
use serde_json::{Map, Value, json};

struct Printer;

impl Visitor for Printer {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        if !matches!(artifact.content, Content::Pcap | Content::Pcapng) {
            return;
        }
        let file = artifact.path.as_str();
        let mut sink = |event: Event| println!("{}", object(file, &event));
        let limits = CaptureLimits::default();
        let summary = match artifact.source {
            Source::File(bytes, _) => capture::read(&mut BufReader::new(bytes), &limits, &mut sink),
            Source::Stream(bytes) => capture::read(bytes, &limits, &mut sink),
        };
        let troubles: Vec<&String> = summary.troubles.iter().map(|(_, message)| message).collect();
        println!(
            "{}",
            json!({
                "file": file, "kind": "capture", "format": summary.format, "packets": summary.packets, "links": summary.link_types,
                "syn": summary.syn, "synack": summary.synack, "rst": summary.rst, "cut": summary.cut_by_snaplen,
                "troubles": troubles,
            })
        );
    }

    fn trouble(&mut self, trouble: Trouble) {
        println!("{}", json!({ "file": trouble.path.as_str(), "kind": "trouble", "message": trouble.message }));
    }
}

fn object(file: &str, event: &Event) -> Value {
    let mut fields = Map::new();
    fields.insert("file".to_owned(), file.into());
    fields.insert("kind".to_owned(), event.kind.into());
    if let Place::Packet(packet) = event.place {
        fields.insert("packet".to_owned(), packet.into());
    }
    fields.insert("time".to_owned(), event.time.as_ref().and_then(|time| time.rfc3339()).into());
    fields.extend(event.fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())));
    Value::Object(fields)
}

fn main() {
    let inputs: Vec<Input> = std::env::args_os().skip(1).map(|path| Input::Path(path.into())).collect();
    let limits = Limits::default();
    let budget = Budget::new(&limits);
    let (entries, troubles) = intake::list(&inputs, &limits);
    troubles.into_iter().for_each(|trouble| Printer.trouble(trouble));
    for entry in &entries {
        intake::open(entry, &limits, &budget, &mut Printer);
    }
}
