//! States of a change, in words of ours.

use std::collections::BTreeMap;

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is written.
    New,
    /// It is looked at.
    Assess,
    /// Approvals are asked for.
    Authorize,
    /// It waits for its time.
    Scheduled,
    /// It is made.
    Implement,
    /// It was made, and is looked at.
    Review,
    /// It is over.
    Closed,
    /// It was given up.
    Canceled,
}

impl Word {
    /// Each with the code that ServiceNow ships ("State model and transitions").
    const SHIPPED: [(&str, Self); 8] = [
        ("-5", Self::New),
        ("-4", Self::Assess),
        ("-3", Self::Authorize),
        ("-2", Self::Scheduled),
        ("-1", Self::Implement),
        ("0", Self::Review),
        ("3", Self::Closed),
        ("4", Self::Canceled),
    ];

    /// The word itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Assess => "assess",
            Self::Authorize => "authorize",
            Self::Scheduled => "scheduled",
            Self::Implement => "implement",
            Self::Review => "review",
            Self::Closed => "closed",
            Self::Canceled => "canceled",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        let all = Self::SHIPPED.into_iter().map(|(_, word)| word);
        all.into_iter().find(|it| it.name() == name)
    }

    /// What codes mean where nobody changed them.
    pub fn shipped() -> BTreeMap<String, Self> {
        let all = Self::SHIPPED.into_iter();
        all.map(|(code, word)| (code.to_owned(), word)).collect()
    }
}
