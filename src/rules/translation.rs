//! Texts in other languages: files of `rules/translations/<language>/`. Each English text stands for its translation.
//!
//! Whole texts have a file for each diagnosis and for each file of `rules/collect/`. It says which English texts it was made from, by
//! a digest; when those have changed since, it is left aside, and the English is shown until somebody looks at it again. Short
//! texts (what signals mean, why evidence counts, what documents are called) stand in `phrases` by their English, so one that
//! has changed finds no translation; `phrases.yaml` holds the sentences of the program itself.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A language of titles, summaries, steps and headings. Ids, keys, commands and log texts are the same in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English, in which rules are written.
    #[default]
    En,
    /// Japanese.
    Ja,
    /// Korean.
    Ko,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::En, Self::Ja, Self::Ko];

    /// Its name (ISO 639-1), also the folder of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
            Self::Ko => "ko",
        }
    }

    /// The language of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }
}

/// A file of `rules/translations/<language>/`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TranslationFile {
    /// What it translates: the id of a diagnosis, `collect-<file>`, or a name for a file of `phrases` only.
    pub of: String,
    /// Digest of the English texts it was made from; `rules lint` says the one of today.
    #[serde(default)]
    pub english: String,
    /// The title of a diagnosis.
    #[serde(default)]
    pub title: String,
    /// Its summary.
    #[serde(default)]
    pub summary: String,
    /// Its steps, in the same order.
    #[serde(default)]
    pub remedy: Vec<String>,
    /// What helps until then, in the same order.
    #[serde(default)]
    pub workaround: Vec<String>,
    /// What each thing to collect shows, in the same order.
    #[serde(default)]
    pub collect: Vec<String>,
    /// What each item of a file of `rules/collect/` shows, by its id.
    #[serde(default)]
    pub items: BTreeMap<String, String>,
    /// Short texts by their English: of rules, or in the file `phrases` sentences of the program, where `{}` stands for a value,
    /// `{1}` for the first where their order changes.
    #[serde(default)]
    pub phrases: BTreeMap<String, String>,
}

/// English texts of one thing that is translated as a whole.
#[derive(Clone, Debug)]
pub(super) enum English {
    /// Of a diagnosis: title, summary, steps of the remedy, of the workaround, what is collected.
    Rule {
        /// Title and summary.
        head: [String; 2],
        /// The rest, list by list.
        lists: [Vec<String>; 3],
    },
    /// Of a file of things to collect: what each shows, by id, in the order of the file.
    Items(Vec<(String, String)>),
}

impl English {
    /// First eight hexadecimal digits of SHA-256 over the texts, each ended by a NUL.
    pub(super) fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        let mut add = |text: &str| {
            hasher.update(text);
            hasher.update([0]);
        };
        match self {
            Self::Rule { head, lists } => head.iter().chain(lists.iter().flatten()).for_each(|text| add(text)),
            Self::Items(items) => items.iter().for_each(|(_, text)| add(text)),
        }
        hasher.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Each text with its translation; what does not fit, in words.
    fn pairs(&self, file: TranslationFile) -> Result<Vec<(String, String)>, String> {
        let today = self.digest();
        if file.english != today {
            return Err(format!(
                "was made from other English texts (`{}`; today's are `{today}`): see what changed, then put today's digest in `english`",
                file.english
            ));
        }
        match self {
            Self::Rule { head: [title, summary], lists } => {
                let mut pairs = vec![(title.clone(), file.title), (summary.clone(), file.summary)];
                for ((name, theirs), ours) in
                    ["remedy", "workaround", "collect"].into_iter().zip([file.remedy, file.workaround, file.collect]).zip(lists)
                {
                    if theirs.len() != ours.len() {
                        return Err(format!("`{name}` has {} entries, the English {}", theirs.len(), ours.len()));
                    }
                    pairs.extend(ours.iter().cloned().zip(theirs));
                }
                Ok(pairs)
            }
            Self::Items(items) => {
                let mut theirs = file.items;
                items.iter().map(|(id, text)| Ok((text.clone(), theirs.remove(id).ok_or_else(|| format!("lacks `{id}`"))?))).collect()
            }
        }
    }
}

/// English texts that are translated one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Short {
    /// Those that need a translation, with their file.
    pub(super) needed: BTreeMap<String, String>,
    /// Those that may have one: what is to be collected, where it is words and no command; the titles of documents.
    pub(super) other: BTreeSet<String>,
}

/// The file with the sentences of the program.
const PHRASES: &str = "phrases";

/// All texts of all languages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Translations {
    /// By language, each English text with its translation.
    languages: BTreeMap<Language, BTreeMap<String, String>>,
    /// Files that are missing or left aside, and why.
    pub(super) doubts: Vec<(String, String)>,
}

