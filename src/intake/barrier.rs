//! The last barrier: a reader that fails by panic costs its entry, not the case, and what was entered is left all the same.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Artifact, Container, LogicalPath, Trouble, TroubleKind, Visitor};

/// What is said where a reader fails by panic.
pub const FAILED: &str = "a reader failed on this artifact; the rest of the case was read. This is a bug: please report it";

/// Walks the entry at `path` for `visitor`, which is told where that fails.
pub(super) fn guarded(path: &LogicalPath, visitor: &mut dyn Visitor, walk: impl FnOnce(&mut dyn Visitor)) {
    let mut balanced = Balanced { visitor, inside: 0 };
    if catch_unwind(AssertUnwindSafe(|| walk(&mut balanced))).is_err() {
        while balanced.inside > 0 {
            balanced.leave();
        }
        balanced.trouble(Trouble { path: path.clone(), kind: TroubleKind::Corrupt, message: FAILED.to_owned() });
    }
}

/// Passes on, and knows how many containers are still to be left.
struct Balanced<'v> {
    visitor: &'v mut dyn Visitor,
    inside: usize,
}

impl Visitor for Balanced<'_> {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        self.visitor.artifact(artifact);
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.visitor.trouble(trouble);
    }

    fn enter(&mut self, path: &LogicalPath, container: Container) {
        self.inside += 1;
        self.visitor.enter(path, container);
    }

    fn leave(&mut self) {
        self.inside = self.inside.saturating_sub(1);
        self.visitor.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::gather::{gzip, tar};
    use super::super::{Budget, Entry, Limits, open};
    use super::*;

    /// Fails on the first artifact.
    #[derive(Default)]
    struct Failing(Vec<&'static str>, Vec<String>);

    impl Visitor for Failing {
        fn artifact(&mut self, _: Artifact<'_>) {
            panic!("a reader that fails");
        }

        fn trouble(&mut self, trouble: Trouble) {
            self.1.push(format!("{}: {}", trouble.path, trouble.message));
        }

        fn enter(&mut self, _: &LogicalPath, _: Container) {
            self.0.push("enter");
        }

        fn leave(&mut self) {
            self.0.push("leave");
        }
    }

    #[test]
    fn a_panic_costs_its_entry_and_leaves_what_was_entered() {
        let mut named = tempfile::NamedTempFile::new().unwrap();
        named.write_all(&gzip(&tar(&[("a", b"text")]))).unwrap();
        let (limits, mut failing) = (Limits::default(), Failing::default());
        open(&Entry::at(LogicalPath::input("f"), named.path()), &limits, &Budget::new(&limits), &mut failing);
        assert_eq!((failing.0, failing.1), (vec!["enter", "enter", "leave", "leave"], vec![format!("f: {FAILED}")]));
    }
}
