//! The time asked for: what is found outside of it is counted, and dropped.

use std::sync::Arc;

use super::Assembler;
use crate::formats::event::Place;
use crate::formats::time::Stamp;
use crate::scan::window::{Dating, Span};

/// What of an artifact counts.
pub(super) struct Within {
    span: Arc<Span>,
    dating: Dating,
    /// The last place that did not count.
    last: Option<Place>,
}

impl Assembler<'_> {
    /// From now on only what may lie in this span counts.
    pub(in crate::scan) fn keep_to(&mut self, span: Option<&Arc<Span>>) {
        let dating = |span: &Arc<Span>| span.dating(self.scan.path.as_str());
        self.within = span.map(|span| Within { span: Arc::clone(span), dating: dating(span), last: None });
    }

    /// Whether a place lies outside of the time asked for.
    pub(super) fn is_outside(&mut self, place: Place, time: Option<&Stamp>) -> bool {
        let quoting = self.quoting();
        let Some(Within { span, dating, last }) = &mut self.within else { return false };
        let inside = match (time, &dating.ran) {
            (Some(time), _) => span.holds(&span.complete(time, dating.anchor.as_ref())),
            // What states no time was so when its commands ran, but for the log that they quote.
            (None, Some((first, last))) if !quoting => span.meets(first, last),
            (None, _) => true,
        };
        if !inside && last.replace(place) != Some(place) {
            self.scan.outside += 1;
        }
        !inside
    }
}
