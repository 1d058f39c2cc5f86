//! A condition as a person would say it: in one line, or as an outline.

use super::library::{Cond, Library, Pattern, SignalId};
use super::model::ReleaseIs;
use super::translation::Words;

/// In one line.
pub fn in_words(cond: &Cond, library: &Library, words: Words<'_>) -> String {
    let joined = |inner: &[Cond], word: &str| {
        let parts = inner.iter().map(|cond| match cond {
            Cond::All(several) | Cond::Any(several) if several.len() > 1 && inner.len() > 1 => {
                format!("[{}]", in_words(cond, library, words))
            }
            _ => in_words(cond, library, words),
        });
        parts.collect::<Vec<_>>().join(words.say(word))
    };
    match cond {
        Cond::All(inner) => joined(inner, "; and "),
        Cond::Any(inner) => joined(inner, "; or "),
        Cond::Not(inner) => match &**inner {
            Cond::Any(several) if several.len() > 1 => words.fill("none of [{}]", &[&joined(several, "; ")]),
            Cond::All(several) if several.len() > 1 => words.fill("not all of [{}]", &[&joined(several, "; ")]),
            inner => words.fill("not {}", &[&in_words(inner, library, words)]),
        },
        Cond::Elsewhere(inner) => words.fill("on another device of the same platform: {}", &[&in_words(inner, library, words)]),
        leaf => of_leaf(leaf, library, words, |id, title| words.fill("{} ({})", &[id, title])),
    }
}

/// Line by line, each with how deep it stands. What a line with a colon at its end asks for stands below it, deeper by one.
pub fn outline(cond: &Cond, library: &Library, words: Words<'_>) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    write(cond, library, words, 0, &mut lines);
    lines
}

fn write(cond: &Cond, library: &Library, words: Words<'_>, depth: usize, lines: &mut Vec<(usize, String)>) {
    let mut list = |heading: &str, inner: &[&Cond]| {
        lines.push((depth, words.say(heading).to_owned()));
        // What is later than each of several things says so once.
        for alike in inner.chunk_by(|a, b| matches!((a, b), (Cond::Later(one, _), Cond::Later(other, _)) if one == other)) {
            match alike {
                [Cond::Later(later, _), _, ..] => {
                    let name = told(&Cond::Signal(*later), library, words);
                    lines.push((depth + 1, words.fill("{} later than any of:", &[&name])));
                    let earlier = alike.iter().filter_map(|cond| if let Cond::Later(_, earlier) = cond { Some(*earlier) } else { None });
                    lines.extend(earlier.map(|earlier| (depth + 2, told(&Cond::Signal(earlier), library, words))));
                }
                _ => alike.iter().for_each(|cond| write(cond, library, words, depth + 1, lines)),
            }
        }
    };
    match cond {
        Cond::All(inner) | Cond::Any(inner) => {
            let parts = flat(cond, inner);
            match parts.as_slice() {
                [one] => write(one, library, words, depth, lines),
                several => list(if matches!(cond, Cond::All(_)) { "all of:" } else { "any of:" }, several),
            }
        }
        Cond::Not(inner) => match &**inner {
            Cond::Any(several) if several.len() > 1 => list("none of:", &flat(inner, several)),
            Cond::All(several) if several.len() > 1 => list("not all of:", &flat(inner, several)),
            inner => lines.push((depth, words.fill("not {}", &[&told(inner, library, words)]))),
        },
        Cond::Elsewhere(inner) => list("on another device of the same platform:", &[inner]),
        leaf => lines.push((depth, told(leaf, library, words))),
    }
}

/// Its parts; those of parts of the same kind are parts of it.
fn flat<'a>(of: &Cond, inner: &'a [Cond]) -> Vec<&'a Cond> {
    let parts = inner.iter().flat_map(|part| match (of, part) {
        (Cond::All(_), Cond::All(deeper)) | (Cond::Any(_), Cond::Any(deeper)) => flat(of, deeper),
        _ => vec![part],
    });
    parts.collect()
}

/// What a line of an outline says.
fn told(cond: &Cond, library: &Library, words: Words<'_>) -> String {
    match cond {
        Cond::All(_) | Cond::Any(_) | Cond::Not(_) | Cond::Elsewhere(_) => in_words(cond, library, words),
        leaf => of_leaf(leaf, library, words, |id, title| words.fill("{} ({})", &[title, id])),
    }
}

