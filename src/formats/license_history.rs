//! `show license history message`: the messages a device exchanged with CSSM, On-Prem or CSLU.
//!
//! ```text
//! REQUEST: Aug 23 10:18:08 2021 Central
//! {"request":{"header":{"request_type":"POLL_REQ","sudi":{"udi_pid":"C9800-CL-K9",…
//! RESPONSE: Aug 23 10:18:10 2021 Central
//! {"signature":{…},"response":{"header":{…,"connect_info":{"name":"SSM",…},"status_code":"FAILURE"},…
//! ```
//!
//! The JSON is long, wrapped, cut at a page edge and, in copies, no longer JSON at all (curly quotes, a lost key), so
//! its values are searched for as text. A RESPONSE with nothing behind it means that no answer came (CSCvy84684).

mod json;

use super::event::{Event, Place};
use super::time::{self, Stamp};

/// Kind of the events made of exchanges. Fields: `request_type`, `status_code`, `message` and `connect_name` where
/// stated; `response`: `data`, `empty` (a RESPONSE line with nothing behind it) or `missing` (no RESPONSE line).
pub const LICENSE_EXCHANGE: &str = "license-exchange";

/// Of each message at most this much is kept; the values of interest stand in the first kilobytes.
const LONGEST_MESSAGE: usize = 64 * 1024;

/// Reads the section line by line. One reader serves one section.
#[derive(Debug, Default)]
pub struct HistoryReader {
    request: Option<Message>,
    response: Option<Message>,
}

/// One side of an exchange.
#[derive(Debug)]
struct Message {
    line: u64,
    time: Option<Stamp>,
    /// The time as stated.
    stated: String,
    json: String,
    /// Blank lines ended the JSON; what follows belongs to something else.
    closed: bool,
}

impl HistoryReader {
    /// Takes line `number` of the artifact; an exchange that it ends goes to `sink`.
    pub fn line(&mut self, number: u64, text: &str, sink: &mut dyn FnMut(Event)) {
        let text = text.trim();
        if let Some(stated) = text.strip_prefix("REQUEST:") {
            self.finish(sink);
            self.request = Some(Message::new(number, stated));
        } else if let Some(stated) = text.strip_prefix("RESPONSE:") {
            if self.response.is_some() {
                self.finish(sink);
            }
            self.response = Some(Message::new(number, stated));
        } else if let Some(message) = self.response.as_mut().or(self.request.as_mut())
            && !message.take(text)
        {
            // A group heading or other text: nothing of this exchange follows.
            self.finish(sink);
        }
    }

    /// The section ends here.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Event)) {
        let (request, response) = (self.request.take(), self.response.take());
        if let Some(event) = exchange(request.as_ref(), response.as_ref()) {
            sink(event);
        }
    }
}

impl Message {
    fn new(line: u64, stated: &str) -> Self {
        let (stated, json) = stated.split_at(stated.find('{').unwrap_or(stated.len()));
        let mut message =
            Self { line, time: time::find_date(stated), stated: stated.trim().to_owned(), json: String::new(), closed: false };
        message.take(json);
        message
    }

    /// Takes a line as part of the message; `false` where it is none.
    fn take(&mut self, text: &str) -> bool {
        // Code fences of pasted material count as blank.
        if text.is_empty() || text.starts_with("```") {
            self.closed |= !self.json.is_empty();
            return true;
        }
        let fits = if self.json.is_empty() { text.starts_with(['{', '[']) } else { !self.closed };
        if fits {
            let room = LONGEST_MESSAGE.saturating_sub(self.json.len());
            let most = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            self.json.push_str(text.get(..most).unwrap_or(""));
        }
        fits
    }
}

fn exchange(request: Option<&Message>, response: Option<&Message>) -> Option<Event> {
    let place = response.or(request)?;
    let asked = request.map(|message| json::straight(&message.json));
    let answered = response.map(|message| json::straight(&message.json));
    let mut fields: Vec<(&'static str, String)> = Vec::new();
    let mut put = |name, value: Option<String>| fields.extend(value.map(|value| (name, value)));

    let of = |text: &Option<String>, key: &str| text.as_deref().and_then(|text| json::string(text, key));
    put("request_type", of(&asked, "request_type").or_else(|| of(&answered, "request_type")));
    let status = of(&answered, "status_code");
    put("status_code", status.clone());
    let message = answered.as_deref().and_then(json::message);
    put("message", message.clone());
    let state = match response {
        None => "missing",
        Some(response) if response.json.is_empty() => "empty",
        Some(_) => "data",
    };
    put("response", Some(state.to_owned()));
    put("connect_name", answered.as_deref().and_then(|text| json::string_within(text, "connect_info", "name")));

    // The quoted line comes first, as it stands; what the JSON below it says follows.
    let line = match (response, request) {
        (Some(response), _) => format!("RESPONSE: {}", response.stated),
        (None, Some(request)) => format!("REQUEST: {}", request.stated),
        (None, None) => String::new(),
    };
    let said = [status, message].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let text = format!("{line} {said}").split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    Some(Event { kind: LICENSE_EXCHANGE, place: Place::Line(place.line), time: place.time.clone(), fields, text })
}

#[cfg(test)]
mod tests;
