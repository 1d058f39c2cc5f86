//! What stands before every line of a session: stamps of the terminal program that recorded it, numbers of an editor, the border of
//! a table or a quotation.
//!
//! ```text
//! [2024-05-14 14:22:05] sw1#show clock        2024-05-14T14:22:05.123Z sw1#show clock
//! (14:22:05) sw1#show clock                   [Tue May 14 14:22:05.123 2024] sw1#show clock
//! 14:22:05 | sw1#show clock                   May 14 14:22:05 sw1#show clock
//!    12  sw1#show clock                       | sw1#show clock                |
//! Line 12: sw1#show clock
//! ```

use super::{parse, section_header};

/// Lines of the beginning that are looked at, and the least of them that say anything.
const LOOKED_AT: usize = 64;
const LEAST: usize = 3;
/// Lines at the beginning that may go without: what the program says of itself.
const BEFORE: usize = 5;
/// Longest stamp, in bytes, with its brackets and the blank behind it.
const LONGEST: usize = 40;

/// Bytes of the number of a line, with the blanks and the word before it and what parts it from the line.
const NUMBERED: usize = 24;

/// The word that editors put before the numbers of the lines they found.
const WORD: &[u8] = b"Line ";

/// The form that the stamps of a session share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineStamp(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// Digits stand for any digit, letters for any letter.
    Time(Vec<u8>),
    /// The number of the line, and what parts it from the line.
    Number(&'static str),
    /// The border before the line; the same may end it.
    Border(&'static str),
}

impl LineStamp {
    /// The stamp before the lines of a text that begins with `head`. Only a session has one, which a prompt behind it tells: the
    /// stamps of a log are its own.
    pub fn of(head: &[u8]) -> Option<Self> {
        let (whole, _) = head.split_at(memchr::memrchr(b'\n', head)? + 1);
        let lines = || whole.split(|byte| *byte == b'\n').take(LOOKED_AT).filter(|line| !line.trim_ascii().is_empty());
        let stamp = lines().take(BEFORE).find_map(|line| first(line).or_else(|| number(line)).or_else(|| border(line)))?;
        let rest = |line: &'_ [u8]| line.get(stamp.length(line)..).map(<[u8]>::to_vec).filter(|rest| rest.len() < line.len());
        let stamped = lines().filter_map(rest);
        let (mut count, mut prompts) = (0, 0);
        for text in stamped {
            count += 1;
            let text = String::from_utf8_lossy(&text);
            let begins = parse(&text).is_some_and(|prompt| !prompt.command.is_empty()) || section_header(&text).is_some();
            prompts += usize::from(begins || text.starts_with("*s ") && text.trim_end().ends_with('/'));
        }
        (count >= LEAST && prompts > 0 && count * 10 >= lines().count() * 8).then_some(stamp)
    }

    /// Bytes of the stamp at the start of a line, the blank behind it included; none where there is no such stamp. A line that is
    /// nothing else may lack the blank.
    pub fn length(&self, line: &[u8]) -> usize {
        match &self.0 {
            Form::Time(form) => before(line, form.len(), |text| text.iter().zip(form).all(|(byte, form)| shape(*byte) == *form)),
            Form::Border(mark) => before(line, mark.len(), |text| mark.as_bytes().starts_with(text)),
            Form::Number(mark) => {
                let digits = number_length(line);
                let behind = line.get(digits..).unwrap_or_default();
                let mark = before(behind, mark.len(), |text| mark.as_bytes().starts_with(text));
                if digits == 0 || mark == 0 { 0 } else { digits + mark }
            }
        }
    }

    /// A whole line without the border that ends it.
    pub fn inside<'a>(&self, line: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let text = line.trim_ascii_end();
        let ends = line.get(line.len() - usize::from(line.ends_with(b"\n"))..).unwrap_or_default();
        match &self.0 {
            Form::Border(mark) => match text.strip_suffix(mark.trim_end().as_bytes()) {
                Some(inside) => (inside.trim_ascii_end(), ends),
                None => (line, b""),
            },
            Form::Time(_) | Form::Number(_) => (line, b""),
        }
    }

    /// Whether lines have an end that goes, too.
    pub fn is_border(&self) -> bool {
        matches!(self.0, Form::Border(_))
    }

    /// Bytes of a line that must be at hand to tell.
    pub fn most(&self) -> usize {
        match &self.0 {
            Form::Time(form) => form.len(),
            Form::Number(mark) => NUMBERED + mark.len(),
            Form::Border(mark) => mark.len(),
        }
    }
}

