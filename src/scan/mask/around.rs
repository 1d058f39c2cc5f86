//! What masking must know of the text around a line: lines that a terminal wrapped, joined lines, keys on the lines above.

use std::borrow::Cow;

use memchr::memrchr;

use super::{Masker, Secrets, under};
use crate::formats::{prompt, syslog};

/// Lines a wrapped message may go on for.
pub(in crate::scan) const WRAPPED_LINES: usize = 4;
/// Widths of terminals and pages at which lines are wrapped.
const WIDTHS: [usize; 4] = [80, 100, 120, 132];
/// What stands in the first and the last line of a private key or a container of them.
pub(crate) const KEYS: [&str; 3] = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "PKCS12-----"];

/// What masking must know of the text around a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::scan) struct Surroundings {
    /// Lines that it goes on from, where they look as if a terminal had wrapped them. With a line end after each but the last.
    before: String,
    /// Where blanks stand in it only because lines were joined.
    pub(in crate::scan) joints: Vec<usize>,
    /// Where lines of it begin that were joined without a blank.
    pub(in crate::scan) glued: Vec<usize>,
    /// The secret that all of it is, by its place.
    whole: Option<&'static str>,
}

impl Surroundings {
    /// Notes what the text before a line says of it.
    pub(in crate::scan) fn look(&mut self, before: &[u8], line: &[u8], in_key: bool) {
        self.whole = if in_key { Some("private-key") } else { under::class(before, line) };
        self.before.clear();
        if let Some(before) = goes_on_from(before, line) {
            self.before = before;
        }
    }

    /// The secrets of the line.
    pub(in crate::scan) fn secrets(&self, masker: &Masker, text: &str) -> Secrets {
        if let Some(class) = self.whole {
            return Secrets::whole(text, class);
        }
        if self.before.is_empty() {
            let mut secrets = masker.secrets(text, &self.joints);
            // What begins a line may be known as a secret by that alone.
            for (number, from) in self.glued.iter().enumerate() {
                let end = self.glued.get(number + 1).copied().unwrap_or(text.len());
                secrets.add_part(masker.secrets(text.get(*from..end).unwrap_or_default(), &[]), *from);
            }
            return secrets;
        }
        let offset = self.before.len() + 1;
        let all = format!("{} {text}", self.before.replace('\n', " "));
        let ends = self.before.match_indices('\n').map(|(at, _)| at).chain([self.before.len()]);
        let joints: Vec<usize> = ends.chain(self.joints.iter().map(|at| at + offset)).collect();
        masker.secrets(&all, &joints).from(offset)
    }
}

impl Masker {
    /// The line with every secret replaced, also where the text before it, of which each line has its end, is what shows that it is one.
    pub fn mask_after<'a>(&self, before: &[u8], line: &'a str) -> Cow<'a, str> {
        let mut around = Surroundings::default();
        around.look(before, line.as_bytes(), false);
        around.secrets(self, line).hidden(line, 0..line.len())
    }
}

/// The lines before a line that it may go on from: those that are as full as a line can be where the next word did not fit.
fn goes_on_from(before: &[u8], line: &[u8]) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut before, mut next) = (before, line);
    while lines.len() < WRAPPED_LINES {
        let Some(rest) = before.strip_suffix(b"\n") else { break };
        // No character takes more bytes.
        let widest = WIDTHS.into_iter().max().unwrap_or(0) * 4;
        let from = rest.len().saturating_sub(widest);
        let start = memrchr(b'\n', rest.get(from..)?).map_or(from, |end| from + end + 1);
        let line = rest.get(start..)?;
        let blank = |byte: &u8| byte.is_ascii_whitespace();
        let word = next.trim_ascii_start().iter().position(blank).unwrap_or(next.len());
        // Most lines are none of these by their length alone.
        if !WIDTHS.into_iter().any(|most| line.len() + 1 + word > most && line.len() <= most * 4) {
            break;
        }
        let text = prompt::text(&prompt::clean(line)).into_owned();
        let width = text.trim_end_matches('\r').chars().count();
        let full = |most: usize| width <= most && width + 1 + word > most;
        if !WIDTHS.into_iter().any(full) || syslog::starts_record(&prompt::text(next.get(..next.len().min(widest)).unwrap_or(next))) {
            break;
        }
        lines.push(text);
        (before, next) = (rest.get(..start)?, line);
    }
    lines.reverse();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
