//! Four-valued truth: what is not known is neither true nor false, and a release that is probably affected is
//! something between.

/// Truth of a condition, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It is not so.
    False,
    /// The case does not tell.
    Unknown,
    /// Probably so.
    Leaning,
    /// It is so.
    True,
}

impl Truth {
    /// `True` or `False`.
    pub fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// The opposite; what is not known stays unknown, and a probability turned round is no knowledge.
    pub fn negated(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::True => Self::False,
            Self::Unknown | Self::Leaning => Self::Unknown,
        }
    }

    /// The part of an item's weight that counts.
    pub fn share(self) -> f64 {
        match self {
            Self::False => 0.0,
            Self::Unknown => 0.3,
            Self::Leaning => 0.7,
            Self::True => 1.0,
        }
    }

    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::False => "no",
            Self::Unknown => "not known",
            Self::Leaning => "probably",
            Self::True => "yes",
        }
    }
}