impl Translations {
    /// Resolves the files of each language. What they translate is named as they name it.
    pub(super) fn new(
        files: Vec<(Language, String, TranslationFile)>,
        english: &BTreeMap<String, (String, English)>,
        short: &Short,
    ) -> Self {
        let mut translations = Self::default();
        // Whoever adds rules of his own need not translate them.
        let translated: BTreeSet<String> = files.iter().map(|(_, name, _)| top(name).to_owned()).collect();
        let mut done: BTreeMap<(Language, String), String> = BTreeMap::new();
        for (language, name, mut file) in files {
            let texts = translations.languages.entry(language).or_default();
            for (from, to) in std::mem::take(&mut file.phrases) {
                let known = file.of == PHRASES || short.needed.contains_key(&from) || short.other.contains(&from);
                if !known {
                    translations.doubts.push((name.clone(), format!("translates `{from}`, which no rule says")));
                } else if values(&from) != values(&to) {
                    translations.doubts.push((name.clone(), format!("says `{from}` without all of its values, or with others")));
                } else {
                    texts.insert(from, to);
                }
            }
            if file.english.is_empty() && !english.contains_key(&file.of) {
                continue;
            }
            done.insert((language, file.of.clone()), name.clone());
            let pairs = english
                .get(&file.of)
                .ok_or_else(|| format!("translates `{}`, which there is not", file.of))
                .and_then(|(_, texts)| texts.pairs(file));
            match pairs {
                Ok(pairs) => texts.extend(pairs.into_iter().filter(|(from, to)| !from.is_empty() && !to.is_empty())),
                Err(doubt) => translations.doubts.push((name, doubt)),
            }
        }
        for (language, texts) in &translations.languages {
            let untold = short.needed.iter().filter(|(text, source)| translated.contains(top(source)) && !texts.contains_key(*text));
            translations
                .doubts
                .extend(untold.map(|(text, source)| (source.clone(), format!("`{text}` has no translation ({})", language.name()))));
            let missing = english
                .iter()
                .filter(|(of, (source, _))| translated.contains(top(source)) && !done.contains_key(&(*language, (*of).clone())));
            let missing = missing.map(|(of, _)| of);
            translations
                .doubts
                .extend(missing.map(|of| (format!("rules/translations/{}/{of}.yaml", language.name()), "is missing".to_owned())));
        }
        translations
    }

    /// The words of a language.
    pub fn words(&self, language: Language) -> Words<'_> {
        Words { texts: self.languages.get(&language), language }
    }
}

/// Which values a sentence holds, counted from 0.
fn values(sentence: &str) -> BTreeSet<usize> {
    let (mut found, mut next) = (BTreeSet::new(), 0);
    for (inside, _) in sentence.split('{').skip(1).filter_map(|part| part.split_once('}')) {
        found.insert(position(inside, &mut next));
    }
    found
}

/// The value that `{inside}` stands for.
fn position(inside: &str, next: &mut usize) -> usize {
    inside.parse::<usize>().map_or_else(
        |_| {
            *next += 1;
            *next - 1
        },
        |number| number.saturating_sub(1),
    )
}

/// The folder in which a set of rule files lies.
fn top(name: &str) -> &str {
    name.split_once('/').map_or("", |(top, _)| top)
}

/// What texts are in one language.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words<'a> {
    /// `None` where it is English.
    texts: Option<&'a BTreeMap<String, String>>,
    language: Language,
}

