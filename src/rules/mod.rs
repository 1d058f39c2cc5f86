//! The rule library: what is known to go wrong, as data, and the judgements that need no input.

pub mod version;
