//! From artifacts to evidence and facts.

pub mod mask;
