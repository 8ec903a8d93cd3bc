//! How a service's newest rollout ended, after the page "ServiceDeploymentBrief" of the API reference. Only
//! it tells a service that was rolled back from one that was rolled out.

use passport_aws_api::Moment;
use passport_connector_sdk::Object;
use passport_evidence::{Fact, Reason};

use super::{ROLLOUT_CONDITION, rollout::STATES};
use crate::connectors::ecs::{
    model::ServiceDeployment,
    scope::ScopeSettings,
    snapshot::{GOES_ON, Rollouts},
};

/// Words of a rollout that is being ended against its will.
const TURNS: [&str; 3] = [
    "STOP_REQUESTED",
    "ROLLBACK_REQUESTED",
    "ROLLBACK_IN_PROGRESS",
];
/// Words of one that was.
const ENDED: [&str; 3] = ["STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"];

/// How the newest rollout is.
#[derive(Debug, Clone)]
pub enum Newest {
    /// There was none.
    None,
    /// It ended well.
    Succeeded,
    /// It ended otherwise.
    Ended(Fact),
    /// It has not ended.
    Ongoing(Fact),
    /// It can't be told.
    Untold(Reason),
}

// === impl Newest ===

impl Newest {
    /// Of the newest that were listed. Of several that began together the worst counts.
    pub fn of(rollouts: &Rollouts, scope: &ScopeSettings) -> Result<Self, Reason> {
        let is_foreign = |it: &Object<ServiceDeployment>| {
            let arn = it.0.service_arn.as_deref();
            arn.is_some_and(|it| !scope.is_service(it))
        };
        if rollouts.all.iter().any(is_foreign) {
            return Ok(Self::Untold(Reason::FilterNotApplied));
        }
        let began = rollouts.all.iter().map(|it| it.0.created_at);
        let Some(began) = began.collect::<Option<Vec<Moment>>>() else {
            return Ok(Self::Untold(Reason::UnexpectedShape));
        };
        let Some(last) = began.iter().max() else {
            return Ok(match rollouts.has_more {
                true => Self::Untold(Reason::Incomplete),
                false => Self::None,
            });
        };
        // Which are listed first is not promised: the newest may be among the others.
        if rollouts.has_more && !began.is_sorted_by(|one, next| one >= next) {
            return Ok(Self::Untold(Reason::Incomplete));
        }
        let newest = rollouts
            .all
            .iter()
            .filter(|it| it.0.created_at == Some(*last));
        let each = newest.map(|it| Self::of_one(&it.0, rollouts));
        Ok(each.max_by_key(Self::weight).unwrap_or(Self::None))
    }

    fn of_one(newest: &ServiceDeployment, rollouts: &Rollouts) -> Self {
        let state = |word: &str| Fact::state(ROLLOUT_CONDITION, word, &STATES);
        let arn = newest.service_deployment_arn.as_deref();
        let mut ongoing = rollouts.ongoing.iter().map(|it| &it.0);
        let goes_back = ongoing.any(|it| {
            it.rollback.is_some() && arn.is_some() && it.service_deployment_arn.as_deref() == arn
        });
        match newest.status.as_deref() {
            Some("SUCCESSFUL") => Self::Succeeded,
            Some(word) if GOES_ON.contains(&word) && goes_back => {
                Self::Ongoing(state("ROLLBACK_IN_PROGRESS"))
            }
            Some(word) if GOES_ON.contains(&word) || TURNS.contains(&word) => {
                Self::Ongoing(state(word))
            }
            Some(word) if ENDED.contains(&word) => Self::Ended(state(word)),
            Some(_) => Self::Untold(Reason::UnrecognizedState),
            None => Self::Untold(Reason::UnexpectedShape),
        }
    }

    fn weight(&self) -> u8 {
        match self {
            Self::None => 0,
            Self::Succeeded => 1,
            Self::Untold(_) => 2,
            Self::Ongoing(_) => 3,
            Self::Ended(_) => 4,
        }
    }
}
