//! Why a fact is not passed.

use std::fmt;

/// Why a fact is not passed. Every fact that is not passed has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A measured value lies outside its threshold.
    ThresholdMissed,
    /// The provider's own state says no.
    BadState,
    /// The provider's own state says yes, with reservations.
    Degraded,
    /// Not finished; ask again.
    InProgress,
    /// A person or a board has not decided.
    AwaitingApproval,
    /// The planned or allowed time window is not now.
    OutsideWindow,
    /// The provider answered, with nothing in it.
    NoData,
    /// The newest data is older than its max age, or its origin no longer reports.
    Stale,
    /// The time of the data lies ahead of the clock by more than the allowed skew.
    Future,
    /// There is no trustworthy time of observation.
    NoTime,
    /// NaN, infinite, or no number at all.
    NotANumber,
    /// A number that this fact cannot have, such as a ratio of 7.
    OutOfDomain,
    /// Several answers where one was meant.
    Ambiguous,
    /// A page, series, shard, point or part is missing.
    Incomplete,
    /// The provider itself calls its answer partial.
    PartialResponse,
    /// Too little traffic, or too few points or sessions to judge.
    InsufficientSample,
    /// There is nothing to compare with.
    BaselineMissing,
    /// A state that is not in the table of known states.
    UnrecognizedState,
    /// Two statements exclude each other.
    Contradictory,
    /// A required field is missing or of another type.
    UnexpectedShape,
    /// The provider refused the question.
    QueryRejected,
    /// Rows came back that the filter should have kept out.
    FilterNotApplied,
    /// This read was not permitted; others were.
    Denied,
    /// This read failed; others did not.
    Unavailable,
    /// About another revision, digest or version.
    OtherSubject,
    /// The part of the subject that the comparison needs was not given.
    NoSubject,
    /// The fact needs a setting that is absent.
    NotConfigured,
    /// Muted, silenced, in maintenance or disabled: silence proves nothing.
    Suppressed,
    /// The credential can do more than this source needs.
    TooBroad,
    /// The provider does not tell what the credential can do.
    BreadthUnknown,
    /// A waiver, statement, token or artifact is past its end.
    Expired,
    /// Rests on a person's or the service's own word.
    SelfDeclared,
    /// Only a lower bound is known.
    LowerBound,
    /// No judgement was asked for.
    Informational,
}

impl Reason {
    /// All of them, in the order of the protocol.
    pub const ALL: [Self; 34] = [
        Self::ThresholdMissed,
        Self::BadState,
        Self::Degraded,
        Self::InProgress,
        Self::AwaitingApproval,
        Self::OutsideWindow,
        Self::NoData,
        Self::Stale,
        Self::Future,
        Self::NoTime,
        Self::NotANumber,
        Self::OutOfDomain,
        Self::Ambiguous,
        Self::Incomplete,
        Self::PartialResponse,
        Self::InsufficientSample,
        Self::BaselineMissing,
        Self::UnrecognizedState,
        Self::Contradictory,
        Self::UnexpectedShape,
        Self::QueryRejected,
        Self::FilterNotApplied,
        Self::Denied,
        Self::Unavailable,
        Self::OtherSubject,
        Self::NoSubject,
        Self::NotConfigured,
        Self::Suppressed,
        Self::TooBroad,
        Self::BreadthUnknown,
        Self::Expired,
        Self::SelfDeclared,
        Self::LowerBound,
        Self::Informational,
    ];

    /// The code used in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThresholdMissed => "THRESHOLD_MISSED",
            Self::BadState => "BAD_STATE",
            Self::Degraded => "DEGRADED",
            Self::InProgress => "IN_PROGRESS",
            Self::AwaitingApproval => "AWAITING_APPROVAL",
            Self::OutsideWindow => "OUTSIDE_WINDOW",
            Self::NoData => "NO_DATA",
            Self::Stale => "STALE",
            Self::Future => "FUTURE",
            Self::NoTime => "NO_TIME",
            Self::NotANumber => "NOT_A_NUMBER",
            Self::OutOfDomain => "OUT_OF_DOMAIN",
            Self::Ambiguous => "AMBIGUOUS",
            Self::Incomplete => "INCOMPLETE",
            Self::PartialResponse => "PARTIAL_RESPONSE",
            Self::InsufficientSample => "INSUFFICIENT_SAMPLE",
            Self::BaselineMissing => "BASELINE_MISSING",
            Self::UnrecognizedState => "UNRECOGNIZED_STATE",
            Self::Contradictory => "CONTRADICTORY",
            Self::UnexpectedShape => "UNEXPECTED_SHAPE",
            Self::QueryRejected => "QUERY_REJECTED",
            Self::FilterNotApplied => "FILTER_NOT_APPLIED",
            Self::Denied => "DENIED",
            Self::Unavailable => "UNAVAILABLE",
            Self::OtherSubject => "OTHER_SUBJECT",
            Self::NoSubject => "NO_SUBJECT",
            Self::NotConfigured => "NOT_CONFIGURED",
            Self::Suppressed => "SUPPRESSED",
            Self::TooBroad => "TOO_BROAD",
            Self::BreadthUnknown => "BREADTH_UNKNOWN",
            Self::Expired => "EXPIRED",
            Self::SelfDeclared => "SELF_DECLARED",
            Self::LowerBound => "LOWER_BOUND",
            Self::Informational => "INFORMATIONAL",
        }
    }

    /// What a code stands for; `None` for any other text.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == code)
    }

    /// Whether the reason is about the time of the data and nothing else.
    pub const fn is_about_time(self) -> bool {
        matches!(self, Self::Stale | Self::Future | Self::NoTime)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
