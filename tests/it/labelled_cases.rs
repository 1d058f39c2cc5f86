//! The labelled cases of `corpora/` are diagnosed as labelled.

use crate::support;

#[test]
fn the_evaluation_passes_its_gate() {
    let output = support::run(&["eval", "--min-top1", "0.97"], &[&support::root().join("corpora")]);
    assert_eq!(output.status, 0, "{}", output.stdout);
}
