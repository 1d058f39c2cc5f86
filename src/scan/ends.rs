//! The first few and the last few of many: what is kept of what may come without end.

use std::collections::VecDeque;

/// Of what was added in order, the first few and the last few of the rest.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ends<T> {
    each: usize,
    first: Vec<T>,
    last: VecDeque<T>,
}

impl<T> Ends<T> {
    /// The first and the last so many.
    pub(super) fn of(each: usize) -> Self {
        Self { each, first: Vec::new(), last: VecDeque::new() }
    }

    /// Adds one, which is later than all before it.
    pub(super) fn add(&mut self, item: T) {
        if self.first.len() < self.each {
            self.first.push(item);
        } else {
            if self.last.len() == self.each {
                self.last.pop_front();
            }
            self.last.push_back(item);
        }
    }

    /// Drops all but the first so many.
    pub(super) fn cut(&mut self, most: usize) {
        self.first.truncate(most);
        self.last.clear();
        self.shrink();
    }

    /// Gives back the room for more.
    pub(super) fn shrink(&mut self) {
        self.first.shrink_to_fit();
        self.last.shrink_to_fit();
    }

    /// The same of something else.
    pub(super) fn map<U>(self, mut each: impl FnMut(T) -> U) -> Ends<U> {
        let first = self.first.into_iter().map(&mut each).collect();
        Ends { each: self.each, first, last: self.last.into_iter().map(each).collect() }
    }

    /// Hands over those kept, in order.
    pub(super) fn into_iter(self) -> impl Iterator<Item = T> {
        self.first.into_iter().chain(self.last)
    }

    /// Those kept, in order.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.first.iter().chain(&self.last)
    }
}