impl<'a> Words<'a> {
    /// A text of a rule or of the program; as it stands where there is no translation.
    pub fn say<'t>(&self, english: &'t str) -> &'t str
    where
        'a: 't,
    {
        self.texts.and_then(|texts| texts.get(english)).map_or(english, String::as_str)
    }

    /// A sentence with values in place of `{}`, or of `{1}`, `{2}` … where a translation orders them otherwise.
    pub fn fill(&self, english: &str, values: &[&str]) -> String {
        let mut sentence = String::new();
        let mut rest = self.say(english);
        let mut next = 0;
        while let Some((before, after)) = rest.split_once('{') {
            sentence.push_str(before);
            let Some((number, behind)) = after.split_once('}') else {
                sentence.push('{');
                rest = after;
                continue;
            };
            sentence.push_str(values.get(position(number, &mut next)).copied().unwrap_or_default());
            rest = behind;
        }
        sentence.push_str(rest);
        sentence
    }

    /// A number of things: `one` or `many`, in which `{}` is the number. Languages without plural translate `many` only.
    pub fn count(&self, n: u64, one: &str, many: &str) -> String {
        let number = n.to_string();
        self.fill(if n == 1 && self.knows(one) { one } else { many }, &[&number])
    }

    /// Whether there is a translation of a text. English needs none.
    pub fn knows(&self, english: &str) -> bool {
        self.texts.is_none_or(|texts| texts.contains_key(english))
    }

    /// Which language it is.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether texts are as they are written.
    pub fn is_english(&self) -> bool {
        self.texts.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> BTreeMap<String, (String, English)> {
        let lists = [vec!["Do this.".to_owned()], Vec::new(), vec!["whether it is so".to_owned()]];
        let rule = English::Rule { head: ["A title".to_owned(), "A summary.".to_owned()], lists };
        let items = English::Items(vec![("log".to_owned(), "The log.".to_owned())]);
        let own = English::Items(vec![("own".to_owned(), "Own.".to_owned())]);
        let known =
            [("a", "rules/x/a.yaml", rule), ("collect-any", "rules/collect/any.yaml", items), ("collect-own", "own/collect/own.yaml", own)];
        known.into_iter().map(|(of, source, texts)| (of.to_owned(), (source.to_owned(), texts))).collect()
    }

    fn file(text: &str) -> (Language, String, TranslationFile) {
        (Language::Ja, "rules/translations/ja/a.yaml".to_owned(), serde_saphyr::from_str(text).unwrap())
    }

    #[test]
    fn the_digest_is_that_of_the_texts() {
        // printf 'A title\0A summary.\0Do this.\0whether it is so\0' | sha256sum
        assert_eq!(english()["a"].1.digest(), "08208476");
    }

    #[test]
    fn texts_stand_for_their_translations_unless_the_english_has_changed() {
        let digest = english()["a"].1.digest();
        let good = format!("{{of: a, english: '{digest}', title: 題, summary: 概要。, remedy: [行う。], collect: [そうか]}}");
        let translations = Translations::new(vec![file(&good)], &english(), &Short::default());
        let words = translations.words(Language::Ja);
        assert_eq!(["A title", "Do this.", "whether it is so", "else"].map(|text| words.say(text)), ["題", "行う。", "そうか", "else"]);
        assert_eq!(translations.words(Language::En).say("A title"), "A title");
        assert_eq!(translations.doubts, [("rules/translations/ja/collect-any.yaml".to_owned(), "is missing".to_owned())]);

        let stale = good.replace(&digest, "00000000");
        let short = good.replace("remedy: [行う。], ", "");
        let unknown = good.replace("of: a", "of: b");
        for (text, doubt) in
            [(stale, "was made from other English texts"), (short, "`remedy` has 0 entries"), (unknown, "which there is not")]
        {
            let translations = Translations::new(vec![file(&text)], &english(), &Short::default());
            assert!(translations.doubts[0].1.contains(doubt), "{:?}", translations.doubts);
            assert_eq!(translations.words(Language::Ja).say("A title"), "A title");
        }
    }

    #[test]
    fn short_texts_stand_by_their_english() {
        let needed = [("it failed", "rules/signals/a.yaml"), ("it is over", "rules/x/a.yaml"), ("own words", "own/b.yaml")];
        let needed = needed.map(|(text, source)| (text.to_owned(), source.to_owned())).into();
        let short = Short { needed, other: ["Slides".to_owned()].into() };
        let file = file("{of: signals, phrases: {it failed: 失敗, Slides: 資料, it went: 消失}}");
        let translations = Translations::new(vec![file], &BTreeMap::new(), &short);
        let words = translations.words(Language::Ja);
        assert_eq!(["it failed", "Slides", "it went"].map(|text| words.say(text)), ["失敗", "資料", "it went"]);
        let doubts: Vec<String> = translations.doubts.iter().map(|(file, doubt)| format!("{file}: {doubt}")).collect();
        let stale = "rules/translations/ja/a.yaml: translates `it went`, which no rule says";
        assert_eq!(doubts, [stale, "rules/x/a.yaml: `it is over` has no translation (ja)"]);
    }

    #[test]
    fn a_sentence_keeps_its_values() {
        for (to, sound) in [("{}台中{}台", true), ("{2}台中{1}台", true), ("{}台", false), ("{2}台", false), ("{1}{2}{3}", false)] {
            let phrases = format!("{{of: phrases, phrases: {{'{{}} of {{}} devices': '{to}'}}}}");
            let translations = Translations::new(vec![file(&phrases)], &BTreeMap::new(), &Short::default());
            assert_eq!(translations.words(Language::Ja).knows("{} of {} devices"), sound, "{to}");
            assert_eq!(translations.doubts.is_empty(), sound, "{to}");
        }
    }

    #[test]
    fn sentences_are_filled_in_the_order_of_the_language() {
        let phrases = "{of: phrases, phrases: {'{} of {} devices': '{2}台中{1}台', '{} problems': '{}件の問題'}}";
        let translations = Translations::new(vec![file(phrases)], &BTreeMap::new(), &Short::default());
        let (words, plain) = (translations.words(Language::Ja), Words::default());
        assert_eq!(words.fill("{} of {} devices", &["1", "3"]), "3台中1台");
        assert_eq!(plain.fill("{} of {} devices", &["1", "3"]), "1 of 3 devices");
        assert_eq!([words.count(1, "{} problem", "{} problems"), plain.count(1, "{} problem", "{} problems")], ["1件の問題", "1 problem"]);
    }
}
