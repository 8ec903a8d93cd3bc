//! What was read of one service, once it is known to be of that service.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, ReadError};
use passport_evidence::Reason;

use super::{
    model::{DescribeServices, Failure, Objects, Progress, Service, ServiceDeployment, Task},
    scope::ScopeSettings,
};

/// Words of a rollout that goes on.
pub const GOES_ON: [&str; 2] = ["PENDING", "IN_PROGRESS"];

/// What was read of one service.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The service, or what is said instead.
    pub service: Found,
    /// How old that is.
    pub observed_at: DateTime<Utc>,
    /// Its newest rollouts, where ECS makes them.
    pub rollouts: Result<Rollouts, Reason>,
    /// Tasks that shall run.
    pub running: Result<Tasks, Reason>,
    /// Tasks that shall not.
    pub stopped: Result<Tasks, Reason>,
}

/// What ECS says of a service by its name.
#[derive(Debug, Clone)]
pub enum Found {
    /// It is there.
    Service(Box<Service>),
    /// There is none.
    Missing,
    /// Neither is said.
    Untold(Reason),
}

/// The newest rollouts of a service.
#[derive(Debug, Clone)]
pub struct Rollouts {
    pub all: Objects<ServiceDeployment>,
    /// Those that go on, more closely.
    pub ongoing: Objects<Progress>,
    /// Whether there are more.
    pub has_more: bool,
    pub observed_at: DateTime<Utc>,
}

/// Tasks of a service.
#[derive(Debug, Clone)]
pub struct Tasks {
    pub all: Vec<Task>,
    /// Whether each that was listed was described, to the last page.
    pub are_all: bool,
    pub observed_at: DateTime<Utc>,
}

/// What an answer says of the one service that was asked for. About another it says nothing.
pub fn sorted(answer: DescribeServices, scope: &ScopeSettings) -> Result<Found, ReadError> {
    let services = answer.services.ok_or(ReadError::Shape)?;
    let failures = answer.failures.unwrap_or_default();
    let is_missing = |it: &Object<_>| reason(it) == Some("MISSING");
    let mut services = services.into_iter();
    match (services.next(), services.next(), failures.is_empty()) {
        (Some(_), Some(_), _) => Ok(Found::Untold(Reason::Ambiguous)),
        (Some(_), None, false) => Ok(Found::Untold(Reason::Contradictory)),
        (Some(Object(service)), None, true) => {
            service.check(scope)?;
            Ok(Found::Service(Box::new(service)))
        }
        (None, _, _) if failures.iter().any(is_missing) => Ok(Found::Missing),
        (None, _, true) => Ok(Found::Untold(Reason::NoData)),
        (None, _, false) => Ok(Found::Untold(Reason::Unavailable)),
    }
}

fn reason(failure: &Object<Failure>) -> Option<&str> {
    failure.0.reason.as_deref()
}

// === impl Service ===

impl Service {
    /// Whether ECS itself rolls it out.
    pub fn is_rolled_out_by_ecs(&self) -> bool {
        let controller = self.deployment_controller.as_ref();
        controller.is_none_or(|it| it.0.kind.as_deref() == Some("ECS"))
    }

    fn check(&self, scope: &ScopeSettings) -> Result<(), ReadError> {
        let names = (&self.service_name, &self.service_arn, &self.cluster_arn);
        let (Some(name), Some(arn), Some(cluster)) = names else {
            return Err(ReadError::Shape);
        };
        let is_it = *name == scope.service && scope.is_service(arn) && scope.is_cluster(cluster);
        is_it.then_some(()).ok_or(ReadError::OutOfScope)
    }
}

// === impl Tasks ===

impl Tasks {
    /// The tasks, each once, if they are the ones that were asked for.
    pub fn of_scope(
        mut self,
        arns: &BTreeSet<String>,
        scope: &ScopeSettings,
    ) -> Result<Self, Reason> {
        let group = format!("service:{}", scope.service);
        let mut seen = BTreeSet::new();
        for task in &self.all {
            let arn = task.task_arn.as_ref().ok_or(Reason::UnexpectedShape)?;
            let cluster = task.cluster_arn.as_ref().ok_or(Reason::UnexpectedShape)?;
            let is_of_service = task.group.as_ref().is_none_or(|it| *it == group);
            if !arns.contains(arn) || !scope.is_cluster(cluster) || !is_of_service {
                return Err(Reason::FilterNotApplied);
            }
            if !seen.insert(arn.clone()) {
                return Err(Reason::Ambiguous);
            }
        }
        self.are_all &= seen.len() == arns.len();
        Ok(self)
    }
}
