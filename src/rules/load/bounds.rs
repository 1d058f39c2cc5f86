//! What rule files may cost. Whoever writes rules may be as mistaken as whoever writes logs.

use serde_saphyr::Budget;

/// The limits of loading. Sizes are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLimits {
    /// The source of one pattern.
    pub pattern: usize,
    /// One compiled pattern.
    pub compiled: usize,
    /// All compiled patterns together.
    pub compiled_total: usize,
    /// Levels of groups in a pattern.
    pub nesting: u32,
    /// One file.
    pub file: usize,
    /// Levels of mappings and lists in a file.
    pub depth: usize,
    /// Values in a file.
    pub nodes: usize,
    /// Aliases in a file.
    pub aliases: usize,
    /// Files.
    pub files: usize,
}

impl Default for RuleLimits {
    fn default() -> Self {
        Self {
            pattern: 4 << 10,
            compiled: 1 << 20,
            compiled_total: 64 << 20,
            nesting: 64,
            file: 1 << 20,
            depth: 32,
            nodes: 50_000,
            aliases: 100,
            files: 10_000,
        }
    }
}

impl RuleLimits {
    /// The part that the reader of YAML keeps.
    pub(super) fn yaml(&self) -> Option<Budget> {
        serde_saphyr::budget! { max_depth: self.depth, max_nodes: self.nodes, max_aliases: self.aliases }
    }
}
