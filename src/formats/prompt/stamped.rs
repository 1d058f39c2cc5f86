//! Stamps that a terminal program puts before every line of a session it records.
//!
//! ```text
//! [2024-05-14 14:22:05] sw1#show clock        2024-05-14T14:22:05.123Z sw1#show clock
//! (14:22:05) sw1#show clock                   [Tue May 14 14:22:05.123 2024] sw1#show clock
//! ```

use super::parse;

/// Lines of the beginning that are looked at, and the least of them that say anything.
const LOOKED_AT: usize = 64;
const LEAST: usize = 3;
/// Lines at the beginning that may go without: what the program says of itself.
const BEFORE: usize = 5;
/// Longest stamp, in bytes, with its brackets and the blank behind it.
const LONGEST: usize = 40;

/// The form that the stamps of a session share: digits stand for any digit, letters for any letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineStamp(Vec<u8>);

impl LineStamp {
    /// The stamp before the lines of a text that begins with `head`. Only a session has one, which a prompt behind it tells: the
    /// stamps of a log are its own.
    pub fn of(head: &[u8]) -> Option<Self> {
        let (whole, _) = head.split_at(memchr::memrchr(b'\n', head)? + 1);
        let lines = || whole.split(|byte| *byte == b'\n').take(LOOKED_AT).filter(|line| !line.trim_ascii().is_empty());
        let stamp = lines().take(BEFORE).find_map(first)?;
        let rest = |line: &'_ [u8]| line.get(stamp.length(line)..).map(<[u8]>::to_vec).filter(|rest| rest.len() < line.len());
        let stamped = lines().filter_map(rest);
        let (mut count, mut prompts) = (0, 0);
        for text in stamped {
            count += 1;
            prompts += usize::from(parse(&String::from_utf8_lossy(&text)).is_some_and(|prompt| !prompt.command.is_empty()));
        }
        (count >= LEAST && prompts > 0 && count * 10 >= lines().count() * 8).then_some(stamp)
    }

    /// Bytes of the stamp at the start of a line, the blank behind it included; none where there is no such stamp. A line that is
    /// nothing else may lack the blank.
    pub fn length(&self, line: &[u8]) -> usize {
        let begins = |form: &[u8]| line.len() >= form.len() && line.iter().zip(form).all(|(byte, form)| shape(*byte) == *form);
        if begins(&self.0) {
            return self.0.len();
        }
        let bare = self.0.strip_suffix(b" ").unwrap_or(&self.0);
        let ends = matches!(line.get(bare.len()), None | Some(b'\r' | b'\n'));
        if ends && begins(bare) { bare.len() } else { 0 }
    }

    /// Bytes of a line that must be at hand to tell.
    pub fn most(&self) -> usize {
        self.0.len()
    }
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
            // A time of day, or a day and a time behind a blank.
            let word = |from: usize| form.get(from..).and_then(|rest| memchr::memchr(b' ', rest)).map(|at| from + at);
            let one = word(0)?;
            let day = form.get(..one).is_some_and(|day| day.len() >= 8 && day.iter().all(|byte| matches!(byte, b'0' | b'-' | b'/' | b'.')));
            if day { word(one + 1)? } else { one }
        }
    };
    let stamp = form.get(..=end).filter(|stamp| stamp.ends_with(b" ") && has_time(stamp))?;
    let plain =
        |byte: &u8| matches!(byte, b'0' | b'a' | b':' | b'-' | b'/' | b'.' | b',' | b'+' | b' ' | b'[' | b']' | b'(' | b')' | b'<' | b'>');
    stamp.iter().all(plain).then(|| LineStamp(stamp.to_vec()))
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
    fn the_stamps_of_a_log_are_its_own() {
        let log = "2024-05-14T14:22:05.123Z sw1 45: %SMART_LIC-3-COMM_FAILED: x\n".repeat(20);
        assert_eq!(LineStamp::of(log.as_bytes()), None);
        let few = format!("[2024-05-14 14:22:05] sw1#show clock\n{}", "text\n".repeat(20));
        assert_eq!(LineStamp::of(few.as_bytes()), None);
    }
}
