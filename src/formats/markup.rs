//! Logs in pages and documents: HTML, and the XML inside of Word, Excel, PowerPoint and OpenDocument files. What a reader of the
//! page sees as lines becomes lines, the cells of a table stand between tabs, and all markup goes.
//!
//! Line ends of the page stay, so that its lines keep their numbers where they show as lines anyway.

use std::io::{self, Cursor, Read};

/// Which markup it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Elements have known names; anything else between angle brackets is text that nobody escaped (`<none>`).
    Html,
    /// Every element is markup; a name space before its name does not count.
    Xml,
}

impl Markup {
    /// The markup of a text that begins with `head`.
    pub fn of(head: &[u8]) -> Option<Self> {
        let mut rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let mut declared = false;
        while let Some(inside) = rest.strip_prefix(b"<") {
            let end = if inside.starts_with(b"!--") {
                memchr::memmem::find(inside, b"-->").map(|at| at + 2)
            } else if inside.starts_with(b"?xml") {
                declared = true;
                memchr::memchr(b'>', inside)
            } else {
                let name = name_of(inside);
                let ends = matches!(inside.get(name.len()), Some(b'>' | b' ' | b'\t' | b'\r' | b'\n'));
                let html = ends && PAGES.iter().any(|page| name.eq_ignore_ascii_case(page.as_bytes()))
                    || inside.get(..13).is_some_and(|doctype| doctype.eq_ignore_ascii_case(b"!doctype html"));
                let xml = declared && DOCUMENTS.iter().any(|document| name == document.as_bytes());
                return if html { Some(Self::Html) } else { xml.then_some(Self::Xml) };
            };
            rest = inside.get(end? + 1..)?.trim_ascii_start();
        }
        None
    }
}

/// What a page begins with, or a piece of one.
const PAGES: [&str; 9] = ["html", "head", "body", "table", "div", "pre", "meta", "p", "span"];
/// Documents of Word, shared strings of Excel, slides, OpenDocument.
const DOCUMENTS: [&str; 4] = ["w:document", "sst", "p:sld", "office:document-content"];

/// Elements of HTML that stand inside of a line.
const INLINE: [&str; 38] = [
    "a", "abbr", "acronym", "b", "base", "bdi", "bdo", "big", "button", "cite", "code", "del", "em", "font", "html", "i", "img", "input",
    "ins", "kbd", "label", "link", "mark", "meta", "nobr", "o", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt",
    "u", "wbr",
];
/// Elements that begin and end lines.
const BLOCKS: [&str; 44] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "colgroup",
    "col",
    "cr",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "li",
    "line-break",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "si",
    "summary",
    "title",
    "ul",
    "textarea",
    "details",
    "iframe",
];
/// Elements that hold rows.
const ROWS: [&str; 7] = ["table", "tbody", "thead", "tfoot", "tr", "table-row", "row"];
/// Elements that hold cells.
const CELLS: [&str; 4] = ["td", "th", "tc", "table-cell"];
/// Elements whose text nobody sees.
const HIDDEN: [&str; 2] = ["script", "style"];

/// No name and no character reference is longer.
const LONGEST: usize = 40;
/// Blanks between two words; more say nothing.
const GAP: usize = 4096;
const CHUNK: usize = 16 << 10;

fn name_of(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| !is_of_name(*byte)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_')
}

/// What parts the text before from the text that follows.
#[derive(Clone, Copy, PartialEq)]
enum Parting {
    Nothing,
    Cell,
    Line,
}

/// Where in the markup the next byte is.
enum State {
    Text,
    /// Behind `<`, with what came since, as long as it may be the name of an element.
    Name,
    /// Behind the name of an element.
    Element,
    /// Behind `&`.
    Reference,
    Comment,
    /// In an element whose text nobody sees.
    Hidden,
}

/// The text of a page.
pub struct PageText<R> {
    inner: R,
    markup: Markup,
    state: State,
    /// What was read of a name, a reference, or of the end of a comment.
    held: Vec<u8>,
    /// The end of an element whose text nobody sees.
    hidden: Vec<u8>,
    gap: Vec<u8>,
    parting: Parting,
    /// Blanks at the edges of a cell are none of its text.
    edge: bool,
    begun: bool,
    input: Vec<u8>,
    ready: Cursor<Vec<u8>>,
    ended: bool,
    /// What the page ends in, to be said once all is read.
    unended: Option<io::Error>,
}

