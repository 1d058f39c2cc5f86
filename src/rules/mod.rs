//! The rule library: what rule files may say, how they are loaded and checked. The data itself lies in the
//! top-level `rules/` folder. Knows its own schema; never bytes of a case, never reports.

pub mod check;
pub mod collect;
pub mod described;
pub mod embedded;
pub mod fact_name;
pub mod library;
pub mod lint;
mod literal;
pub mod load;
pub mod model;
mod needs;
mod pattern;
pub mod references;
pub mod schema;
pub mod spelling;
pub mod text;
pub mod told;
pub mod translation;
pub mod version;
