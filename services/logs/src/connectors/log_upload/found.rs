//! What was read of a document for one query. It holds no text of the document but plain numbers and
//! a time, so that it may be kept.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_evidence::{Reason, freshness::SKEW, quantity::parse_number};
use serde::{Deserialize, Serialize};

/// What was read of a document for one query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The count, or the newest number of each series.
    pub numbers: Result<Vec<Number>, Lack>,
    /// When the newest line was written, or the oldest of those numbers is of.
    pub time: Time,
    /// Whether the document says that nothing is missing.
    pub whole: Whole,
    /// Number of all lines in the window, where the document tells.
    pub lines: Option<Number>,
    /// Whether the document is about the source's own service and environment.
    pub scope: Named,
    /// Set where a page or a series is missing.
    pub cut: bool,
}

/// A decimal, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number(String);

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Nothing is there, or `null`.
    Nothing,
    /// A list, where one was meant; or two points of one moment that differ.
    Several,
    /// Something that is no number.
    OtherShape,
    /// A number that no count can be.
    NotANumber,
}

/// When it was true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// Then.
    At(DateTime<Utc>),
    /// The document does not tell.
    Untold,
    /// It tells something that is no time of the declared format.
    Unreadable,
}

/// Whether nothing is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whole {
    /// It says so, or its form does.
    Said,
    /// It was to say so, and does not.
    NotSaid,
    /// Nobody declared how it would.
    Undeclared,
}

/// Whose document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// The source's own, or it was not to tell.
    Own,
    /// Another's.
    Foreign,
    /// It was to tell, and does not.
    Untold,
}

// === impl Number ===

impl Number {
    /// A number of a document.
    ///
    /// # Errors
    /// It is longer or larger than any count.
    pub fn read(text: &str) -> Result<Self, Lack> {
        let number = parse_number(text).map_err(|_| Lack::NotANumber)?;
        Ok(Self::of(&number))
    }

    /// The same as text.
    pub fn of(number: &BigDecimal) -> Self {
        Self(number.to_plain_string())
    }

    /// Its value. What was kept and is no number any more is none.
    pub fn value(&self) -> Option<BigDecimal> {
        parse_number(&self.0).ok()
    }
}

// === impl Lack ===

impl Lack {
    /// Why a fact is unknown for it.
    pub const fn reason(self) -> Reason {
        match self {
            Self::Nothing => Reason::NoData,
            Self::Several => Reason::Ambiguous,
            Self::OtherShape => Reason::UnexpectedShape,
            Self::NotANumber => Reason::NotANumber,
        }
    }
}

// === impl Time ===

impl Time {
    /// The time, where there is one.
    pub const fn told(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(at),
            Self::Untold | Self::Unreadable => None,
        }
    }

    /// Not later than a moment, unless it lies far ahead of it and so is none. What was to be told and is not spoils
    /// it.
    pub fn no_later_than(self, moment: DateTime<Utc>) -> Self {
        match self {
            Self::At(at) if at > moment + SKEW => self,
            Self::At(at) => Self::At(at.min(moment)),
            Self::Untold | Self::Unreadable => self,
        }
    }

    /// The later of two; one that can't be read spoils both.
    pub fn later(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unreadable, _) | (_, Self::Unreadable) => Self::Unreadable,
            (Self::At(one), Self::At(other)) => Self::At(one.max(other)),
            (Self::At(at), Self::Untold) | (Self::Untold, Self::At(at)) => Self::At(at),
            (Self::Untold, Self::Untold) => Self::Untold,
        }
    }
}

// === impl Named ===

impl Named {
    /// The one of two that weighs more.
    pub const fn worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::Foreign, _) | (_, Self::Foreign) => Self::Foreign,
            (Self::Untold, _) | (_, Self::Untold) => Self::Untold,
            (Self::Own, Self::Own) => Self::Own,
        }
    }
}
