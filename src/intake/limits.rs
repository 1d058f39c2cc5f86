//! Every limit of a run in one table: its name on the command line, its default, its unit, and what happens when it
//! is hit. The fields are plain numbers (bytes, or a count); all but `time` count work, so that the same input hits
//! the same limit everywhere.

use std::fmt;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

/// What the number of a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes; written with `B`, `KiB`, `MiB`, `GiB` or `TiB`.
    Bytes,
    /// Seconds, 0 for none; written as `90s`, `5m`, `2h` or `none`.
    Seconds,
}

/// One row of [`Limits::table`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// The name in `--limit NAME=VALUE`.
    pub name: &'static str,
    /// The default as a user would write it.
    pub default: String,
    /// What is counted, in words.
    pub meaning: &'static str,
    /// What happens when the limit is hit.
    pub on_hit: &'static str,
}

/// A `--limit` assignment that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// No `=` in it.
    #[error("`{0}` is no limit assignment; write NAME=VALUE, as in unpacked=8GiB")]
    NoValue(String),
    /// No such limit.
    #[error("no limit is called `{name}`; did you mean `{nearest}`? There are: {known}")]
    Unknown {
        /// The name as given.
        name: String,
        /// The known name that is spelled most like it.
        nearest: &'static str,
        /// All names.
        known: String,
    },
    /// The value is not a number with a fitting unit.
    #[error("`{value}` is no value for the limit `{name}`; expected {expected}")]
    BadValue {
        /// The limit.
        name: &'static str,
        /// The value as given.
        value: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// The value is outside what the program can promise to survive.
    #[error("the limit `{name}` must lie between {low} and {high}")]
    OutOfRange {
        /// The limit.
        name: &'static str,
        /// The smallest value taken.
        low: String,
        /// The largest value taken.
        high: String,
    },
}

struct Row {
    name: &'static str,
    unit: Unit,
    default: u64,
    range: (u64, u64),
    meaning: &'static str,
    on_hit: &'static str,
    get: fn(&Limits) -> u64,
    field: fn(&mut Limits) -> &mut u64,
}

macro_rules! limits {
    ($($name:ident: $unit:ident = $default:expr, $low:expr => $high:expr, $meaning:literal, $on_hit:literal;)*) => {
        /// The limits of a run. Every field is a number of the unit its row in [`Limits::table`] shows.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Limits {
            $(#[doc = concat!($meaning, "; on hit: ", $on_hit, ".")] pub $name: u64,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        static ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            unit: Unit::$unit,
            default: $default,
            range: ($low, $high),
            meaning: $meaning,
            on_hit: $on_hit,
            get: |limits| limits.$name,
            field: |limits| &mut limits.$name,
        },)*];
    };
}

