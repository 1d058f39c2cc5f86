//! Writes XML 1.0: elements, attributes, text. What XML forbids never reaches the file.

use std::fmt::Write as _;

use crate::report::render::plain::{printable, tame};

/// An XML document in the making.
pub(super) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    pub(super) fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() }
    }

    /// Begins an element that holds elements.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.text.push_str(">\n");
        self.open.push(name);
    }

    /// Ends the element begun last.
    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            let _ = writeln!(self.text, "</{name}>");
        }
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.text.push_str("/>\n");
    }

    /// An element that holds lines of text.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], lines: &[String]) {
        self.tag(name, attributes);
        self.text.push('>');
        for (n, line) in lines.iter().enumerate() {
            if n > 0 {
                self.text.push('\n');
            }
            self.text.push_str(&escaped(&tame(&printable(line), n > 0)));
        }
        let _ = writeln!(self.text, "</{name}>");
    }

    /// The document; whatever is open is closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            // Writing to a String cannot fail.
            let _ = write!(self.text, " {attribute}=\"{}\"", escaped(&tame(&printable(value), false)));
        }
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.open.len()));
    }
}

/// Text as it stands in an element or an attribute. Control characters and non-characters were made visible before; what
/// XML 1.0 forbids all the same becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(safe, "&#{};", c as u32);
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_reads_otherwise_is_escaped() {
        for (text, expected) in [
            ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&apos;"),
            ("]]>", "]]&gt;"),
            ("a\tb\r\n", "a&#9;b&#13;&#10;"),
            ("\0\u{1b}\u{ffff}", "\u{fffd}\u{fffd}\u{fffd}"),
            ("日本 😀", "日本 😀"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn elements_nest() {
        let mut xml = Xml::new();
        xml.open("a", &[("b", "1\x1b")]);
        xml.empty("c", &[]);
        xml.text("d", &[], &["x".to_owned(), "::error::y".to_owned()]);
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"1\\x1b\">\n  <c/>\n  <d>x\n\\::error::y</d>\n</a>\n";
        assert_eq!(xml.finish(), expected);
    }
}
