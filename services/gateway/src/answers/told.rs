//! What a provider is told of a decision.

use passport_proto::collector::Word;

use crate::gate::{Verdict, watch::Watched};

/// What a provider is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub word: Word,
    pub comment: String,
    /// Nothing follows it.
    pub is_last: bool,
}

impl Told {
    /// A release goes where nothing stops it, and is stopped where an enforced policy says no; everything
    /// else waits, unless nothing can come of that.
    pub fn of(decided: &Watched) -> Self {
        let verdict = Verdict::of(&decided.passport, None);
        let (word, follows, is_last) = match verdict.stops() {
            false => (Word::GoOn, "go on", true),
            true if decided.passport.decision.says_no() => (Word::Stop, "stop", true),
            true => (Word::Wait, "wait", decided.outlook.is_settled),
        };
        Self {
            word,
            comment: verdict.line(follows),
            is_last,
        }
    }

    /// The gate could not be evaluated.
    pub fn undecided() -> Self {
        Self {
            word: Word::Wait,
            comment: "the gate could not be evaluated; deliver the webhook again".to_owned(),
            is_last: true,
        }
    }

    /// Its source is patient no longer.
    pub fn at_the_end(last: Option<Self>) -> Self {
        let last = last.unwrap_or_else(Self::undecided);
        Self {
            comment: format!("{}; not looked at any longer", last.comment),
            is_last: true,
            ..last
        }
    }
}
