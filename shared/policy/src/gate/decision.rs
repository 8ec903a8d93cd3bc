//! What a gate concludes.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};

use super::{policy::Consequence, result::RequirementResult};

/// What a gate concludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Everything that is required has passed.
    Allow,
    /// Good enough for a part of the traffic.
    AllowWithCanary,
    /// A person has to agree.
    RequireApproval,
    /// Evidence is missing, stale, pending or unknown.
    Hold,
    /// Evidence says no.
    Block,
    /// The subject already runs, and evidence says no.
    RollbackRecommended,
}

/// How much a decision binds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// It is recorded only.
    #[default]
    Shadow,
    /// It warns.
    Advisory,
    /// It stops the pipeline.
    Enforce,
}

/// A decision with all that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was concluded.
    pub decision: Decision,
    /// How much it binds.
    pub mode: Mode,
    /// What became of each thing that is asked for, the deciding one first, the others in the order of
    /// the policy.
    pub requirements: Vec<RequirementResult>,
    /// Ids of the waivers that were applied.
    pub waivers: BTreeSet<String>,
    /// Ids of the approvals that counted; none where the policy wants none.
    pub approvals: BTreeSet<String>,
    /// The earliest moment at which evidence that the decision rests on is too old. `None`: it rests on
    /// no evidence that can be relied on.
    pub valid_until: Option<DateTime<Utc>>,
}

// === impl Decision ===

impl Decision {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Allow,
        Self::AllowWithCanary,
        Self::RequireApproval,
        Self::Hold,
        Self::Block,
        Self::RollbackRecommended,
    ];

    /// The word used in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::AllowWithCanary => "allow_with_canary",
            Self::RequireApproval => "require_approval",
            Self::Hold => "hold",
            Self::Block => "block",
            Self::RollbackRecommended => "rollback_recommended",
        }
    }

    /// What a word stands for; `None` for any other text.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// Whether the release may go, at least to a part of the traffic.
    pub const fn lets_go(self) -> bool {
        matches!(self, Self::Allow | Self::AllowWithCanary)
    }

    /// Whether evidence says no, and not only that too little is known.
    pub const fn says_no(self) -> bool {
        matches!(self, Self::Block | Self::RollbackRecommended)
    }

    pub(crate) const fn of(worst: Consequence, already_runs: bool) -> Self {
        match (worst, already_runs) {
            (Consequence::Allow, _) => Self::Allow,
            (Consequence::Canary, _) => Self::AllowWithCanary,
            (Consequence::Approve, _) => Self::RequireApproval,
            (Consequence::Hold, _) => Self::Hold,
            (Consequence::Block, false) => Self::Block,
            (Consequence::Block, true) => Self::RollbackRecommended,
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl Mode ===

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Shadow, Self::Advisory, Self::Enforce];

    /// The word used in JSON, in the configuration and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Advisory => "advisory",
            Self::Enforce => "enforce",
        }
    }

    /// What a word stands for; `None` for any other text.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

// === impl Decided ===

impl Decided {
    /// What would have to change for `allow`: what to do about each thing that stands against it, the
    /// deciding one first.
    pub fn until_allowed(&self) -> impl Iterator<Item = &str> {
        let against = self.requirements.iter();
        let against = against.filter(|it| it.consequence > Consequence::Allow);
        against.filter_map(|it| it.next_action.as_deref())
    }
}
