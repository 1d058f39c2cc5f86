//! Behaviour of the program and the library as a whole, one module a promise.

mod command_line;
mod containers;
mod damage;
mod determinism;
mod labelled_cases;
mod messages;
mod readme;
mod real_data;
mod rule_library;
mod support;
