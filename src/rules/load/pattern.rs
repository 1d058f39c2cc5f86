//! Patterns of rule files: of bounded length and size, and compiled.

use regex::{Regex, RegexBuilder};

use super::{Loader, RuleText};

/// Largest compiled pattern, in bytes.
const PATTERN_LIMIT: usize = 1024 * 1024;

/// Longest pattern, in bytes.
const PATTERN_LENGTH: usize = 4096;

impl Loader {
    pub(super) fn regex(&mut self, file: &RuleText, source: &str, prepared: &str) -> Option<Regex> {
        if source.len() > PATTERN_LENGTH {
            self.fault(
                file,
                &source[..source.floor_char_boundary(24)],
                format!("pattern of {} bytes; at most {PATTERN_LENGTH}", source.len()),
            );
            return None;
        }
        match RegexBuilder::new(prepared).size_limit(PATTERN_LIMIT).nest_limit(64).build() {
            Ok(regex) => Some(regex),
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or("not a regular expression").trim_start_matches("error: ");
                self.fault(file, source.lines().next().unwrap_or(source), format!("pattern `{source}`: {reason}"));
                None
            }
        }
    }
}
