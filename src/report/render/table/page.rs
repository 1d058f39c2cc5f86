//! Puts lines on paper: indentation, colour, width, and the last look at what goes to a terminal.

use anstyle::{AnsiColor, Effects};

use super::Style;
pub(super) use super::plain::printable;
use super::plain::tame;
use super::steps::is_typed;
use super::wrap::{Long, clip, columns, wrap};
use crate::report::model::Severity;
use crate::rules::translation::Words;

/// How a piece of text looks where there is colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Title,
    Faint,
    Place,
    Command,
    Good,
    Severity(Severity),
}

impl Look {
    fn style(self) -> anstyle::Style {
        let plain = anstyle::Style::new();
        match self {
            Self::Plain => plain,
            Self::Title => plain.bold(),
            Self::Faint => plain.effects(Effects::DIMMED),
            Self::Place => AnsiColor::Cyan.on_default(),
            Self::Command => AnsiColor::Blue.on_default().bold(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Severity(Severity::Critical) => AnsiColor::Red.on_default().bold(),
            Self::Severity(Severity::High) => AnsiColor::Red.on_default(),
            Self::Severity(Severity::Medium) => AnsiColor::Yellow.on_default(),
            Self::Severity(Severity::Low) => AnsiColor::Cyan.on_default(),
            Self::Severity(Severity::Info) => plain.effects(Effects::DIMMED),
        }
    }
}

/// The text so far and how it should look.
pub(super) struct Page<'w> {
    /// Columns.
    pub(super) width: usize,
    /// Columns of running prose: long lines are hard to read.
    pub(super) measure: usize,
    /// Whether everything is listed.
    pub(super) verbose: bool,
    /// The language of headings and sentences.
    pub(super) words: Words<'w>,
    color: bool,
    text: String,
}

