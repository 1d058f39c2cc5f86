//! Patterns of rule files: of bounded length and size, and compiled once to see that they can be.

use super::{Loader, RuleText};
use crate::rules::pattern::Pattern;

/// Longest pattern, in bytes.
const PATTERN_LENGTH: usize = 4096;

impl Loader<'_> {
    pub(super) fn regex(&mut self, file: &RuleText, source: &str, prepared: &str) -> Option<Pattern> {
        if source.len() > PATTERN_LENGTH {
            self.fault(
                file,
                &source[..source.floor_char_boundary(24)],
                format!("pattern of {} bytes; at most {PATTERN_LENGTH}", source.len()),
            );
            return None;
        }
        if self.built.iter().any(|built| std::ptr::eq(built, file)) {
            return Some(Pattern::new(prepared.to_owned()));
        }
        match Pattern::compiled(prepared.to_owned()) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or("not a regular expression").trim_start_matches("error: ");
                self.fault(file, source.lines().next().unwrap_or(source), format!("pattern `{source}`: {reason}"));
                None
            }
        }
    }
}
