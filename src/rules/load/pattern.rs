//! Patterns of rule files: of bounded length and size, and compiled once to see that they can be.

use super::{Loader, RuleText};
use crate::rules::pattern::Pattern;

impl Loader<'_> {
    pub(super) fn regex(&mut self, file: &RuleText, source: &str, prepared: &str) -> Option<Pattern> {
        if self.built.iter().any(|built| std::ptr::eq(built, file)) {
            return Some(Pattern::new(prepared.to_owned()));
        }
        let most = self.limits.pattern;
        if source.len() > most {
            let message = format!("pattern of {} bytes; at most {most} (limit `regex`)", source.len());
            self.fault(file, &source[..source.floor_char_boundary(24)], message);
            return None;
        }
        match Pattern::compiled(prepared.to_owned(), self.limits.compiled, self.limits.nesting) {
            Ok((pattern, size)) => {
                let most = self.limits.compiled_total;
                let before = self.compiled;
                self.compiled = before.saturating_add(size);
                if before <= most && self.compiled > most {
                    let message = format!("with this pattern all together are larger than {most} bytes (limit `regex_total`)");
                    self.fault(file, source.lines().next().unwrap_or(source), message);
                }
                Some(pattern)
            }
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or("not a regular expression").trim_start_matches("error: ");
                let limit = match &error {
                    regex::Error::CompiledTooBig(_) => " (limit `regex_compiled`)",
                    _ if reason.contains("nest limit") || reason.contains("nested") => " (limit `regex_nesting`)",
                    _ => "",
                };
                self.fault(file, source.lines().next().unwrap_or(source), format!("pattern `{source}`: {reason}{limit}"));
                None
            }
        }
    }
}
