//! Behaviour of the program and the library as a whole, one module a promise.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests make their own input, say what they skip, and fail by panicking"
)]

mod architecture;
mod canaries;
mod ci_examples;
mod command_line;
mod configuration;
mod conservation;
mod containers;
mod conversations;
mod coverage;
mod damage;
mod determinism;
mod facts;
mod faults;
mod formats;
mod help;
mod html;
mod kept_inputs;
mod known_findings;
mod labelled_cases;
mod languages;
mod limits;
mod messages;
mod missing;
mod ranking;
mod readme;
mod real_data;
mod redaction;
mod rule_library;
mod same_finding;
mod screenshot;
mod support;
mod tickets;
mod time_window;
