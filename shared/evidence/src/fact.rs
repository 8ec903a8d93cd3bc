//! One thing that was found out about the scope.

mod reading;

use chrono::{DateTime, Utc};

use crate::{
    actor::Actors,
    excerpts::Excerpts,
    names::FactName,
    query_digest::QueryDigest,
    reason::Reason,
    state::{Meaning, StateTable},
    status::Status,
    threshold::{Threshold, Verdict},
    value::Value,
};

/// One thing that was found out about the scope.
///
/// There is no way to make one from a status: it is *measured* and judged, looked up as a *state*,
/// *folded* from such facts, or says that nothing could be concluded. Afterwards it can only lose:
/// [`Fact::doubt`] and [`Fact::contradict`] take a pass away, nothing gives one back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub(crate) name: FactName,
    pub(crate) status: Status,
    pub(crate) value: Option<Value>,
    pub(crate) threshold: Option<Threshold>,
    pub(crate) item: Option<String>,
    pub(crate) reason: Option<Reason>,
    pub(crate) observed_at: Option<DateTime<Utc>>,
    pub(crate) link: Option<String>,
    pub(crate) excerpts: Excerpts,
    pub(crate) query: Option<QueryDigest>,
    pub(crate) baseline: Option<Value>,
    pub(crate) actors: Actors,
}

/// What a measured value is judged against.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// What was wanted. `None`: no judgement was asked for.
    pub threshold: Option<Threshold>,
    /// Missing this one as well as meeting the first gives a warning.
    pub warn_threshold: Option<Threshold>,
}

impl From<Threshold> for Limits {
    fn from(threshold: Threshold) -> Self {
        Self {
            threshold: Some(threshold),
            warn_threshold: None,
        }
    }
}

// === impl Fact: making ===

impl Fact {
    /// A value judged against its limits. Without a threshold it is not applicable.
    pub fn measured(name: FactName, value: Value, limits: &Limits) -> Self {
        let (status, reason) = judge(&value, limits);
        Self {
            value: Some(value),
            threshold: limits.threshold.clone(),
            ..Self::bare(name, status, reason)
        }
    }

    /// A provider's state, looked up in the table of its known states.
    pub fn state(name: FactName, state: &str, table: &StateTable) -> Self {
        let (status, reason) = match table.meaning(state) {
            Meaning::Passed => (Status::Passed, None),
            Meaning::Warning(reason) => (Status::Warning, Some(reason)),
            Meaning::Failed(reason) => (Status::Failed, Some(reason)),
            Meaning::Pending(reason) => (Status::Pending, Some(reason)),
            Meaning::Unknown(reason) => (Status::Unknown, Some(reason)),
            Meaning::NotApplicable(reason) => (Status::NotApplicable, Some(reason)),
        };
        Self {
            value: Some(state.into()),
            ..Self::bare(name, status, reason)
        }
    }

    /// Nothing could be concluded.
    pub fn unknown(name: FactName, reason: Reason) -> Self {
        Self::bare(name, Status::Unknown, Some(reason))
    }

    /// Not finished.
    pub fn pending(name: FactName, reason: Reason) -> Self {
        Self::bare(name, Status::Pending, Some(reason))
    }

    /// The question does not arise.
    pub fn not_applicable(name: FactName, reason: Reason) -> Self {
        Self::bare(name, Status::NotApplicable, Some(reason))
    }

    /// One fact from its parts: the heaviest part decides, and the time is the oldest of theirs.
    /// Over no parts it is unknown.
    pub fn fold(name: FactName, parts: &[Self]) -> Self {
        let Some(decides) = parts.iter().rev().max_by_key(|part| part.status.weight()) else {
            return Self::unknown(name, Reason::NoData);
        };
        let times = parts.iter().map(|part| part.observed_at);
        Self {
            name,
            item: None,
            observed_at: times.min().flatten(),
            ..decides.clone()
        }
    }

    fn bare(name: FactName, status: Status, reason: Option<Reason>) -> Self {
        Self {
            name,
            status,
            value: None,
            threshold: None,
            item: None,
            reason,
            observed_at: None,
            link: None,
            excerpts: Excerpts::default(),
            query: None,
            baseline: None,
            actors: Actors::default(),
        }
    }
}