/// A condition that holds no other; `name` says how a signal is called by its id and what it means.
fn of_leaf(cond: &Cond, library: &Library, words: Words<'_>, name: impl Fn(&str, &str) -> String) -> String {
    let signal = |id: &SignalId| library.signals.get(id.0).map_or_else(String::new, |signal| name(&signal.id, words.say(&signal.title)));
    match cond {
        Cond::Signal(id) | Cond::Seen(id) => signal(id),
        Cond::Count(id, least) => words.fill("{} at least {} times", &[&signal(id), &least.to_string()]),
        Cond::Pairs(id, least) => match library.pairs.get(id.0) {
            Some((opened, closed)) => {
                words.fill("{} followed by {} at least {} times", &[&signal(opened), &signal(closed), &least.to_string()])
            }
            None => String::new(),
        },
        Cond::Release(ReleaseIs::Affected) => words.say("the release is affected").to_owned(),
        Cond::Release(ReleaseIs::Fixed) => words.say("the release has the fix").to_owned(),
        Cond::Release(ReleaseIs::NotApplicable) => words.say("the release is not concerned").to_owned(),
        Cond::After(date) => words.fill("the case reaches to {}", &[&date.to_string()]),
        Cond::Platform(names) => words.fill("the platform is {}", &[&names.join(words.say(" or "))]),
        Cond::Version(Some(from), Some(before)) => {
            words.fill("the version is from {} and before {}", &[&from.to_string(), &before.to_string()])
        }
        Cond::Version(Some(from), None) => words.fill("the version is from {}", &[&from.to_string()]),
        Cond::Version(None, Some(before)) => words.fill("the version is before {}", &[&before.to_string()]),
        Cond::Product(wanted) => words.fill("the product id has `{}`", &[shown(wanted)]),
        Cond::Later(later, earlier) => words.fill("{} later than any {}", &[&signal(later), &signal(earlier)]),
        Cond::Version(None, None) | Cond::All(_) | Cond::Any(_) | Cond::Not(_) | Cond::Elsewhere(_) => String::new(),
    }
}

/// A pattern as its file has it.
pub(super) fn shown(pattern: &Pattern) -> &str {
    pattern.as_str().trim_start_matches("(?i)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::embedded;
    use crate::rules::translation::Language;

    /// Expected: the rule file, read by a person.
    #[test]
    fn a_nested_condition_as_an_outline() {
        let library = embedded::library().unwrap();
        let rule = library.rules.iter().find(|rule| rule.id == "slp-history-empty-response").unwrap();
        assert_eq!(outline(&rule.evidence[0].when, &library, Words::default()).len(), 1);
        let signal = |id: &str| SignalId(library.signals.iter().position(|signal| signal.id == id).unwrap());
        let (one, two) = (Cond::Signal(signal("err-205")), Cond::Signal(signal("err-207")));
        let cond = Cond::All(vec![
            Cond::Any(vec![one.clone(), Cond::Any(vec![two.clone()])]),
            Cond::Not(Box::new(Cond::Any(vec![one.clone(), two]))),
            Cond::All(vec![Cond::Release(ReleaseIs::Affected)]),
            Cond::Not(Box::new(one)),
            Cond::Later(signal("err-205"), signal("err-207")),
            Cond::Later(signal("err-205"), signal("err-218")),
        ]);
        let lines: Vec<String> =
            outline(&cond, &library, Words::default()).iter().map(|(depth, line)| format!("{}{line}", " ".repeat(*depth))).collect();
        let title = |id: &str| library.signals[signal(id).0].title.clone();
        let (one, two) = (format!("{} (err-205)", title("err-205")), format!("{} (err-207)", title("err-207")));
        assert_eq!(
            lines,
            [
                "all of:".to_owned(),
                " any of:".to_owned(),
                format!("  {one}"),
                format!("  {two}"),
                " none of:".to_owned(),
                format!("  {one}"),
                format!("  {two}"),
                " the release is affected".to_owned(),
                format!(" not {one}"),
                format!(" {one} later than any of:"),
                format!("  {two}"),
                format!("  {} (err-218)", title("err-218")),
            ]
        );
    }

    /// Whatever a diagnosis asks for is said in each language.
    #[test]
    fn no_condition_is_said_in_english_elsewhere() {
        let library = embedded::library().unwrap();
        for language in [Language::Ja, Language::Ko] {
            let words = library.words(language);
            for rule in &library.rules {
                for (_, line) in rule.evidence.iter().flat_map(|item| outline(&item.when, &library, words)) {
                    let said = line.chars().any(|c| u32::from(c) > 0x1100);
                    assert!(said, "{}: {line}", rule.id);
                }
            }
        }
    }
}