impl<R: Read> PageText<R> {
    /// The text of a page that `inner` reads.
    pub fn new(inner: R, markup: Markup) -> Self {
        Self {
            inner,
            markup,
            state: State::Text,
            held: Vec::new(),
            hidden: Vec::new(),
            gap: Vec::new(),
            parting: Parting::Nothing,
            edge: false,
            begun: false,
            input: vec![0; CHUNK],
            ready: Cursor::new(Vec::new()),
            ended: false,
            unended: None,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut input = std::mem::take(&mut self.input);
        let read = self.inner.read(&mut input);
        let mut out = std::mem::take(&mut self.ready).into_inner();
        out.clear();
        for byte in input.iter().take(*read.as_ref().unwrap_or(&0)) {
            self.byte(*byte, &mut out);
        }
        self.input = input;
        if read? == 0 {
            self.ended = true;
            self.release(&mut out);
            let inside = match self.state {
                State::Element => Some("an element"),
                State::Comment => Some("a comment"),
                State::Hidden => Some("a script or style"),
                State::Text | State::Name | State::Reference => None,
            };
            self.unended = inside.map(|inside| {
                let message = format!("the page ends inside of {inside}: what follows its begin was not read");
                io::Error::new(io::ErrorKind::UnexpectedEof, message)
            });
            if self.parting == Parting::Line || self.gap.contains(&b'\n') {
                out.push(b'\n');
            }
        }
        self.ready = Cursor::new(out);
        Ok(())
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        match self.state {
            State::Text => self.text(byte, out),
            State::Name => {
                let special = |held: &[u8]| held.first().is_some_and(|first| matches!(first, b'!' | b'?'));
                let belongs = is_of_name(byte) || self.held.is_empty() && matches!(byte, b'/' | b'!' | b'?');
                if special(&self.held) && self.held.len() == 2 && self.held == b"!-" && byte == b'-' {
                    // `<!-->` is a whole one: the dashes of its begin count.
                    self.held = b"--".to_vec();
                    self.state = State::Comment;
                } else if belongs && self.held.len() < LONGEST {
                    self.held.push(byte);
                } else if special(&self.held) || self.element(byte) {
                    self.held.clear();
                    if byte == b'>' {
                        self.closed();
                    } else {
                        self.state = State::Element;
                    }
                } else {
                    self.release(out);
                    self.text(byte, out);
                }
            }
            State::Element if byte == b'>' => self.closed(),
            State::Element => {}
            State::Reference => {
                if byte == b';' {
                    match character(&self.held) {
                        Some(shown) => {
                            self.held.clear();
                            self.state = State::Text;
                            let shown = if shown.is_whitespace() && shown != '\n' { ' ' } else { shown };
                            self.shown(shown.encode_utf8(&mut [0; 4]).as_bytes(), out);
                        }
                        None => {
                            self.release(out);
                            self.shown(b";", out);
                        }
                    }
                } else if (byte.is_ascii_alphanumeric() || byte == b'#') && self.held.len() < LONGEST {
                    self.held.push(byte);
                } else {
                    self.release(out);
                    self.text(byte, out);
                }
            }
            State::Comment => {
                let dashes = self.held.len();
                match byte {
                    b'-' if dashes < 2 => self.held.push(byte),
                    b'-' => {}
                    // Browsers take `--!>` for an end too.
                    b'!' if dashes == 2 => {}
                    b'>' if dashes == 2 => {
                        self.held.clear();
                        self.state = State::Text;
                    }
                    _ => self.held.clear(),
                }
            }
            State::Hidden => {
                // `</script`, whatever follows it.
                self.held.push(byte.to_ascii_lowercase());
                if self.held == self.hidden {
                    self.held.clear();
                    self.hidden.clear();
                    self.state = State::Element;
                } else if !self.hidden.starts_with(&self.held) {
                    self.held.clear();
                    if byte == b'<' {
                        self.held.push(byte);
                    }
                }
            }
        }
    }

    fn closed(&mut self) {
        self.state = if self.hidden.is_empty() { State::Text } else { State::Hidden };
    }

    fn text(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.state = State::Text;
        match byte {
            b'<' => self.state = State::Name,
            b'&' => self.state = State::Reference,
            b' ' | b'\t' | b'\r' | b'\n' => {
                if !self.edge && self.gap.len() < GAP {
                    self.gap.push(byte);
                }
            }
            _ => self.shown(&[byte], out),
        }
    }

    /// What was held back is text after all.
    fn release(&mut self, out: &mut Vec<u8>) {
        let mark: &[u8] = match self.state {
            State::Name => b"<",
            State::Reference => b"&",
            _ => return,
        };
        self.state = State::Text;
        let held = std::mem::take(&mut self.held);
        self.shown(mark, out);
        if !held.is_empty() {
            self.shown(&held, out);
        }
    }

    fn shown(&mut self, text: &[u8], out: &mut Vec<u8>) {
        match self.parting {
            Parting::Cell => out.push(b'\t'),
            Parting::Line if self.begun && !self.gap.contains(&b'\n') => out.push(b'\n'),
            Parting::Line | Parting::Nothing => {}
        }
        if self.parting != Parting::Cell {
            out.extend_from_slice(&self.gap);
        }
        self.gap.clear();
        (self.parting, self.edge, self.begun) = (Parting::Nothing, false, true);
        out.extend_from_slice(text);
    }

    /// Takes the element whose name is held, which `next` follows; false where it is none.
    fn element(&mut self, next: u8) -> bool {
        let (closes, name) = match self.held.strip_prefix(b"/") {
            Some(name) => (true, name),
            None => (false, self.held.as_slice()),
        };
        let follows = matches!(next, b'>' | b' ' | b'\t' | b'\r' | b'\n' | b'/');
        let Some(full) = std::str::from_utf8(name).ok().filter(|name| follows && !name.is_empty()) else { return false };
        let full = full.to_ascii_lowercase();
        let (space, name) = full.rsplit_once(':').map_or(("", full.as_str()), |(space, name)| (space, name));
        let is = |names: &[&str]| names.contains(&name);
        let spaced = space.starts_with(|c: char| c.is_ascii_alphabetic());
        let known = self.markup == Markup::Xml || spaced || is(&INLINE) || is(&BLOCKS) || is(&ROWS) || is(&CELLS) || is(&HIDDEN);
        if !known {
            return false;
        }
        if is(&CELLS) {
            if closes || self.parting == Parting::Nothing {
                self.parting = if closes { Parting::Cell } else { Parting::Line };
            }
            self.gap.clear();
            self.edge = true;
        } else if is(&ROWS) {
            if self.parting == Parting::Cell {
                self.gap.clear();
            }
            (self.parting, self.edge) = (Parting::Line, false);
        } else if is(&BLOCKS) && (self.parting == Parting::Nothing) {
            self.parting = Parting::Line;
        } else if self.markup == Markup::Xml && matches!(name, "tab" | "s") && !closes && self.gap.len() < GAP {
            self.gap.push(if name == "tab" { b'\t' } else { b' ' });
        } else if self.markup == Markup::Html && is(&HIDDEN) && !closes && next != b'/' {
            self.hidden = [b"</", name.as_bytes()].concat();
        }
        true
    }
}

impl<R: Read> Read for PageText<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.ready.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if self.ended {
                return self.unended.take().map_or(Ok(0), Err);
            }
            self.fill()?;
        }
    }
}

