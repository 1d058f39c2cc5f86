//! What a labelled case expects: `expect.yaml`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// The labels of one case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// The input, below the case's folder.
    pub(crate) input: String,
    /// Whether weights may be tuned on it.
    pub(crate) split: Split,
    /// Must stay quiet.
    #[serde(default)]
    pub(crate) healthy: bool,
    /// What must be found, by device; `*` where the device has no name.
    #[serde(default)]
    pub(crate) devices: BTreeMap<String, Labels>,
    /// Spot checks of place.
    #[serde(default)]
    pub(crate) evidence: Vec<Spot>,
    /// Numbers of the facts it shows, in the list the library is measured by.
    #[serde(default)]
    #[expect(dead_code, reason = "for those who measure; only its form is checked here")]
    pub(crate) covers: Vec<u32>,
}

/// Which half of the corpus a case is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Split {
    /// Weights are tuned on it.
    Tune,
    /// Never looked at while tuning.
    HeldOut,
}

/// Labels of one device.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Labels {
    /// First among the device's problems.
    #[serde(default)]
    pub(crate) top: Option<String>,
    /// Reported too.
    #[serde(default)]
    pub(crate) must: Vec<String>,
    /// Allowed besides.
    #[serde(default)]
    pub(crate) may: Vec<String>,
    /// Wrong here.
    #[serde(default)]
    pub(crate) must_not: Vec<String>,
}

/// One piece of evidence whose place is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spot {
    /// The diagnosis.
    pub(crate) id: String,
    /// End of the logical path.
    pub(crate) artifact: String,
    /// The line.
    #[serde(default)]
    pub(crate) line: Option<u64>,
    /// The packet.
    #[serde(default)]
    pub(crate) packet: Option<u64>,
}

impl Expect {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_saphyr::from_str(&text).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
    }
}