/// The length of what a line begins with, where that `fits`; a line that is nothing else may lack the blank at its end.
fn before(line: &[u8], length: usize, fits: impl Fn(&[u8]) -> bool) -> usize {
    if line.get(..length).is_some_and(&fits) {
        return length;
    }
    let text = line.get(..line.len().min(length)).unwrap_or_default().trim_ascii_end();
    let ends = matches!(line.get(text.len()), None | Some(b'\r' | b'\n'));
    if ends && text.len() + 2 >= length && text.len() < length && fits(text) { text.len() } else { 0 }
}

/// Bytes of the number at the start of a line, with the blanks and the word before it.
fn number_length(line: &[u8]) -> usize {
    let line = line.get(..line.len().min(NUMBERED)).unwrap_or_default();
    let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let blanks = blanks + line.get(blanks..).filter(|line| line.starts_with(WORD)).map_or(0, |_| WORD.len());
    let digits = line.iter().skip(blanks).take_while(|byte| byte.is_ascii_digit()).count();
    if (1..=9).contains(&digits) { blanks + digits } else { 0 }
}

/// The number of a line, as editors, `cat -n` and `grep -n` write it.
fn number(line: &[u8]) -> Option<LineStamp> {
    const PARTED: [&str; 7] = [": ", "\t", " | ", "  ", ". ", ":", " "];
    let behind = line.get(number_length(line)..).filter(|behind| behind.len() < line.len())?;
    PARTED.into_iter().find(|mark| behind.starts_with(mark.as_bytes())).map(|mark| LineStamp(Form::Number(mark)))
}

fn border(line: &[u8]) -> Option<LineStamp> {
    ["| ", "│ ", "║ ", "┃ "].into_iter().find(|mark| line.starts_with(mark.as_bytes())).map(|mark| LineStamp(Form::Border(mark)))
}

fn shape(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => b'0',
        byte if byte.is_ascii_alphabetic() => b'a',
        byte => byte,
    }
}

