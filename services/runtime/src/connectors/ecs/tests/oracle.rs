//! What ECS would have to say for a fact to pass, read from the answers themselves.

use passport_evidence::Fact;
use serde_json::Value;

use super::calm::is_calm;
use super::look::{count, is, is_absent, list, text};

/// The moment of asking.
pub const NOW: i64 = 1_777_800_600;
/// The digest that is released.
pub const DIGEST: &str = "sha256:4444444444444444444444444444444444444444444444444444444444444444";

/// A service with all that belongs to it.
pub struct World<'a>(pub &'a Value);

/// The only item whose status is `PRIMARY`.
fn primary(all: &[Value]) -> Option<&Value> {
    let primary: Vec<_> = all
        .iter()
        .filter(|it| is(it, "status", "PRIMARY"))
        .collect();
    (primary.len() == 1).then(|| primary[0])
}

impl World<'_> {
    fn service(&self) -> &Value {
        &self.0["service"]
    }

    fn by_ecs(&self) -> bool {
        let service = self.service();
        is_absent(service, "deploymentController")
            || is(&service["deploymentController"], "type", "ECS")
    }

    fn primary(&self) -> Option<&Value> {
        let of_another = ["CODE_DEPLOY", "EXTERNAL"];
        let kind = text(&self.service()["deploymentController"], "type");
        match self.by_ecs() {
            true => primary(list(self.service(), "deployments")),
            false if kind.is_some_and(|it| of_another.contains(&it)) => {
                primary(list(self.service(), "taskSets"))
            }
            false => None,
        }
    }

    /// Whether what shall serve is complete by itself.
    fn is_complete(&self) -> bool {
        let service = self.service();
        let (Some(primary), Some(desired)) = (self.primary(), count(service, "desiredCount"))
        else {
            return false;
        };
        let others = |key: &str| {
            let all = list(service, key).iter();
            all.filter(|it| !is(it, "status", "PRIMARY"))
                .collect::<Vec<_>>()
        };
        let runs = count(primary, "runningCount");
        let as_rolled_out = match self.by_ecs() {
            true => {
                let is_gone = |it: &&Value| {
                    is(it, "status", "INACTIVE")
                        && count(it, "runningCount") == Some(0)
                        && count(it, "pendingCount") == Some(0)
                };
                is(primary, "rolloutState", "COMPLETED")
                    && count(primary, "desiredCount") == Some(desired)
                    && count(primary, "pendingCount") == Some(0)
                    && runs == Some(desired)
                    && others("deployments").iter().all(is_gone)
            }
            false => {
                is(primary, "stabilityStatus", "STEADY_STATE")
                    && primary["scale"]["value"].as_f64() == Some(100.0)
                    && is(&primary["scale"], "unit", "PERCENT")
                    && runs.is_some_and(|it| it >= desired)
                    && others("taskSets")
                        .iter()
                        .all(|it| is(it, "status", "DRAINING"))
            }
        };
        is(service, "status", "ACTIVE") && desired > 0 && as_rolled_out
    }

    /// The words of the newest rollouts; `None`: they can't be told.
    fn newest(&self) -> Option<Vec<&str>> {
        let all = self.0.get("rollouts")?.as_array()?;
        let times = all.iter().map(|it| it.get("createdAt")?.as_f64());
        let times: Vec<f64> = times.collect::<Option<_>>()?;
        let last = times.iter().copied().fold(f64::MIN, f64::max);
        let newest = all.iter().zip(&times).filter(|(_, at)| **at == last);
        newest.map(|(it, _)| text(it, "status")).collect()
    }

    fn are_rollouts_readable(&self) -> bool {
        self.0.get("rollouts").is_some_and(|it| {
            it.as_array().is_some_and(|all| {
                all.iter().all(|it| {
                    let texts = ["serviceDeploymentArn", "serviceArn", "status"];
                    it.is_object()
                        && texts
                            .iter()
                            .all(|key| is_absent(it, key) || text(it, key).is_some())
                        && (is_absent(it, "createdAt")
                            || it["createdAt"].as_f64().is_some_and(|at| at.abs() < 1e11))
                })
            })
        })
    }

    fn may_be_rolled_out(&self) -> bool {
        if !self.by_ecs() {
            return true;
        }
        match self.newest() {
            _ if !self.are_rollouts_readable() => false,
            Some(words) if words.is_empty() => self.are_events_quiet(),
            Some(words) => words.iter().all(|it| *it == "SUCCESSFUL"),
            None => false,
        }
    }

    fn are_events_quiet(&self) -> bool {
        let events = self.service().get("events").and_then(Value::as_array);
        events.is_some_and(|all| {
            all.iter().all(|it| {
                text(it, "message")
                    .is_some_and(|it| !it.contains("deployment failed") && !it.contains("rolling"))
            })
        })
    }

    /// A rollback that has ended is no fault of what serves since.
    fn is_own_rollout_over(&self) -> bool {
        let over = [
            "SUCCESSFUL",
            "STOPPED",
            "ROLLBACK_SUCCESSFUL",
            "ROLLBACK_FAILED",
        ];
        let is_over =
            |words: Vec<&str>| words.is_empty() || words.iter().any(|it| over.contains(it));
        !self.by_ecs() || self.are_rollouts_readable() && self.newest().is_some_and(is_over)
    }

    fn staying(&self) -> Vec<&Value> {
        let all = list(self.0, "running").iter();
        all.filter(|it| !is(it, "desiredStatus", "STOPPED"))
            .collect()
    }

    fn are_all_there(&self) -> bool {
        let all = list(self.0, "running");
        let run = all
            .iter()
            .filter(|it| is(it, "lastStatus", "RUNNING"))
            .count() as u64;
        let ids: std::collections::BTreeSet<_> =
            all.iter().filter_map(|it| text(it, "taskArn")).collect();
        ids.len() == 2 && count(self.service(), "runningCount").is_some_and(|it| run >= it)
    }

    fn runs_the_subject(task: &Value) -> bool {
        let containers = list(task, "containers").iter();
        let named: Vec<_> = containers.filter(|it| is(it, "name", "api")).collect();
        named.len() == 1 && is(named[0], "imageDigest", DIGEST)
    }

    fn enough_run(&self) -> bool {
        let service = self.service();
        let desired = count(service, "desiredCount");
        let of_parts = match self.by_ecs() {
            true => {
                let all = list(service, "deployments").iter();
                all.map(|it| count(it, "runningCount")).sum::<Option<u64>>()
            }
            false => self.primary().and_then(|it| count(it, "runningCount")),
        };
        let enough = |it: Option<u64>| it.zip(desired).is_some_and(|(it, desired)| it >= desired);
        is(service, "status", "ACTIVE")
            && desired.is_some_and(|it| it > 0)
            && enough(of_parts)
            && enough(count(service, "runningCount"))
    }

    /// Whether a fact may pass.
    pub fn may_pass(&self, fact: &Fact) -> bool {
        let staying = self.staying();
        match fact.name().as_str() {
            "rollout_condition" => self.is_complete() && self.may_be_rolled_out(),
            "task_definition" => {
                let serves = self.primary().and_then(|it| text(it, "taskDefinition"));
                self.is_complete()
                    && self.is_own_rollout_over()
                    && serves.is_some_and(|it| it.ends_with("checkout-api:42"))
            }
            "available_replicas" => self.enough_run(),
            "container_health" => {
                self.are_all_there()
                    && !staying.is_empty()
                    && staying.iter().all(|it| {
                        is(it, "desiredStatus", "RUNNING")
                            && is(it, "lastStatus", "RUNNING")
                            && is(it, "connectivity", "CONNECTED")
                            && is(it, "healthStatus", "HEALTHY")
                    })
            }
            "recent_restarts" => is_calm(self.0),
            "image_digest" => {
                self.are_all_there()
                    && !staying.is_empty()
                    && staying.iter().all(|it| Self::runs_the_subject(it))
            }
            _ => false,
        }
    }
}
