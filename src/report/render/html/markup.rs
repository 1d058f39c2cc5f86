//! Writes elements. The only way for a text into the page: whatever it holds, it stays text, and what is opened is closed.

use crate::intake::escape;
use crate::report::render::plain::begins_command;

/// An attribute. Values are escaped, names are the program's own.
pub(super) type Attribute<'a> = (&'static str, &'a str);

/// The markup so far.
#[derive(Default)]
pub(super) struct Markup {
    text: String,
}

impl Markup {
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// An element and what `inner` puts into it.
    pub(super) fn element(&mut self, tag: &'static str, attributes: &[Attribute<'_>], inner: impl FnOnce(&mut Self)) {
        self.open(tag, attributes);
        inner(self);
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push('>');
        if !is_inline(tag) {
            self.text.push('\n');
        }
    }

    /// An element that holds a text.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: &[Attribute<'_>], text: &str) {
        self.element(tag, attributes, |m| m.text(text));
    }

    /// An element of HTML that holds nothing: `meta`.
    pub(super) fn void(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.open(tag, attributes);
        self.text.push('\n');
    }

    /// A shape, with its name where it has one.
    pub(super) fn shape(&mut self, tag: &'static str, attributes: &[Attribute<'_>], title: &str) {
        self.element(tag, attributes, |m| {
            if !title.is_empty() {
                m.leaf("title", &[], title);
            }
        });
    }

    /// Text.
    pub(super) fn text(&mut self, text: &str) {
        escape_into(&mut self.text, text);
    }

    /// The program's own style or script, as it stands in its file: the policy of the page names its digest.
    pub(super) fn own(&mut self, tag: &'static str, text: &'static str) {
        self.open(tag, &[]);
        self.text.push_str(text);
        self.text.push_str(match tag {
            "style" => "</style>\n",
            _ => "</script>\n",
        });
    }

    fn open(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            escape_into(&mut self.text, value);
            self.text.push('"');
        }
        self.text.push('>');
    }
}

/// Elements that stand inside a line: a line break after one would be a blank.
fn is_inline(tag: &str) -> bool {
    matches!(tag, "a" | "b" | "bdi" | "code" | "span" | "strong" | "title" | "text" | "tspan" | "pre" | "summary")
}

/// Nothing in it ends a text or a quoted attribute, hides or reorders what follows, or is an error of HTML.
fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            // The page may be printed into the log of a build server.
            '[' if begins_command(out.as_bytes()) => out.push_str("&#91;"),
            ':' if out.bytes().rev().find(|byte| *byte != b' ').is_none_or(|byte| byte == b'\n') => out.push_str("&#58;"),
            // Non-characters of the middle of the plane are none to a terminal, but an error of HTML.
            '\u{fdd0}'..='\u{fdef}' => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c if escape::is_unsafe(c) => out.push_str(&escape::visible(c.encode_utf8(&mut [0; 4]).as_bytes())),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("a < b & \"c\" > 'd'", "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;"),
            ("</style><script>", "&lt;/style&gt;&lt;script&gt;"),
            ("\u{0}\u{1b}[2J\r", "\\x00\\x1b[2J\\x0d"),
            ("a\u{202e}b\u{fdd0}\u{ffff}", "a\\u{202e}b\\u{fdd0}\\u{ffff}"),
            ("東京\n", "東京\n"),
            ("##[a] ##VSO[b] c[d]\n ::e::", "##&#91;a] ##VSO&#91;b] c[d]\n &#58;:e::"),
        ] {
            let mut markup = Markup::default();
            markup.text(text);
            assert_eq!(markup.finish(), expected);
        }
    }

    #[test]
    fn what_is_opened_is_closed() {
        let mut markup = Markup::default();
        markup.element("p", &[("title", "\" onclick=\"")], |m| m.leaf("b", &[], "x"));
        assert_eq!(markup.finish(), "<p title=\"&quot; onclick=&quot;\"><b>x</b></p>\n");
    }
}
