//! The rule library loads, is clean, and its examples hold; what is generated from it is fresh.

use bundlescope::rules::{lint, schema};
use bundlescope::scan::Scanner;

use crate::support;

#[test]
fn the_library_has_no_lint_and_every_example_holds() {
    let library = support::library();
    let lints: Vec<String> = lint::lint(&library).iter().map(ToString::to_string).collect();
    assert!(lints.is_empty(), "{}", lints.join("\n"));
    let scanner = Scanner::new(&library);
    let (ran, failures) = bundlescope::examples::run(&scanner);
    assert!(ran > 300, "only {ran} examples");
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn the_schema_of_rule_files_is_fresh() {
    support::is_as_committed(&support::root().join("schema/rules.schema.json"), &schema::schema());
}

#[test]
fn diagnoses_named_by_the_field_are_there() {
    let library = support::library();
    for id in [
        "exp-root-ca-cscwe09378",
        "exp-tls-interception",
        "exp-selfsigned-in-chain",
        "exp-smart-license-comm-error",
        "exp-eval-mode",
        "exp-license-limit-reached",
        "exp-smartlicenseget-sigabrt",
        "tls-unknown-ca-from-device",
        "tls-unknown-ca-from-server",
        "tls-client-cert-rejected",
        "slp-tls-interception",
        "tls-handshake-healthy",
        "iosxe-quovadis-fn72323",
        "nxos-quovadis-fn72115",
        "dns-name-unresolved",
        "dns-no-such-name",
        "dns-no-answer",
        "callhome-err-207-timeout",
        "callhome-err-205-aborted",
        "callhome-send-failed",
        "slp-cslu-default-not-configured",
        "slp-comm-flapping-cscwa11048",
        "comm-fail-restore-pairs",
        "slp-instance-unknown-to-cssm",
        "slp-history-empty-response",
        "rum-high-cpu-fn72578",
        "rum-memory-leak-fn72578",
        "slp-rum-accumulating",
        "slp-transport-off",
        "slp-trust-established",
        "nxos-callhome-plain-http",
        "sl-authorization-expired",
        "sl-healthy",
        "slp-ping-fails-expected",
    ] {
        assert!(library.rules.iter().any(|rule| rule.id == id), "{id} has no rule");
    }
}