impl<'w> Page<'w> {
    pub(super) fn new(style: &Style<'w>) -> Self {
        let width = style.width.max(20);
        Self { width, measure: width.min(110), verbose: style.verbose, words: style.words, color: style.color, text: String::new() }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Too narrow for columns.
    pub(super) fn narrow(&self) -> bool {
        self.width < 70
    }

    /// An empty line, unless there is one already.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// One line of differently looking pieces. Whoever calls has seen to the width.
    pub(super) fn line(&mut self, indent: usize, spans: &[(Look, &str)]) {
        let mut blank = true;
        let mut pending = indent;
        for (look, text) in spans {
            let safe = printable(text);
            let text = tame(&safe, blank);
            let trimmed = text.trim_end_matches(' ');
            if !trimmed.is_empty() {
                self.text.extend(std::iter::repeat_n(' ', pending));
                self.paint(*look, trimmed);
                blank = false;
                pending = 0;
            }
            // Blanks at the end of a line are never written.
            pending += text.len() - trimmed.len();
        }
        self.text.push('\n');
    }

    fn paint(&mut self, look: Look, text: &str) {
        let style = look.style();
        if self.color && style != anstyle::Style::new() {
            self.text.push_str(&format!("{style}{text}{style:#}"));
        } else {
            self.text.push_str(text);
        }
    }

    /// Wrapped text of the program or the rules.
    pub(super) fn prose(&mut self, indent: usize, look: Look, text: &str) {
        self.labelled(indent, (Look::Plain, ""), 0, look, text);
    }

    /// Wrapped text behind a label of `label_width` columns; further lines stand under the first.
    pub(super) fn labelled(&mut self, indent: usize, label: (Look, &str), label_width: usize, look: Look, text: &str) {
        let room = self.measure.saturating_sub(indent + label_width);
        self.hang(indent, label, label_width, look, &wrap(&printable(text), room, Long::KeepCommands));
    }

    /// Something to collect: as it stands where it is to be typed, else in the language of the page and wrapped, further lines a little
    /// behind the first.
    pub(super) fn wanted(&mut self, indent: usize, command: &str) {
        if is_typed(command) {
            return self.verbatim(indent, Look::Command, command);
        }
        let room = self.measure.saturating_sub(indent + 2);
        for (n, line) in wrap(&printable(self.words.say(command)), room, Long::KeepCommands).iter().enumerate() {
            self.line(if n == 0 { indent } else { indent + 2 }, &[(Look::Command, line)]);
        }
    }

    /// Wrapped text of the case behind a label; uses the whole width, as log lines are long.
    pub(super) fn quoted(&mut self, indent: usize, label: (Look, &str), label_width: usize, text: &str) {
        let room = self.width.saturating_sub(indent + label_width);
        self.hang(indent, label, label_width, Look::Plain, &wrap(&printable(text), room, Long::Cut));
    }

    /// The beginning of such a text, on one line.
    pub(super) fn clipped(&mut self, indent: usize, label: (Look, &str), label_width: usize, text: &str) {
        let room = self.width.saturating_sub(indent + label_width);
        let line = clip(&printable(text), room);
        self.hang(indent, label, label_width, Look::Plain, &[line]);
    }

    fn hang(&mut self, indent: usize, label: (Look, &str), label_width: usize, look: Look, lines: &[String]) {
        for (n, line) in lines.iter().enumerate() {
            if n == 0 && label_width > 0 {
                let label_text = pad(&printable(label.1), label_width);
                self.line(indent, &[(label.0, &label_text), (look, line)]);
            } else {
                self.line(indent + label_width, &[(look, line)]);
            }
        }
    }

    /// Text that is never wrapped: commands and places. Its own line breaks and indentation stay.
    pub(super) fn verbatim(&mut self, indent: usize, look: Look, text: &str) {
        for line in text.lines() {
            let kept = line.trim_start_matches(' ');
            self.line(indent + line.len() - kept.len(), &[(look, kept.trim_end())]);
        }
    }

    /// A heading inside a finding.
    pub(super) fn heading(&mut self, indent: usize, text: &str) {
        let words = self.words;
        self.line(indent, &[(Look::Title, words.say(text))]);
    }
}

/// `text` filled with blanks to `width` columns; longer text stays, with one blank behind it.
pub(super) fn pad(text: &str, width: usize) -> String {
    let missing = width.checked_sub(columns(text)).unwrap_or(1);
    format!("{text}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(color: bool) -> Page<'static> {
        Page::new(&Style { width: 40, color, ..Style::default() })
    }

    #[test]
    fn nothing_acts_on_a_terminal_or_a_build_server() {
        for (text, expected) in [
            ("\x1b[2Jx", "  \\x1b[2Jx\n"),
            ("a\u{202e}b", "  a\\u{202e}b\n"),
            ("::set-env name=x::y", "  \\::set-env name=x::y\n"),
            ("x ##[group]y", "  x ##\\[group]y\n"),
            ("##vso[task.setvariable]", "  ##vso\\[task.setvariable]\n"),
            ("two\nlines", "  two lines\n"),
            ("a::b", "  a::b\n"),
        ] {
            let mut page = page(false);
            page.line(2, &[(Look::Plain, text)]);
            assert_eq!(page.finish(), expected);
        }
    }

    #[test]
    fn colour_wraps_only_text() {
        let mut page = page(true);
        page.line(1, &[(Look::Title, "a "), (Look::Plain, "b"), (Look::Good, "  ")]);
        assert_eq!(page.finish(), " \x1b[1ma\x1b[0m b\n");
    }

    #[test]
    fn what_is_wanted_is_wrapped_unless_it_is_typed() {
        let mut page = page(false);
        page.wanted(2, "show license history message all of it and more");
        page.wanted(2, "Diagnostic log with \"Take tcpdump while logging\", of every peer");
        assert_eq!(
            page.finish(),
            "  show license history message all of it and more\n  Diagnostic log with \"Take tcpdump\n    while logging\", of every peer\n"
        );
    }

    #[test]
    fn commands_stay_as_they_are() {
        let mut page = page(false);
        let long = "crypto pki trustpool import url http://www.cisco.com/security/pki/trs/ios_core.p7b";
        page.verbatim(2, Look::Command, &format!("{long}\n  show crypto pki trustpool"));
        assert_eq!(page.finish(), format!("  {long}\n    show crypto pki trustpool\n"));
    }
}