/// The character that a reference names, without its `&` and `;`.
fn character(reference: &[u8]) -> Option<char> {
    const NAMED: [(&str, char); 20] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("ensp", ' '),
        ("emsp", ' '),
        ("thinsp", ' '),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("auml", 'ä'),
        ("ouml", 'ö'),
        ("uuml", 'ü'),
        ("Auml", 'Ä'),
        ("Ouml", 'Ö'),
        ("Uuml", 'Ü'),
        ("szlig", 'ß'),
        ("eacute", 'é'),
    ];
    let reference = std::str::from_utf8(reference).ok()?;
    match reference.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|shown| *shown != '\0')
        }
        None => NAMED.iter().find(|(name, _)| *name == reference).map(|(_, shown)| *shown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out few bytes at a time, so that every boundary is met.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }

    fn page(text: &str, step: usize) -> String {
        let markup = Markup::of(text.as_bytes()).unwrap();
        let mut out = Vec::new();
        if let Err(error) = PageText::new(Slow(text.as_bytes(), step), markup).read_to_end(&mut out) {
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn comments_end_where_browsers_end_them() {
        for (page, expected) in
            [("<!-->a", "a"), ("<!--->b", "b"), ("<!-- x --!>c", "c"), ("<!-- - -> -- > -->d", "d"), ("<!---- x ---->e", "e")]
        {
            let mut text = String::new();
            PageText::new(page.as_bytes(), Markup::Html).read_to_string(&mut text).unwrap();
            assert_eq!(text, expected, "{page}");
        }
    }

    #[test]
    fn what_a_page_shows() {
        for (text, expected) in [
            ("<html><body>Apr&nbsp;&nbsp;9: a<br>Apr 9: b<br/>c</body></html>", "Apr  9: a\nApr 9: b\nc\n"),
            ("<html><body><h1>Notes</h1><pre>\none &lt;empty&gt;\n  two\n</pre></body></html>\n", "Notes\none <empty>\n  two\n"),
            (
                "<table><tr><th>Time</th><th>Host</th></tr>\n<tr>\n <td> <p>t &#x27;1&#39;</p>\n </td>\n <td>sw1</td>\n</tr></table>",
                "Time\tHost\nt '1'\tsw1\n",
            ),
            ("<!DOCTYPE html>\n<html><style>p > a { x: y }</style><p>%X-<b>3</b>-Y: z</p><p>next</p>", "%X-3-Y: z\nnext\n"),
            ("<div>Last ACK: <none> at a < b & c <187>1: &x; &amp</div>", "Last ACK: <none> at a < b & c <187>1: &x; &amp\n"),
            ("<p>a<!-- <p>no</p> -- --->b<![endif]>c<o:p></o:p></p>", "abc\n"),
            (
                "<?xml version=\"1.0\"?>\n<w:document xmlns:w=\"x\"><w:body><w:p><w:r><w:t xml:space=\"preserve\">  Commu</w:t></w:r><w:r><w:t>nications</w:t></w:r></w:p><w:p><w:t>two</w:t><w:tab/><w:t>x</w:t></w:p></w:body></w:document>",
                "  Communications\ntwo\tx\n",
            ),
            ("<?xml version=\"1.0\"?><sst><si><t>one</t></si><si><t>two</t></si></sst>", "one\ntwo\n"),
        ] {
            for step in [1, 3, 100] {
                assert_eq!(page(text, step).trim_start_matches('\n'), expected, "{text} by {step}");
            }
        }
    }

    #[test]
    fn most_texts_are_no_pages() {
        for text in ["", "<187>12: Apr", "<none>", "<?xml version=\"1.0\"?>\n<Status>", "<program>", "text <html>", "<!-- cut", "<htmlx>"] {
            assert_eq!(Markup::of(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Markup::of(b"\xef\xbb\xbf <!-- saved -->\n<HTML lang=x>"), Some(Markup::Html));
    }

    #[test]
    fn what_is_lost_in_markup_without_an_end_is_said() {
        for (page, expected) in [("<p>one</p><a href='x", "one"), ("<p>one</p><!-- two", "one"), ("<p>one</p><script>two", "one")] {
            let mut text = String::new();
            let error = PageText::new(page.as_bytes(), Markup::Html).read_to_string(&mut text).unwrap_err();
            assert_eq!((error.kind(), text.trim_end()), (io::ErrorKind::UnexpectedEof, expected), "{page}");
        }
        for page in ["<p>one</p>", "<p>one &am", "<p>one <no"] {
            assert!(PageText::new(page.as_bytes(), Markup::Html).read_to_string(&mut String::new()).is_ok(), "{page}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics_nor_depends_on_the_pieces(text in "<html>([<>/&;#a-z! -]|<td>|<p>|<!--|-->|&nbsp;|<script>|\n){0,60}", step in 1..9usize) {
            proptest::prop_assert_eq!(page(&text, step), page(&text, 1000));
        }
    }
}
