//! A report in another language: what rules and the program say is replaced, what the case says stays.

use super::composed::{translated, translated_absence, translated_purpose, translated_reason, translated_term, translated_title};
use super::model::{Evidence, Report};
use super::packets::translated_packet;
use super::troubles::translated_trouble;
use crate::rules::translation::Words;

impl Report {
    /// Says titles, summaries, steps, advice and reasons in the language of `words`. Texts without a translation stay as they are.
    pub fn translate(&mut self, words: &Words<'_>) {
        if words.is_english() {
            return;
        }
        let words = *words;
        let say = |text: &mut String| *text = words.say(text).to_owned();
        for finding in &mut self.findings {
            say(&mut finding.title);
            say(&mut finding.summary);
            let texts = finding.notes.iter_mut().chain(&mut finding.remedy).chain(&mut finding.workaround);
            texts.for_each(|text| *text = translated(words, text));
            finding.score.iter_mut().for_each(|score| score.term = translated_term(words, &score.term));
            finding.evidence.iter_mut().chain(&mut finding.contradictions).for_each(|evidence| retell(words, evidence));
            for reference in &mut finding.references {
                reference.title = reference.title.take().map(|title| translated_title(words, &title, &reference.id));
            }
        }
        self.devices.iter_mut().flat_map(|device| &mut device.history).for_each(|moment| say(&mut moment.title));
        self.missing.iter_mut().for_each(|missing| {
            missing.what = translated_purpose(words, &missing.what);
            missing.why = translated_reason(words, &missing.why);
        });
        self.errors.iter_mut().for_each(|error| error.message = translated_trouble(words, &error.message));
    }
}

/// What the program tells of a packet, or of a line that is missing. Lines are quoted as they stand.
fn retell(words: Words<'_>, evidence: &mut Evidence) {
    let told =
        if evidence.packet.is_some() { translated_packet(words, &evidence.excerpt) } else { translated_absence(words, &evidence.excerpt) };
    if let Some(told) = told {
        evidence.excerpt = told;
    }
}
