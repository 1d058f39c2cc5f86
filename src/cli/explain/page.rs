//! Lines for a terminal: indented, broken between words, never wider than the page where a break is possible.

use bundlescope::report::render::{Long, columns, wrap};

/// Widest page; longer lines are hard to read.
const WIDEST: usize = 110;

/// Lines so far.
pub(super) struct Page {
    width: usize,
    text: String,
}

impl Page {
    /// A page of so many columns.
    pub(super) fn new(width: usize) -> Self {
        Self { width: width.clamp(40, WIDEST), text: String::new() }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Text at an indent.
    pub(super) fn text(&mut self, indent: usize, text: &str) {
        self.hang(indent, "", text);
    }

    /// A line as it is, however long.
    pub(super) fn verbatim(&mut self, indent: usize, line: &str) {
        self.text.extend([&" ".repeat(indent), line.trim_end(), "\n"]);
    }

    /// Text behind a label; further lines stand under the first.
    pub(super) fn hang(&mut self, indent: usize, label: &str, text: &str) {
        let inner = indent + columns(label);
        // As the page has it: a text that fits keeps its blanks elsewhere, and here it is prose.
        let prose = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        for (n, line) in wrap(&prose, self.width.saturating_sub(inner), Long::Keep).iter().enumerate() {
            let before = if n == 0 { format!("{}{label}", " ".repeat(indent)) } else { " ".repeat(inner) };
            self.text.push_str(format!("{before}{line}").trim_end());
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_stand_under_each_other() {
        let mut page = Page::new(40);
        page.hang(2, "+3.0  ", "one two three four five six seven eight nine ten");
        page.text(4, &"x".repeat(60));
        let text = page.finish();
        assert_eq!(text.lines().next(), Some("  +3.0  one two three four five six"));
        assert_eq!(text.lines().nth(1), Some("        seven eight nine ten"));
        assert_eq!(text.lines().count(), 3);
        // Wide characters take two columns each.
        let mut page = Page::new(40);
        page.hang(2, "判定不可  ", &"設定".repeat(12));
        assert_eq!(page.finish(), format!("  判定不可  {}\n{}{}\n", "設定".repeat(7), " ".repeat(12), "設定".repeat(5)));
    }
}
