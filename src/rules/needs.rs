//! Words that a pattern needs beside its keyword: far cheaper to look for than the pattern, and many patterns that share a
//! keyword differ in them.

use regex_syntax::hir::{Hir, HirKind};
use serde::{Deserialize, Serialize};

use super::literal::{best, poorest};
use super::text::Text;

/// What a pattern needs: in one of several ways, a word of each of a few sets. Packed, since the program starts with hundreds: a
/// way begins with a form feed, a set is a line, and NULs part its words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound(deserialize = "'de: 'static"))]
pub struct Needs(Text);

/// Words of which one is needed.
type Set = Vec<String>;

/// Ways that are told apart, sets of a way that are looked for, and words of a set.
const WAYS: usize = 12;
const SETS: usize = 5;
const WORDS: usize = 8;

impl Needs {
    /// What a pattern needs of a line that holds one of the keywords; nothing where it is no pattern.
    pub(super) fn of(pattern: &str, keywords: &[String]) -> Self {
        let Ok(hir) = regex_syntax::Parser::new().parse(pattern) else { return Self::default() };
        let mut ways: Vec<Vec<Set>> = ways(&hir).into_iter().map(worthwhile).collect();
        ways.sort();
        ways.dedup();
        let is_known = |set: &Set| keywords.iter().all(|keyword| set.iter().any(|word| keyword.contains(word.as_str())));
        for way in &mut ways {
            way.retain(|set| !is_known(set));
            way.truncate(SETS);
        }
        if ways.iter().any(Vec::is_empty) {
            return Self::default();
        }
        let packed = |way: &Vec<Set>| format!("\u{c}{}", way.iter().map(|set| set.join("\0")).collect::<Vec<_>>().join("\n"));
        Self(ways.iter().map(packed).collect::<String>().into())
    }

    /// Ways, each of sets, each of words in lower case. None where nothing is needed. Only texts of ASCII can be told by them: other
    /// letters have case pairs that these do not.
    pub fn ways(&self) -> impl Iterator<Item = impl Iterator<Item = impl Iterator<Item = &str>>> {
        self.0.split('\u{c}').skip(1).map(|way| way.split('\n').map(|set| set.split('\0')))
    }
}

/// What may stand in a match, in several ways, of each of which every set is needed.
fn ways(hir: &Hir) -> Vec<Vec<Set>> {
    let one = |hir: &Hir| vec![best(hir).into_iter().collect()];
    match hir.kind() {
        HirKind::Capture(capture) => ways(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => ways(&repetition.sub),
        HirKind::Alternation(branches) => {
            let each: Vec<Vec<Set>> = branches.iter().flat_map(ways).collect();
            if each.len() <= WAYS { each } else { one(hir) }
        }
        HirKind::Concat(parts) => parts.iter().fold(vec![Vec::new()], |so_far, part| {
            let mut of_part = ways(part);
            if so_far.len() * of_part.len() > WAYS {
                of_part = one(part);
            }
            so_far.iter().flat_map(|before| of_part.iter().map(|part| [before.as_slice(), part].concat())).collect()
        }),
        _ => one(hir),
    }
}

/// The sets that tell lines apart, the best first.
fn worthwhile(mut way: Vec<Set>) -> Vec<Set> {
    let packable = |word: &String| !word.contains(['\0', '\n', '\u{c}']);
    way.retain(|set| poorest(set) > 0 && set.len() <= WORDS && set.iter().all(packable));
    way.sort_by_key(|set| usize::MAX - poorest(set));
    way.dedup();
    way
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::literal::relax_blanks;

    #[test]
    fn beside_the_keyword_other_words_are_needed() {
        for (pattern, keywords, line, expected) in [
            ("failure with (?:the )?cisco.*empty answer", "failure", "failure with the cisco: empty answer", true),
            ("failure with (?:the )?cisco.*empty answer", "failure", "failure with the cisco: no answer", false),
            ("failure (?:205|217|re(?:fused|set))", "failure", "failure 217", true),
            ("failure (?:205|217|re(?:fused|set))", "failure", "failure reset", true),
            ("failure (?:205|217|re(?:fused|set))", "failure", "failure 218", false),
            ("failure (?:205|x)", "failure", "failure x", true),
            ("failure(?: twice)?", "failure", "failure", true),
            ("failure", "failure", "another line", true),
            ("(", "failure", "failure", true),
            // What is needed depends on the way.
            ("cssm shows|usage details", "cssm usage", "cssm shows", true),
            ("cssm shows|usage details", "cssm usage", "cssm and details", false),
            ("cssm shows|usage details", "cssm usage", "the usage: details", true),
            ("(?:mts.*call|call.*mts) (?:stuck|full)", "call", "call mts full", true),
            ("(?:mts.*call|call.*mts) (?:stuck|full)", "call", "call full", false),
            ("(?:mts.*call|call.*mts) (?:stuck|full)", "call", "call mts", false),
            ("cssm shows|[0-9a-f]{32} expy", "cssm expy", "0 expy", true),
            ("cssm shows|[0-9a-f]{32}", "cssm", "0", true),
        ] {
            let keywords: Vec<String> = keywords.split(' ').map(str::to_owned).collect();
            let needs = Needs::of(&relax_blanks(pattern), &keywords);
            let mut ways = needs.ways().peekable();
            let holds = ways.peek().is_none() || ways.any(|mut way| way.all(|mut set| set.any(|word| line.contains(word))));
            assert_eq!(holds, expected, "{pattern} on {line}: {needs:?}");
        }
    }
}