limits! {
    depth: Count = 10, 0 => 64, "archive or compressor levels inside each other", "the inner archive is an error, the rest goes on";
    members: Count = 200_000, 1 => 1 << 40, "files of the whole case", "what follows is not read";
    archive_members: Count = 100_000, 1 => 1 << 40, "members of one archive", "the rest of that archive is counted, not read";
    unpacked: Bytes = 64 * GIB, 0 => 1 << 60, "bytes unpacked in the whole case", "unpacking stops, what was read is diagnosed";
    artifact: Bytes = 16 * GIB, 1 => 1 << 60, "bytes of one file of the case", "its beginning counts";
    ratio: Count = 1_000, 1 => 1 << 40, "bytes out for each byte in", "the beginning counts";
    ratio_artifact: Bytes = GIB, 0 => 1 << 60, "size of one file from which `ratio` is watched", "-";
    ratio_case: Bytes = 4 * GIB, 0 => 1 << 60, "bytes unpacked of one input from which `ratio` is watched", "-";
    decoder_memory: Bytes = 128 * MIB, MIB => 4 * GIB, "dictionaries of the decoders of one file", "an error before anything is allocated";
    decoder_memory_total: Bytes = 256 * MIB, MIB => 64 * GIB, "dictionaries of all decoders at once", "the next decoder waits";
    header: Bytes = MIB, 512 => GIB, "one extension record of a tar header (zip and gzip headers are passed over)", "the record is skipped and reported";
    name: Bytes = 4 * KIB, 16 => MIB, "the name of one member", "the name is cut";
    spool: Bytes = 8 * GIB, 0 => 1 << 60, "temporary file for a zip inside a stream", "the inner zip is an error";
    spool_memory: Bytes = 16 * MIB, 0 => GIB, "memory for zips inside streams, before a temporary file is used", "a temporary file is used";
    line: Bytes = MIB, KIB => GIB, "one line of text", "longer ones are searched in overlapping parts and counted";
    window: Bytes = 64 * KIB, 256 => 16 * MIB, "text that a pattern sees at once", "longer lines are searched in parts that overlap";
    excerpt: Count = 400, 40 => 1 << 20, "characters of a quoted line", "the quote is cut";
    matches: Count = 16, 2 => 1 << 20, "matches kept for one signal of one device, half first and half last", "counted, not kept";
    evidence: Bytes = 64 * MIB, MIB => 4 * GIB, "memory for all kept matches", "counted, not kept";
    packet: Bytes = 256 * KIB, 64 => 64 * MIB, "one captured packet", "the record is skipped";
    block: Bytes = 16 * MIB, KIB => GIB, "one pcapng block", "the block is skipped";
    flows: Count = 262_144, 1 => 1 << 24, "flows live at once in a capture", "the oldest idle one is given up and counted";
    stream: Bytes = MIB, KIB => GIB, "reassembled bytes of one direction of a flow", "its beginning is analysed, the flow is marked cut";
    streams: Bytes = 128 * MIB, MIB => 16 * GIB, "reassembled bytes of all flows at once", "the oldest idle flow is given up and counted";
    out_of_order: Bytes = 256 * KIB, KIB => GIB, "bytes of one flow waiting for a gap to close", "the gap is taken as lost";
    fragments: Count = 65_535, 1 => 1 << 24, "IP fragments waiting at once", "the oldest is dropped and counted";
    fragment_memory: Bytes = 32 * MIB, KIB => 4 * GIB, "memory for waiting IP fragments", "the oldest is dropped and counted";
    certificate: Bytes = 64 * KIB, KIB => 16 * MIB, "one certificate", "its size is evidence, it is not read";
    handshake: Bytes = 256 * KIB, KIB => 16 * MIB, "one TLS handshake message", "its size is evidence, it is not read";
    chain: Count = 32, 1 => 1 << 10, "certificates of one chain", "the rest is counted";
    pem: Count = 4_096, 1 => 1 << 20, "certificates of one PEM file", "the rest is counted, none is listed";
    der_depth: Count = 50, 1 => 64, "levels of a DER value", "the value is damaged";
    json_depth: Count = 128, 1 => 128, "levels of a JSON value", "the record is read as text, as all of them are";
    xml_depth: Count = 100, 1 => 1 << 10, "levels of an XML document", "the record is read as text, as all of them are";
    regex: Bytes = 4 * KIB, 64 => MIB, "the source of one pattern of a rule", "the rule is refused";
    regex_compiled: Bytes = MIB, KIB => GIB, "one compiled pattern", "the rule is refused";
    regex_total: Bytes = 64 * MIB, MIB => 16 * GIB, "all compiled patterns", "the rules are refused";
    regex_nesting: Count = 64, 1 => 250, "levels of a pattern", "the rule is refused";
    rule_file: Bytes = MIB, KIB => GIB, "one rule file", "the rules are refused";
    rule_depth: Count = 32, 1 => 64, "levels of a rule file", "the rules are refused";
    rule_nodes: Count = 50_000, 1 => 1 << 24, "values in a rule file", "the rules are refused";
    rule_aliases: Count = 100, 0 => 1 << 20, "aliases in a rule file", "the rules are refused";
    rule_files: Count = 10_000, 1 => 1 << 24, "rule files", "the rules are refused";
    devices: Count = 10_000, 1 => 1 << 24, "devices of a case", "the rest is counted";
    facts: Count = 2_000, 1 => 1 << 24, "facts of one device", "the rest is counted";
    facts_memory: Bytes = 128 * MIB, MIB => 4 * GIB, "memory for all facts, outputs and devices, and the order of matches", "counted, not kept";
    errors: Count = 1_000, 1 => 1 << 24, "entries of the report's error list", "the rest is counted by kind";
    time: Seconds = 0, 0 => 1 << 32, "time for the whole run", "what was read is reported as partial";
}

