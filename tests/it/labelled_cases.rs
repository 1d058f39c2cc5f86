//! The labelled cases of `corpora/` are diagnosed as labelled.

use crate::support;

#[test]
fn no_labelled_case_has_something_to_mend() {
    let output = support::run(&["eval", "--min-top1", "1"], &[&support::root().join("corpora")]);
    assert_eq!(output.status, 0, "{}", output.stdout);
    assert!(output.stdout.contains(" 0 cases with something to mend"), "{}", output.stdout);
}
