//! A report in another language: what rules say is replaced, what the case says stays.

use super::composed::{translated, translated_reason};
use super::model::Report;
use crate::rules::translation::Words;

impl Report {
    /// Says titles, summaries, steps and advice in the language of `words`. Texts without a translation stay as they are.
    pub fn translate(&mut self, words: &Words<'_>) {
        if words.is_english() {
            return;
        }
        let say = |text: &mut String| *text = words.say(text).to_owned();
        for finding in &mut self.findings {
            say(&mut finding.title);
            say(&mut finding.summary);
            let texts = finding.notes.iter_mut().chain(&mut finding.remedy).chain(&mut finding.workaround);
            texts.for_each(|text| *text = translated(*words, text));
        }
        self.missing.iter_mut().for_each(|missing| {
            say(&mut missing.what);
            missing.why = translated_reason(*words, &missing.why);
        });
    }
}