impl Limits {
    /// Takes one `NAME=VALUE`, as in `unpacked=8GiB`, `depth=4` or `time=5m`.
    pub fn set(&mut self, assignment: &str) -> Result<(), LimitError> {
        let (name, value) = assignment.split_once('=').ok_or_else(|| LimitError::NoValue(assignment.to_owned()))?;
        let (name, value) = (name.trim(), value.trim());
        let row = ROWS.iter().find(|row| row.name == name).ok_or_else(|| LimitError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name),
            known: ROWS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "),
        })?;
        let number = parse(value, row.unit).ok_or_else(|| LimitError::BadValue {
            name: row.name,
            value: value.to_owned(),
            expected: match row.unit {
                Unit::Count => "a whole number",
                Unit::Bytes => "a number of bytes such as 4096, 64KiB, 16MiB or 8GiB",
                Unit::Seconds => "a time such as 90s, 5m or 2h, or none",
            },
        })?;
        let (low, high) = row.range;
        if !(low..=high).contains(&number) {
            return Err(LimitError::OutOfRange { name: row.name, low: shown(low, row.unit), high: shown(high, row.unit) });
        }
        *(row.field)(self) = number;
        Ok(())
    }

    /// All limits in the order of their documentation.
    pub fn table() -> impl Iterator<Item = LimitRow> {
        ROWS.iter().map(|row| LimitRow { name: row.name, default: shown(row.default, row.unit), meaning: row.meaning, on_hit: row.on_hit })
    }

    /// The sentence for a limit that was hit: which, its value, what became of the data, and the way out.
    /// `name` is a name of the table, `happened` says what was and was not read.
    pub fn hit(&self, name: &str, happened: impl fmt::Display) -> String {
        let Some(row) = ROWS.iter().find(|row| row.name == name) else {
            return format!("limit `{name}` reached: {happened}");
        };
        let value = (row.get)(self);
        let raised = value.saturating_mul(2).max(1).min(row.range.1);
        let way_out = if value >= row.range.1 {
            String::new()
        } else {
            format!("; raise it with --limit {name}={}", shown(raised, row.unit).replace(' ', ""))
        };
        format!("limit `{name}` ({}) reached: {happened}{way_out}", shown(value, row.unit))
    }
}

