//! The format of a text, named by what was met on the way through it.

/// What was met: how often, or whether at all.
#[derive(Default)]
pub(super) struct Kinds {
    pub(super) headers: u64,
    pub(super) prompts: u64,
    pub(super) openings: u64,
    pub(super) expressway: u64,
    pub(super) syslog: u64,
    pub(super) status_dump: bool,
    pub(super) config_dump: bool,
    /// Written about devices, and by none.
    pub(super) article: bool,
}

impl Kinds {
    /// The name of the format.
    pub(super) fn format(&self) -> String {
        let name = if self.article {
            "article"
        } else if self.status_dump {
            "expressway-status"
        } else if self.config_dump {
            "expressway-configuration"
        } else if self.headers > 1 {
            "show-tech"
        } else if self.prompts > 0 {
            "console-log"
        } else if self.expressway > 0 {
            "expressway-log"
        } else if self.headers + self.openings > 0 {
            "show-output"
        } else if self.syslog > 0 {
            "syslog"
        } else {
            "text"
        };
        name.to_owned()
    }
}
