//! Masks secrets in a line before it becomes evidence, so that no renderer ever holds one. The value goes, to its end;
//! the words around it stay, so that the reader sees what it was. In doubt a value is masked.
//!
//! A line is looked at as it stands and with its dress taken off (`view.rs`): escapes of JSON, entities, percent-encoding. Lines
//! that a terminal wrapped are looked at as one. What is needed for the remedy stays: serial numbers, UDI,
//! instance and polling ids, names of trust points, certificate subjects. The grammars are those of IOS, IOS-XE, NX-OS,
//! IOS XR and ASA configurations, HTTP and SIP headers, the NSS key log format, JSON and XML.

mod around;
mod classes;
mod secrets;
#[cfg(test)]
mod tests;
mod under;
mod values;
mod view;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::CaptureLocations;

pub(crate) use around::KEYS;
pub(super) use around::{Surroundings, WRAPPED_LINES};
use classes::Class;
pub(super) use secrets::Secrets;
use view::View;

use crate::intake::LEVEL;
use crate::rules::library::Pattern;

/// How often a line is looked at again after something was found in it. One more look is the rule; each look
/// finds text that was not found before, so this only bounds the work on lines made to be difficult.
const LOOKS: usize = 8;
/// Longer texts are looked at again for those classes only of which something was found: another finds no more than it did.
const SHORT: usize = 1024;
/// How many dresses are taken off, one from under the other: percent-encoded JSON in a JSON string has three.
const DRESSES: usize = 3;
/// Texts that are searched before the faster gate is made: most cases have no more.
const FEW: usize = 256;

/// All patterns, compiled at first use. Make one and share it.
#[derive(Debug)]
pub struct Masker {
    /// Words without which no class can match; clean lines are settled here.
    gate: AhoCorasick,
    words: Vec<&'static str>,
    /// The same gate, which takes longer to make and searches faster; and how many texts were searched without it.
    fast: OnceLock<AhoCorasick>,
    asked: AtomicUsize,
    /// For every word of the gate the classes it opens.
    opens: Vec<Vec<usize>>,
    secrets: Vec<Secret>,
    mark: Pattern,
}

#[derive(Debug)]
struct Secret {
    class: &'static Class,
    /// Written out at first use: most cases need few.
    pattern: OnceLock<Pattern>,
}

impl Secret {
    fn pattern(&self) -> &Pattern {
        self.pattern.get_or_init(|| Pattern::new(classes::spelled_out(self.class.pattern)))
    }
}

impl Default for Masker {
    fn default() -> Self {
        Self::new()
    }
}

impl Masker {
    /// Makes the gate.
    #[expect(clippy::expect_used, reason = "the words are constants")]
    pub fn new() -> Self {
        let mut words: Vec<&'static str> = Vec::new();
        let mut places: HashMap<&'static str, usize> = HashMap::new();
        let mut opens: Vec<Vec<usize>> = Vec::new();
        let mut secrets = Vec::new();
        for (number, class) in classes::all().enumerate() {
            for word in class.words {
                let at = places.entry(word).or_insert_with(|| {
                    words.push(word);
                    opens.push(Vec::new());
                    words.len() - 1
                });
                if let Some(open) = opens.get_mut(*at) {
                    open.push(number);
                }
            }
            secrets.push(Secret { class, pattern: OnceLock::new() });
        }
        let gate = gate(&words, AhoCorasickKind::ContiguousNFA).expect("a few short words");
        let mark = Pattern::new("<masked:[a-z0-9-]+>".to_owned());
        Self { gate, words, fast: OnceLock::new(), asked: AtomicUsize::new(0), opens, secrets, mark }
    }

    /// Finds nothing at all: for comparing what is said with and without masking. Nothing of that may be shown.
    pub fn blind() -> Self {
        Self { opens: Vec::new(), ..Self::new() }
    }