/// A number of bytes for people: exact where it is a whole number of units, else with one decimal.
pub(super) fn size(bytes: u64) -> String {
    for (unit, name) in [(TIB, "TiB"), (GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")] {
        if bytes >= unit {
            let (whole, rest) = (bytes / unit, bytes % unit);
            return if rest == 0 { format!("{whole} {name}") } else { format!("{whole}.{} {name}", rest * 10 / unit) };
        }
    }
    format!("{bytes} bytes")
}

/// The value as it can be given to [`Limits::set`].
fn shown(number: u64, unit: Unit) -> String {
    match unit {
        Unit::Count => number.to_string(),
        Unit::Seconds if number == 0 => "none".to_owned(),
        Unit::Seconds if number.is_multiple_of(60) => format!("{}m", number / 60),
        Unit::Seconds => format!("{number}s"),
        Unit::Bytes => {
            let units = [(TIB, "TiB"), (GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")];
            match units.iter().find(|(unit, _)| number >= *unit && number.is_multiple_of(*unit)) {
                Some((unit, name)) => format!("{}{name}", number / unit),
                None => format!("{number}B"),
            }
        }
    }
}

fn parse(value: &str, unit: Unit) -> Option<u64> {
    if unit == Unit::Seconds && value == "none" {
        return Some(0);
    }
    let digits_end = value.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(value.len());
    let (digits, suffix) = value.split_at_checked(digits_end)?;
    let number: u64 = digits.replace('_', "").parse().ok()?;
    let factor = match (unit, suffix.trim().to_ascii_lowercase().as_str()) {
        (Unit::Count, "") => 1,
        (Unit::Bytes, "" | "b") => 1,
        (Unit::Bytes, "k" | "kib") => KIB,
        (Unit::Bytes, "m" | "mib") => MIB,
        (Unit::Bytes, "g" | "gib") => GIB,
        (Unit::Bytes, "t" | "tib") => TIB,
        (Unit::Bytes, "kb") => 1_000,
        (Unit::Bytes, "mb") => 1_000_000,
        (Unit::Bytes, "gb") => 1_000_000_000,
        (Unit::Bytes, "tb") => 1_000_000_000_000,
        (Unit::Seconds, "" | "s") => 1,
        (Unit::Seconds, "m" | "min") => 60,
        (Unit::Seconds, "h") => 3_600,
        _ => return None,
    };
    number.checked_mul(factor)
}

fn nearest(name: &str) -> &'static str {
    ROWS.iter().map(|row| row.name).min_by_key(|known| distance(name, known)).unwrap_or("unpacked")
}

/// Edit distance over bytes, of names cut to 64 bytes: enough to find a slip of the finger.
fn distance(a: &str, b: &str) -> usize {
    let a = a.as_bytes();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().take(64).enumerate() {
        let mut current = vec![i + 1];
        for (j, (y, above)) in b.bytes().zip(previous.windows(2)).enumerate() {
            let (diagonal, up) = (above.first().copied().unwrap_or(0), above.last().copied().unwrap_or(0));
            let left = current.get(j).copied().unwrap_or(0);
            current.push((diagonal + usize::from(*x != y)).min(up + 1).min(left + 1));
        }
        previous = current;
    }
    previous.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_their_units() {
        let mut limits = Limits::default();
        for (assignment, read, expected) in [
            ("unpacked=8GiB", (|l| l.unpacked) as fn(&Limits) -> u64, 8 << 30),
            ("unpacked=8g", |l| l.unpacked, 8 << 30),
            ("artifact=10MB", |l| l.artifact, 10_000_000),
            ("artifact = 512 KiB", |l| l.artifact, 512 << 10),
            ("depth=4", |l| l.depth, 4),
            ("members=1_000_000", |l| l.members, 1_000_000),
            ("time=5m", |l| l.time, 300),
            ("time=none", |l| l.time, 0),
        ] {
            assert_eq!(limits.set(assignment), Ok(()), "{assignment}");
            assert_eq!(read(&limits), expected, "{assignment}");
        }
    }

    #[test]
    fn what_is_refused_says_why() {
        let mut limits = Limits::default();
        for (assignment, word) in [
            ("unpackd=8GiB", "did you mean `unpacked`"),
            ("dpeth=3", "did you mean `depth`"),
            ("unpacked", "NAME=VALUE"),
            ("depth=8GiB", "whole number"),
            ("depth=1000000", "between 0 and 64"),
            ("unpacked=lots", "8GiB"),
            ("unpacked=99999999999999999999", "8GiB"),
            ("unpacked=18446744073709551615TiB", "8GiB"),
            ("time=5x", "5m"),
            ("=", "no limit is called"),
        ] {
            let error = limits.set(assignment).unwrap_err().to_string();
            assert!(error.contains(word), "{assignment}: {error}");
        }
        assert_eq!(limits, Limits::default());
    }

    #[test]
    fn every_default_can_be_given_back() {
        for row in Limits::table() {
            let mut limits = Limits::default();
            assert_eq!(limits.set(&format!("{}={}", row.name, row.default)), Ok(()), "{row:?}");
            assert_eq!(limits, Limits::default(), "{row:?}");
        }
    }

    #[test]
    fn the_way_out_is_a_valid_assignment() {
        for row in Limits::table() {
            let mut limits = Limits::default();
            let sentence = limits.hit(row.name, "stopped");
            if let Some((_, assignment)) = sentence.split_once("--limit ") {
                assert_eq!(limits.set(assignment), Ok(()), "{sentence}");
                assert_ne!(limits, Limits::default(), "{sentence}");
            }
        }
        assert_eq!(
            Limits::default().hit("depth", "x.gz was not opened"),
            "limit `depth` (10) reached: x.gz was not opened; raise it with --limit depth=20"
        );
    }

    #[test]
    fn sizes_for_people() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1_258_291, "1.1 MiB"),
            (8 << 30, "8 GiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }
}
