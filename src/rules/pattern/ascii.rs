//! A pattern for texts of ASCII alone: the same expression with every class cut down to ASCII. It finds the same in them, and
//! needs no automata that read UTF-8.

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

/// Compiles a pattern for ASCII; `None` where that cannot be.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    let hir =
        regex_syntax::ParserBuilder::new().nest_limit(super::NESTED).build().parse(&super::spelled_out(pattern, "0-9A-Za-z_")).ok()?;
    RegexBuilder::new(&cut_down(hir).to_string()).size_limit(super::PATTERN_LIMIT).build().ok()
}

fn cut_down(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0),
        HirKind::Literal(_) => Hir::fail(),
        HirKind::Class(Class::Unicode(mut class)) => {
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(Look::WordUnicode) => Hir::look(Look::WordAscii),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition { sub: Box::new(cut_down(*repetition.sub)), ..repetition }),
        HirKind::Capture(capture) => Hir::capture(Capture { sub: Box::new(cut_down(*capture.sub)), ..capture }),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(cut_down).collect()),
        HirKind::Alternation(branches) => Hir::alternation(branches.into_iter().map(cut_down).collect()),
    }
}
