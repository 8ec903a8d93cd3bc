//! What became of an environment: its deployment, and the word of the people who guard it. Pure.

use chrono::{DateTime, Utc};
use passport_connector_sdk::ActorIds;
use passport_evidence::{Actors, Fact, FactName, Reason, Role, Status};

use super::super::{
    model::{Approval, DeploymentStatus, PendingDeployment},
    states,
};

pub const DEPLOYMENT_STATUS: FactName = FactName::fixed("deployment_status");
pub const APPROVAL: FactName = FactName::fixed("environment_approval");

/// What people said of a run, and what is still to be said.
#[derive(Debug, Default)]
pub struct Said {
    pub pending: Vec<PendingDeployment>,
    pub approvals: Vec<Approval>,
}

/// How the newest deployment of the commit is, as of what was last said of it.
pub fn deployment(
    environment: &str,
    read: &Result<DeploymentStatus, Reason>,
    now: DateTime<Utc>,
) -> Fact {
    let fact = match read {
        Err(reason) => Fact::unknown(DEPLOYMENT_STATUS, *reason).wanting(Some(states::success())),
        Ok(said) => {
            let fact = states::deployment(DEPLOYMENT_STATUS, &said.state);
            let at = match fact.status() == Status::Pending {
                true => Some(now),
                false => said.created_at,
            };
            fact.observed(at)
        }
    };
    fact.about(environment)
}

/// A rejection stays one; what is still waited for is pending; where nobody was asked there was
/// nothing to approve.
pub fn approval(environment: &str, read: &Result<Said, Reason>, ids: &ActorIds) -> Fact {
    let fact = match read {
        Err(reason) => Fact::unknown(APPROVAL, *reason).wanting(Some(states::approved())),
        Ok(said) => {
            let waiting = said.pending.iter().map(|it| (&it.environment, "waiting"));
            let decided = said.approvals.iter();
            let decided = decided.flat_map(|it| it.environments.iter().map(|at| (at, &*it.state)));
            let named = waiting
                .chain(decided)
                .filter(|(it, _)| it.name == environment);
            let parts: Vec<_> = named
                .map(|(_, word)| states::approval(APPROVAL, word))
                .collect();
            match parts.is_empty() {
                true => Fact::not_applicable(APPROVAL, Reason::Informational),
                false => Fact::fold(APPROVAL, &parts).involving(guards(environment, said, ids)),
            }
        }
    };
    fact.about(environment)
}

/// Those who decided about the environment. Who was asked and has not answered is nobody yet.
fn guards(environment: &str, said: &Said, ids: &ActorIds) -> Actors {
    let is_about = |it: &&Approval| it.environments.iter().any(|at| at.name == environment);
    let decided = said.approvals.iter().filter(is_about);
    let decided = decided.filter_map(|it| Some((role(&it.state)?, it.user.if_told())));
    let persons: Vec<_> = decided
        .map(|(role, user)| (role, user.map(|it| it.id.to_string())))
        .collect();
    ids.told(persons.iter().map(|(role, id)| (*role, id.as_deref())))
}

fn role(state: &str) -> Option<Role> {
    match state {
        "approved" => Some(Role::Approver),
        "rejected" => Some(Role::Decliner),
        _ => None,
    }
}
