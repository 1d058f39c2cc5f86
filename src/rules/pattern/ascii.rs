//! A pattern for texts of ASCII alone: the same expression with every class cut down to ASCII. It finds the same in them, and
//! needs no automata that read UTF-8.

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

/// The pattern for ASCII; `None` where there is none.
pub(super) fn form(pattern: &str) -> Option<String> {
    written(pattern, &|class| Some(class))
}

/// The pattern for ASCII in lower case, which stands for text of any case: its literals are plain ones, and are found at
/// once. `None` where the pattern tells one case from the other.
pub(super) fn lower_form(pattern: &str) -> Option<String> {
    written(pattern, &|mut class| {
        let has = |c: char| class.iter().any(|range| (range.start()..=range.end()).contains(&c));
        if ('a'..='z').any(|c| has(c) != has(c.to_ascii_uppercase())) {
            return None;
        }
        class.difference(&ClassUnicode::new([ClassUnicodeRange::new('A', 'Z')]));
        Some(class)
    })
}

/// Compiles either. No class in it needs to know of Unicode.
pub(super) fn compile(form: &str) -> Option<Regex> {
    RegexBuilder::new(form).unicode(false).size_limit(super::PATTERN_LIMIT).build().ok()
}

/// What becomes of the classes of a pattern.
type Cut<'c> = &'c dyn Fn(ClassUnicode) -> Option<ClassUnicode>;

fn written(pattern: &str, cut: Cut<'_>) -> Option<String> {
    let pattern = super::spelled_out(pattern, "0-9A-Za-z_");
    let hir = regex_syntax::ParserBuilder::new().nest_limit(super::NESTED).build().parse(&pattern).ok()?;
    let mut out = String::with_capacity(2 * pattern.len());
    write(&hir, cut, &mut out)?;
    Some(out)
}

/// Writes an expression, cut down. The library's own way of writing one makes `a+?` of `(?:a+)?`.
fn write(hir: &Hir, cut: Cut<'_>, out: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            out.push_str(&Hir::class(Class::Unicode(cut(class)?)).to_string());
        }
        HirKind::Literal(literal) if !literal.0.is_ascii() => out.push_str(&Hir::fail().to_string()),
        HirKind::Literal(literal) => {
            let letter = |byte: &u8| char::from(*byte);
            // A letter that stands for itself alone.
            literal.0.iter().map(letter).all(|c| cut(ClassUnicode::new([ClassUnicodeRange::new(c, c)])).is_some()).then_some(())?;
            out.push_str(&hir.to_string());
        }
        HirKind::Look(Look::WordUnicode) => out.push_str(&Hir::look(Look::WordAscii).to_string()),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => out.push_str(&hir.to_string()),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.map_or(String::new(), |most| most.to_string());
            grouped("(?:", std::slice::from_ref(&*repetition.sub), "", cut, out)?;
            out.push_str(&format!("{{{},{most}}}{}", repetition.min, if repetition.greedy { "" } else { "?" }));
        }
        HirKind::Capture(capture) => {
            let open = capture.name.as_ref().map_or("(".to_owned(), |name| format!("(?<{name}>"));
            grouped(&open, std::slice::from_ref(&*capture.sub), "", cut, out)?;
        }
        HirKind::Concat(parts) => grouped("(?:", parts, "", cut, out)?,
        HirKind::Alternation(branches) => grouped("(?:", branches, "|", cut, out)?,
    }
    Some(())
}

fn grouped(open: &str, parts: &[Hir], between: &str, cut: Cut<'_>, out: &mut String) -> Option<()> {
    out.push_str(open);
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        write(part, cut, out)?;
    }
    out.push(')');
    Some(())
}