    /// The line with every secret replaced by `<masked:class>`. A line without one comes back as it is. Masking a masked
    /// line changes nothing.
    pub fn mask<'a>(&self, line: &'a str) -> Cow<'a, str> {
        self.secrets(line, &[]).hidden(line, 0..line.len())
    }

    /// A path without the secrets of its names and of it as a whole; the names that hold some are told.
    pub(crate) fn mask_path(&self, path: &str, found: &mut dyn FnMut(&str, &str)) -> String {
        let mut shown = String::with_capacity(path.len());
        for part in path.split_inclusive(['/', LEVEL]) {
            let name = part.trim_end_matches(['/', LEVEL]);
            let masked = self.mask(name);
            if let Cow::Owned(masked) = &masked {
                found(name, masked);
            }
            shown.push_str(&masked);
            shown.push_str(part.get(name.len()..).unwrap_or_default());
        }
        self.mask(&shown).into_owned()
    }

    /// Where the secrets of a text stand. `joints` are blanks that may not have been there: where lines of it were joined.
    pub(super) fn secrets(&self, text: &str, joints: &[usize]) -> Secrets {
        let mut found = Secrets::default();
        if self.is_clean(text) && (joints.is_empty() || self.is_clean(&without(text, joints))) {
            return found;
        }
        let mut asked = vec![true; self.secrets.len()];
        for _ in 0..LOOKS {
            let mut met = vec![text.len() <= SHORT; self.secrets.len()];
            if !self.look_again(text, joints, &mut found, &asked, &mut met) {
                break;
            }
            asked = met;
        }
        found
    }

    /// Whether no word of the gate stands in a text, whatever dress it wears. So it is with most, which need no views of them.
    fn is_clean(&self, text: &str) -> bool {
        let mut text = Cow::Borrowed(text);
        for _ in 0..=DRESSES {
            if self.fast_gate().is_match(&text.to_ascii_lowercase()) {
                return false;
            }
            let Some(undressed) = view::undressed(&text) else { return true };
            text = Cow::Owned(undressed);
        }
        true
    }

    /// The gate as it pays by now.
    fn fast_gate(&self) -> &AhoCorasick {
        let asked = self.asked.load(Ordering::Relaxed);
        if asked < FEW {
            self.asked.store(asked + 1, Ordering::Relaxed);
            return &self.gate;
        }
        self.fast.get_or_init(|| gate(&self.words, AhoCorasickKind::DFA).unwrap_or_else(|| self.gate.clone()))
    }

    /// One look at a text in which some secrets are known, in every dress; false where there is nothing to add. Of the classes
    /// that are asked for those that show are marked as met.
    fn look_again(&self, text: &str, joints: &[usize], found: &mut Secrets, asked: &[bool], met: &mut [bool]) -> bool {
        // Most texts hold none, and need no view of them.
        if found.is_empty() && joints.is_empty() && !view::is_dressed(text) {
            return found.add(self.look(text, asked, met));
        }
        let work = if found.is_empty() { View::of(text) } else { View::masked(text, found) };
        let joined = (!joints.is_empty()).then(|| [work.without(joints), work.parted(joints)]);
        let mut more = Vec::new();
        for view in std::iter::once(work).chain(joined.into_iter().flatten()) {
            let mut view = Some(view);
            for _ in 0..=DRESSES {
                let Some(now) = view.take() else { break };
                more.extend(self.look(&now.text, asked, met).into_iter().map(|(range, class)| (now.place(range), class)));
                view = now.undressed();
            }
        }
        found.add(more)
    }

    /// The secrets that show in a text as it stands.
    fn look(&self, line: &str, asked: &[bool], met: &mut [bool]) -> Vec<(Range<usize>, &'static str)> {
        let mut open = self.open(line);
        open.retain(|number| asked.get(*number) == Some(&true));
        if open.is_empty() {
            return Vec::new();
        }
        let marks: Vec<Range<usize>> = self.mark.regex().iter().flat_map(|mark| mark.find_iter(line)).map(|mark| mark.range()).collect();
        let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
        for number in open {
            let Some(secret) = self.secrets.get(number) else { continue };
            let Some(regex) = secret.pattern().on(line) else { continue };
            let mut groups = regex.capture_locations();
            let mut at = 0;
            while let Some(all) = regex.captures_read_at(&mut groups, line, at).filter(|all| !all.is_empty()) {
                at = all.end();
                let before = found.len();
                found.extend(values(line, &groups, secret, &marks).map(|value| (value, secret.class.name)));
                if let Some(met) = met.get_mut(number).filter(|_| found.len() > before) {
                    *met = true;
                }
            }
        }
        found
    }

    /// The classes that a text may hold by its words, in order.
    fn open(&self, line: &str) -> Vec<usize> {
        let mut met = vec![false; self.opens.len()];
        for hit in self.fast.get().unwrap_or(&self.gate).find_overlapping_iter(&line.to_ascii_lowercase()) {
            if let Some(met) = met.get_mut(hit.pattern().as_usize()) {
                *met = true;
            }
        }
        let mut open: Vec<usize> = met.iter().zip(&self.opens).filter(|(met, _)| **met).flat_map(|(_, opens)| opens).copied().collect();
        open.sort_unstable();
        open.dedup();
        open
    }
}

/// The text without the bytes at these places, which are blanks.
fn without(text: &str, places: &[usize]) -> String {
    text.char_indices().filter(|(at, _)| !places.contains(at)).map(|(_, c)| c).collect()
}

/// An automaton that finds words in texts of small letters: it is made in half the time of one that knows both.
fn gate(words: &[&str], kind: AhoCorasickKind) -> Option<AhoCorasick> {
    AhoCorasick::builder().kind(Some(kind)).build(words).ok()
}

/// The values of a match that are secrets.
fn values<'m>(
    line: &'m str,
    found: &'m CaptureLocations,
    secret: &'m Secret,
    marks: &'m [Range<usize>],
) -> impl Iterator<Item = Range<usize>> + 'm {
    let keyword = found.get(0).map_or(0, |(start, _)| start);
    // The words of a mark are not the keyword of anything.
    let mark_at = move |at: usize| {
        // Marks stand in order: the first that ends behind the place is the only one that can hold it.
        marks.get(marks.partition_point(|mark| mark.end <= at)).filter(|mark| mark.contains(&at))
    };
    (1..found.len()).filter_map(|group| found.get(group)).filter_map(move |(start, end)| {
        let mut range = start..end;
        let text = line.get(range.clone())?.trim_end();
        range.end = range.start + text.len();
        if mark_at(keyword).is_some() || mark_at(range.start).is_some() || values::is_placeholder(text) || (secret.class.keep)(text) {
            return None;
        }
        // Half a mark helps nobody.
        if let Some(mark) = mark_at(range.end).filter(|mark| mark.start < range.end) {
            range.end = mark.end;
        }
        Some(range)
    })
}
