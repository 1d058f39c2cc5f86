//! The key that all replacements depend on. Who does not have it cannot compute them.

use sha2::{Digest, Sha256};

/// A secret of 256 bits. The same key replaces the same things alike in every run.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key from whatever bytes the user keeps: all of them count.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// 64 bits that follow from the key, what they are for, and the data.
    pub(super) fn number(&self, purpose: &str, data: &[u8]) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(data);
        let digest: [u8; 32] = hash.finalize().into();
        digest.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}
