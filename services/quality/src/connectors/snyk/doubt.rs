//! How far a list of issues can be believed where it shows no more than is allowed.

use passport_evidence::{
    Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Status, Value,
};

/// Why it is not known that there is no more than is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing is concluded, for this reason.
    Unknown(Reason),
    /// Snyk counted more than it lists.
    Fewer,
    /// Issues of this severity are declared to be hidden.
    Hidden,
    /// What is hidden was not declared.
    NotDeclared,
}

const WARNINGS: StateTable = StateTable::new(&[
    ("fewer", Meaning::Warning(Reason::Contradictory)),
    ("hidden", Meaning::Warning(Reason::Suppressed)),
    ("not_declared", Meaning::Warning(Reason::NotConfigured)),
]);
const IGNORED: StateTable = StateTable::new(&[("some", Meaning::Warning(Reason::ThresholdMissed))]);

// === impl Doubt ===

impl Doubt {
    /// The gravest of several.
    pub fn gravest(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        all.into_iter().min_by_key(|it| it.rank())
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Unknown(Reason::Suppressed) => 0,
            Self::Unknown(Reason::FilterNotApplied) => 1,
            Self::Unknown(Reason::NoData) => 4,
            Self::Unknown(Reason::Incomplete) => 3,
            Self::Unknown(_) => 2,
            Self::Fewer => 5,
            Self::Hidden => 6,
            Self::NotDeclared => 7,
        }
    }

    /// Whether there may be more than was counted.
    const fn leaves_more(self) -> bool {
        match self {
            Self::Unknown(Reason::Suppressed | Reason::NoData) => false,
            Self::Unknown(_) => true,
            // A warning stands only beside a figure that meets its threshold.
            Self::Fewer | Self::Hidden | Self::NotDeclared => false,
        }
    }

    /// The same as a reason.
    pub const fn reason(self) -> Reason {
        match self {
            Self::Unknown(reason) => reason,
            Self::Fewer => Reason::Contradictory,
            Self::Hidden => Reason::Suppressed,
            Self::NotDeclared => Reason::NotConfigured,
        }
    }

    fn fact(self, name: FactName) -> Fact {
        match self {
            Self::Unknown(reason) => Fact::unknown(name, reason),
            Self::Fewer => Fact::state(name, "fewer", &WARNINGS),
            Self::Hidden => Fact::state(name, "hidden", &WARNINGS),
            Self::NotDeclared => Fact::state(name, "not_declared", &WARNINGS),
        }
    }
}

/// A count judged against its limits: more than is allowed is more, however little else is
/// believed; anything else is only worth as much as the list.
pub fn judge(name: FactName, count: u64, limits: &Limits, doubt: Option<Doubt>) -> Fact {
    let value = match doubt.is_some_and(Doubt::leaves_more) {
        true => Value::AtLeast(Quantity::count(count)),
        false => Value::Exact(Quantity::count(count)),
    };
    let judged = Fact::measured(name.clone(), value.clone(), limits);
    let Some(doubt) = doubt else {
        return judged;
    };
    let is_nothing = count == 0 && doubt == Doubt::Unknown(Reason::NoData);
    match judged.status() {
        Status::Failed => judged,
        Status::NotApplicable if !is_nothing => judged,
        Status::Passed
        | Status::Warning
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => {
            let fact = doubt.fact(name);
            let shown = match is_nothing {
                true => fact,
                false => fact.showing(value),
            };
            shown.wanting(limits.threshold.clone())
        }
    }
}

/// How many were ignored: some are a warning, and none is one only of a list that is believed.
pub fn ignored(name: FactName, count: u64, limits: &Limits, doubt: Option<Doubt>) -> Fact {
    let wanted = limits.threshold.clone();
    match (count, doubt) {
        (0, None) => Fact::measured(name, Quantity::count(0).into(), limits),
        (0, Some(doubt)) => Fact::unknown(name, doubt.reason()).wanting(wanted),
        // Shown as a word: a figure that misses its threshold would be a failure, and this is none.
        (_, _) => Fact::state(name, "some", &IGNORED)
            .showing(count.to_string().as_str())
            .wanting(wanted),
    }
}
