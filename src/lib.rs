//! Opens a support case (logs, `show tech-support` output, Expressway bundles, packet captures, archives in archives),
//! matches it against a library of known Cisco Smart Licensing failures and ranks what is wrong.
//!
//! ```no_run
//! use bundlescope::diagnose::{Diagnosis, Selection};
//! use bundlescope::intake::Input;
//! use bundlescope::rules::embedded;
//! use bundlescope::scan::{Options, Scanner, Silent};
//!
//! let library = embedded::library().expect("the embedded rules are valid");
//! let scanner = Scanner::new(&library);
//! let case = scanner.scan(&[Input::Path("SR698123456.zip".into())], &Options::default(), &Silent);
//! let report = Diagnosis::new(case, &library).report(&Selection::default());
//! for finding in &report.findings {
//!     println!("{:>3.0} %  {}  on {:?}", finding.confidence * 100.0, finding.title, finding.device);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The rooms, in the direction a case flows: [`intake`] opens it, [`formats`] reads what lies in it, [`scan`] looks for
//! the signals of [`rules`], [`diagnose`] makes findings of them, [`report`] says them. [`redact`] makes a case
//! or a report shareable.

pub mod diagnose;
pub mod examples;
pub mod formats;
pub mod intake;
pub mod redact;
pub mod report;
pub mod rules;
pub mod scan;
