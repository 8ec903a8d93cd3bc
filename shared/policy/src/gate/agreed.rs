//! Whether enough persons agree to a release.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{
    decide::Asked,
    policy::Consequence,
    result::{RequirementResult, State},
    waiver::{Actor, Approval},
};

/// The persons who agree, and how many have to.
pub(super) struct Agreed<'a> {
    approvals: Vec<&'a Approval>,
    actors: BTreeSet<&'a Actor>,
    /// How many the policy wants of every release.
    always: usize,
    /// How many this one needs.
    needed: usize,
}

// === impl Agreed ===

impl<'a> Agreed<'a> {
    /// Nobody counts twice. One person at least has to agree where something else asks for a person.
    pub fn of(asked: &Asked<'a>, results: &[RequirementResult]) -> Self {
        let (scope, subject, now) = (asked.scope, asked.subject, asked.now);
        let always = asked.policy.approvals;
        let asks = results
            .iter()
            .any(|it| it.consequence == Consequence::Approve);
        let needed = always.max(usize::from(asks));
        let approvals = asked.approvals.iter();
        let approvals: Vec<_> = approvals
            .filter(|it| needed > 0 && it.counts(scope, subject, now))
            .collect();
        Self {
            actors: approvals.iter().map(|it| &it.actor).collect(),
            approvals,
            always,
            needed,
        }
    }

    fn are_enough(&self) -> bool {
        self.needed > 0 && self.actors.len() >= self.needed
    }

    /// Ids of the approvals that count.
    pub fn ids(&self) -> BTreeSet<String> {
        self.approvals.iter().map(|it| it.id.clone()).collect()
    }

    /// What became of the policy's wish that persons agree; `None` where it has none.
    pub fn told(&self) -> Option<RequirementResult> {
        if self.always == 0 {
            return None;
        }
        let requirement = format!("{} persons agree", self.always);
        let told = format!("{} have agreed", self.actors.len());
        Some(match self.are_enough() {
            true => RequirementResult::met(requirement, told),
            false => RequirementResult {
                consequence: Consequence::Approve,
                next_action: Some("have the release approved by another person".to_owned()),
                ..RequirementResult::missing(requirement, told)
            },
        })
    }

    /// Lets go what only waits for a person, once enough of them agree. It stays a reservation.
    pub fn accept(&self, result: &mut RequirementResult) {
        if result.consequence == Consequence::Approve && self.are_enough() {
            result.consequence = Consequence::Allow;
            result.state = State::Warned;
            result.next_action = None;
            let persons = self.actors.len();
            result.explanation += &format!("; agreed to by persons: {persons}");
        }
    }

    /// When so many approvals have ended that too few persons agree; `None` where that is so already,
    /// or nobody has to.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        let mut last = BTreeMap::new();
        for it in &self.approvals {
            let end = last.entry(&it.actor).or_insert(it.expires_at);
            *end = it.expires_at.max(*end);
        }
        let mut ends: Vec<_> = last.into_values().collect();
        ends.sort_by_key(|it| Reverse(*it));
        ends.get(self.needed.checked_sub(1)?).copied()
    }
}