fn judge(value: &Value, limits: &Limits) -> (Status, Option<Reason>) {
    let Some(threshold) = &limits.threshold else {
        return (Status::NotApplicable, Some(Reason::Informational));
    };
    match threshold.judge(value) {
        Verdict::Missed => (Status::Failed, Some(Reason::ThresholdMissed)),
        Verdict::Undecided => (Status::Unknown, Some(Reason::LowerBound)),
        Verdict::Incomparable => (Status::Unknown, Some(Reason::UnexpectedShape)),
        Verdict::Met => match limits.warn_threshold.as_ref().map(|warn| warn.judge(value)) {
            None | Some(Verdict::Met) => (Status::Passed, None),
            Some(Verdict::Missed) => (Status::Warning, Some(Reason::ThresholdMissed)),
            Some(Verdict::Undecided) => (Status::Unknown, Some(Reason::LowerBound)),
            Some(Verdict::Incomparable) => (Status::Unknown, Some(Reason::UnexpectedShape)),
        },
    }
}

// === impl Fact: saying more ===

impl Fact {
    /// When the provider's data was true.
    pub fn observed(mut self, at: Option<DateTime<Utc>>) -> Self {
        self.observed_at = at;
        self
    }

    /// What the fact is about, where one name covers several.
    pub fn about(mut self, item: impl Into<String>) -> Self {
        self.item = Some(item.into());
        self
    }

    /// Where a person can look. Must hold no secret and no query.
    pub fn linked(mut self, link: impl Into<String>) -> Self {
        self.link = Some(link.into());
        self
    }

    /// What log lines behind the fact look like. They must have been redacted.
    pub fn quoting(mut self, excerpts: Excerpts) -> Self {
        self.excerpts = excerpts;
        self
    }

    /// Which question it is the answer to.
    pub fn answering(mut self, query: Option<QueryDigest>) -> Self {
        self.query = query;
        self
    }

    /// What was found where things were well, such as before the release. Shown, never judged: what is wanted
    /// because of it stands in the threshold.
    pub fn compared_with(mut self, baseline: impl Into<Value>) -> Self {
        self.baseline = Some(baseline.into());
        self
    }

    /// Which persons are behind it. Shown, never judged.
    pub fn involving(mut self, actors: Actors) -> Self {
        self.actors = actors;
        self
    }

    /// What was found, beside a fact that could not be judged by it. Never judged.
    pub fn showing(mut self, value: impl Into<Value>) -> Self {
        if self.status != Status::Passed {
            self.value = Some(value.into());
        }
        self
    }

    /// What was wanted. A pass that does not meet it was none.
    pub fn wanting(mut self, threshold: Option<Threshold>) -> Self {
        let missed = match (&self.status, &threshold, &self.value) {
            (Status::Passed, Some(wanted), Some(value)) => wanted.judge(value) != Verdict::Met,
            _ => false,
        };
        self.threshold = threshold;
        if missed {
            self.contradict(Reason::Contradictory)
        } else {
            self
        }
    }

    /// Takes away what a doubtful answer can't prove: a pass or a warning becomes unknown, a
    /// failure stays.
    pub fn doubt(self, reason: Reason) -> Self {
        match self.status {
            Status::Passed | Status::Warning => self.contradict(reason),
            Status::Failed | Status::Pending | Status::Unknown | Status::NotApplicable => self,
        }
    }

    /// Takes every conclusion away. Of what may be about something else no person is told.
    pub fn contradict(mut self, reason: Reason) -> Self {
        if matches!(reason, Reason::OtherSubject | Reason::FilterNotApplied) {
            self.actors = Actors::default();
        }
        self.status = Status::Unknown;
        self.reason = Some(reason);
        self
    }

    /// Takes the value away, for facts whose figure may not be shown.
    pub fn without_value(mut self) -> Self {
        self.value = None;
        if self.status == Status::Passed {
            self.contradict(Reason::NoData)
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests;
