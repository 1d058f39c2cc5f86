//! What work that is done leaves to work to come: a case may have thousands of small files, and a large one many pieces.

use std::sync::{Mutex, PoisonError};

/// Things to be used again, by whatever thread comes next.
#[derive(Debug)]
pub(super) struct Left<T>(Mutex<Vec<T>>);

impl<T> Default for Left<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Default> Left<T> {
    /// What another left, or a new one.
    pub(super) fn take(&self) -> T {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Leaves it to the next.
    pub(super) fn give(&self, thing: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(thing);
    }
}
