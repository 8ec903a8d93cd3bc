//! How broad a credential is, as a fact.

use chrono::{DateTime, Utc};
use passport_evidence::{
    Fact, Meaning, Reason, StateTable, Threshold, freshness::CREDENTIAL_SCOPE,
};

/// How broad a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breadth {
    /// It can do what the source needs, and no more.
    Narrow,
    /// It reads more than the source needs.
    Broad,
    /// It may change things, or read secrets.
    WriteCapable,
    /// The provider does not tell.
    Unverifiable,
    /// No credential is sent.
    NoneSent,
}

const TABLE: StateTable = StateTable::new(&[
    ("narrow", Meaning::Passed),
    ("broad", Meaning::Warning(Reason::TooBroad)),
    ("write_capable", Meaning::Failed(Reason::TooBroad)),
    ("unverifiable", Meaning::Unknown(Reason::BreadthUnknown)),
]);

impl Breadth {
    /// The fact that says so.
    pub fn fact(self, checked_at: DateTime<Utc>) -> Fact {
        let word = match self {
            Self::Narrow => "narrow",
            Self::Broad => "broad",
            Self::WriteCapable => "write_capable",
            Self::Unverifiable => "unverifiable",
            Self::NoneSent => {
                return Fact::not_applicable(CREDENTIAL_SCOPE, Reason::Informational);
            }
        };
        Fact::state(CREDENTIAL_SCOPE, word, &TABLE)
            .wanting(Some(Threshold::equals("narrow")))
            .observed(Some(checked_at))
    }
}
