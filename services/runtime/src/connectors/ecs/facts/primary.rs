//! What of a service shall serve.

use passport_evidence::Reason;

use crate::connectors::ecs::model::{Deployment, Objects, Service, TaskSet};

/// The tasks that shall serve.
#[derive(Debug, Clone, Copy)]
pub enum Primary<'a> {
    /// A deployment that ECS makes.
    Deployment(&'a Deployment),
    /// A set that another rolls out.
    Set(&'a TaskSet),
}

// === impl Service ===

impl Service {
    /// What shall serve.
    pub fn primary(&self) -> Result<Primary<'_>, Reason> {
        let controller = self.deployment_controller.as_ref();
        match controller.map(|it| it.0.kind.as_deref()) {
            None | Some(Some("ECS")) => {
                let all = one(&self.deployments, |it| it.status.as_deref())?;
                Ok(Primary::Deployment(all))
            }
            Some(Some("CODE_DEPLOY" | "EXTERNAL")) => {
                one(&self.task_sets, |it| it.status.as_deref()).map(Primary::Set)
            }
            Some(Some(_)) => Err(Reason::UnrecognizedState),
            Some(None) => Err(Reason::UnexpectedShape),
        }
    }
}

/// The only one with status `PRIMARY`.
fn one<T>(all: &Option<Objects<T>>, status: fn(&T) -> Option<&str>) -> Result<&T, Reason> {
    let all = all.as_deref().unwrap_or_default();
    if all.is_empty() {
        return Err(Reason::UnexpectedShape);
    }
    let mut primary = all.iter().map(|it| &it.0);
    let mut primary = primary.by_ref().filter(|it| status(it) == Some("PRIMARY"));
    match (primary.next(), primary.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Reason::Ambiguous),
        (None, _) => Err(Reason::NoData),
    }
}

// === impl Deployment ===

impl Deployment {
    /// Whether it has, or may have, tasks.
    pub fn is_there(&self) -> bool {
        let has_none = [self.running_count, self.pending_count] == [Some(0); 2];
        self.status.as_deref() != Some("INACTIVE") || !has_none
    }
}

// === impl Primary ===

impl<'a> Primary<'a> {
    /// What it runs, by the ARN of its task definition.
    pub fn task_definition(self) -> Option<&'a str> {
        match self {
            Self::Deployment(it) => it.task_definition.as_deref(),
            Self::Set(it) => it.task_definition.as_deref(),
        }
    }
}