/// The form of the stamp at the start of a line.
fn first(line: &[u8]) -> Option<LineStamp> {
    let form: Vec<u8> = line.iter().take(LONGEST).map(|byte| shape(*byte)).collect();
    let has_time = |part: &[u8]| memchr::memmem::find(part, b"00:00:00").is_some();
    let closing = match form.first()? {
        b'[' => Some(b']'),
        b'(' => Some(b')'),
        b'<' => Some(b'>'),
        _ => None,
    };
    let end = match closing {
        Some(closing) => memchr::memchr(closing, &form)? + 1,
        None => {
            // A time of day, or a day and a time behind blanks.
            let time = memchr::memmem::find(&form, b"00:00:00")?;
            let dated = matches!(form.get(..time), Some(b"" | b"aaa  0 " | b"aaa 00 "));
            let day = |day: &[u8]| day.len() >= 8 && day.iter().all(|byte| matches!(byte, b'0' | b'-' | b'/' | b'.' | b'a' | b' '));
            (dated || form.get(..time).is_some_and(day)).then_some(())?;
            time + memchr::memchr(b' ', form.get(time..)?)?
        }
    };
    // A rule between the stamp and the text.
    let end = end
        + form
            .get(end + 1..)
            .and_then(|rest| ["| ", "- "].iter().find(|rule| rest.starts_with(rule.as_bytes())))
            .map_or(0, |rule| rule.len());
    let stamp = form.get(..=end).filter(|stamp| stamp.ends_with(b" ") && has_time(stamp))?;
    let plain = |byte: &u8| {
        matches!(byte, b'0' | b'a' | b':' | b'-' | b'/' | b'.' | b',' | b'+' | b' ' | b'[' | b']' | b'(' | b')' | b'<' | b'>' | b'|')
    };
    stamp.iter().all(plain).then(|| LineStamp(Form::Time(stamp.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_of_terminal_programs() {
        for (stamp, of_session) in [
            ("[2024-05-14 14:22:05] ", true),
            ("[Tue May 14 14:22:05.123 2024] ", true),
            ("2024-05-14T14:22:05.123Z ", true),
            ("2024-05-14 14:22:05 ", true),
            ("14:22:05 ", true),
            ("(14:22:05) ", true),
            ("<14:22:05.123> ", true),
            ("14:22:05 | ", true),
            ("May 14 14:22:05 ", true),
            ("", false),
            ("sw1: ", false),
            ("[a note] ", false),
        ] {
            let text = format!(
                "=~=~= log\n{stamp}sw1#show clock\n{stamp}14:22:05.113 CET Tue May 14 2024\n{stamp}\n{stamp}sw1#show license all\n"
            );
            let text = [text, format!("{stamp}  Status: <none>\n").repeat(5)].concat();
            let found = LineStamp::of(text.as_bytes());
            assert_eq!(found.as_ref().map(LineStamp::most), of_session.then_some(stamp.len()), "{stamp}");
            let Some(found) = found else { continue };
            for (line, length) in [
                (format!("{stamp}sw1#\n"), stamp.len()),
                (format!("{stamp}\n"), stamp.len()),
                (stamp.trim_end().to_owned(), stamp.len() - 1),
                (format!("{}\r\n", stamp.trim_end()), stamp.len() - 1),
                ("  no stamp\n".to_owned(), 0),
                ("\n".to_owned(), 0),
                (String::new(), 0),
            ] {
                assert_eq!(found.length(line.as_bytes()), length, "{stamp}{line:?}");
            }
        }
    }

    #[test]
    fn numbers_and_borders() {
        for (before, behind) in
            [("    # ", ""), ("#: ", ""), ("  #\t", ""), ("#:", ""), ("Line #: ", ""), ("\tLine #: ", ""), ("| ", "   |"), ("│ ", "")]
        {
            let dressed = |at: usize, line: &str| format!("{}{line}{behind}\n", before.replace('#', &at.to_string()));
            let lines = ["sw1#show version", "Cisco IOS XE Software", "", "  Status: <none>", "sw1#"];
            let text: String = lines.iter().enumerate().map(|(at, line)| dressed(at + 7, line)).collect();
            let found = LineStamp::of(text.as_bytes()).unwrap();
            for (text, line) in text.split_inclusive('\n').zip(lines) {
                let rest = &text.as_bytes()[found.length(text.as_bytes())..];
                let (inside, end) = found.inside(rest);
                assert_eq!([inside, end].concat(), format!("{line}\n").as_bytes(), "{before}");
            }
            assert_eq!(found.length(b"no stamp\n"), 0);
        }
        for log in ["12: Apr  9 10:01:02.119: %SMART_LIC-3-COMM_FAILED: x\n", "| 26 | Apr  9 10:01:02.119: %SMART_LIC-3-COMM_FAILED: x |\n"]
        {
            assert_eq!(LineStamp::of(log.repeat(20).as_bytes()), None);
        }
    }

    #[test]
    fn the_stamps_of_a_log_are_its_own() {
        let log = "2024-05-14T14:22:05.123Z sw1 45: %SMART_LIC-3-COMM_FAILED: x\n".repeat(20);
        assert_eq!(LineStamp::of(log.as_bytes()), None);
        let few = format!("[2024-05-14 14:22:05] sw1#show clock\n{}", "text\n".repeat(20));
        assert_eq!(LineStamp::of(few.as_bytes()), None);
    }
}
