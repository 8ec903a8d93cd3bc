//! What a release needs, as it holds for one scope.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Category, Evidence, FactName, MaxAge, SourceName};

use super::{decision::Mode, rules::Rule};

/// What a release needs, as it holds for one scope. The default holds everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatePolicy {
    /// What must be there and be good. Without any, every release is held.
    pub requirements: Vec<Requirement>,
    /// How much a decision binds.
    pub mode: Mode,
    /// Which parts of the subject the release has to name.
    pub binds: Binds,
    /// Facts whose values have to name one and the same artifact, from where it is built to where it
    /// runs. Fewer than two say nothing.
    pub chain: Vec<FactAt>,
    /// How many sources have to have answered with a fact that can be relied on.
    pub least_live_sources: usize,
    /// How many persons have to agree to this release.
    pub approvals: usize,
    /// The fact that has passed where the subject already runs.
    pub runs: Option<FactAt>,
    /// Which waivers count.
    pub waivers: WaiverRules,
    /// Further rules over what was found.
    pub rules: Vec<Rule>,
    /// How long evidence of a source may be relied on here, where that is less than its own max age.
    pub max_age: BTreeMap<SourceName, MaxAge>,
}

/// One thing that a release needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Whose facts.
    pub of: Wanted,
    /// Which of them, with all of their items. Without any: all that were judged, at least one.
    pub facts: Vec<FactName>,
    /// Whether it can stop a release.
    pub severity: Severity,
    /// What a fact that is not `passed` means.
    pub means: Means,
    /// Takes facts that a person or the customer's own system declares, of a source and of facts that are
    /// named here. They never count otherwise.
    pub accept_declared: bool,
}

/// Whose facts are wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// Those of one source.
    Source(SourceName),
    /// Those of every configured source of a category, of which there has to be one.
    Category(Category),
}

/// Whether a requirement can stop a release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Severity {
    /// It can.
    #[default]
    Blocks,
    /// It is shown as a warning only.
    Warns,
}

/// What a fact that is not `passed` means for a release. A failed one always blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// Of a fact that is good enough, with reservations.
    pub warning: Consequence,
    /// Of one that is not finished. Never less than [`Consequence::Hold`].
    pub pending: Consequence,
    /// Of one that could not be concluded, or that is not there. Never less than
    /// [`Consequence::Hold`].
    pub unknown: Consequence,
    /// Of one that has no meaning here.
    pub not_applicable: Consequence,
}

/// What follows, from the mildest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consequence {
    /// Nothing.
    Allow,
    /// It may go to a part of the traffic.
    Canary,
    /// A person has to agree.
    Approve,
    /// It has to wait.
    Hold,
    /// It may not go.
    Block,
}

/// Which parts of the subject a release has to name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Binds {
    /// The full commit id.
    pub revision: bool,
    /// A digest of the artifact.
    pub artifact_digest: bool,
}

/// A fact of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactAt {
    /// The source.
    pub source: SourceName,
    /// Name of the fact.
    pub fact: FactName,
}

/// Which waivers count. By default: none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaiverRules {
    /// Facts that can be waived.
    pub of: Vec<FactAt>,
    /// The longest that a waiver may last from when it was made. `None`: as long as it says.
    pub longest: Option<TimeDelta>,
    /// Whether a second person has to agree.
    pub second_actor: bool,
}

// === impl GatePolicy ===

impl GatePolicy {
    /// Whether what persons say can change a decision under this policy.
    pub fn hears_persons(&self) -> bool {
        let asks = |it: Consequence| it == Consequence::Approve;
        let of_means = |it: &Requirement| asks(it.means.warning) || asks(it.means.not_applicable);
        self.approvals > 0
            || !self.waivers.of.is_empty()
            || self.requirements.iter().any(of_means)
            || self.rules.iter().any(|it| asks(it.otherwise()))
    }

    /// Evidence as it counts under this policy at this moment: what is too old for it is `unknown`.
    pub fn aged(&self, evidence: Evidence, now: DateTime<Utc>) -> Evidence {
        let max_age = self.max_age.get(&evidence.source).copied();
        evidence.aged(max_age, now)
    }
}

// === impl Consequence ===

impl Consequence {
    /// All of them, from the mildest on.
    pub const ALL: [Self; 5] = [
        Self::Allow,
        Self::Canary,
        Self::Approve,
        Self::Hold,
        Self::Block,
    ];

    /// The word used in JSON, in the configuration and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Canary => "canary",
            Self::Approve => "approve",
            Self::Hold => "hold",
            Self::Block => "block",
        }
    }

    /// What a word stands for; `None` for any other text.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

// === impl Means ===

impl Means {
    /// What holds although it was configured: what nobody knows is never good enough.
    pub(super) fn of_pending(self) -> Consequence {
        self.pending.max(Consequence::Hold)
    }

    pub(super) fn of_unknown(self) -> Consequence {
        self.unknown.max(Consequence::Hold)
    }
}

impl Default for Means {
    /// Everything but a pass holds.
    fn default() -> Self {
        Self {
            warning: Consequence::Hold,
            pending: Consequence::Hold,
            unknown: Consequence::Hold,
            not_applicable: Consequence::Hold,
        }
    }
}

// === impl Wanted ===

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Source(name) => write!(f, "{name}"),
            Self::Category(category) => write!(f, "every source of {}", category.as_str()),
        }
    }
}

// === impl Requirement ===

impl Requirement {
    /// These facts of a source, or all, under the default rules.
    pub fn of(wanted: Wanted, facts: impl IntoIterator<Item = FactName>) -> Self {
        Self {
            of: wanted,
            facts: facts.into_iter().collect(),
            severity: Severity::default(),
            means: Means::default(),
            accept_declared: false,
        }
    }

    /// Whether somebody's word counts: only where the policy names whose, and about which fact.
    pub(super) fn takes_declared(&self) -> bool {
        let names_source = matches!(self.of, Wanted::Source(_));
        self.accept_declared && names_source && !self.facts.is_empty()
    }

    /// What is asked, in words.
    pub(super) fn words(&self) -> String {
        let facts: Vec<_> = self.facts.iter().map(ToString::to_string).collect();
        let facts = match facts.is_empty() {
            true => "all that is judged".to_owned(),
            false => facts.join(", "),
        };
        match self.severity {
            Severity::Blocks => format!("{facts} of {}", self.of),
            Severity::Warns => format!("{facts} of {}, as a warning", self.of),
        }
    }
}
