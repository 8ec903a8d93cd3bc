//! What Nomad would have to say for a fact to pass, read from its answers themselves.

use std::collections::BTreeSet;

use passport_evidence::Fact;
use serde_json::Value;

use super::calm::is_unrestarted;
use super::health::{Told, told, was_found_lately};
use super::json::{entries, is_there, is_true, list, number, text};

/// The digest that is released.
pub const DIGEST: &str = "sha256:4444444444444444444444444444444444444444444444444444444444444444";
/// A job with what belongs to it.
pub struct World<'a>(pub &'a Value);

impl World<'_> {
    pub(super) fn job(&self) -> &Value {
        &self.0["job"]
    }

    fn kind(&self) -> &str {
        text(self.job(), "/Type")
    }

    fn is_batch(&self) -> bool {
        ["batch", "sysbatch"].contains(&self.kind())
    }

    fn is_parent(&self) -> bool {
        let job = self.job();
        let is_template = is_there(job, "/ParameterizedJob") && !is_true(job, "/Dispatched");
        is_template || is_there(job, "/Periodic")
    }

    fn is_over(&self) -> bool {
        is_true(self.job(), "/Stop") || text(self.job(), "/Status") == "dead"
    }

    fn is_current(&self, deployment: &Value) -> bool {
        let job = self.job();
        deployment.pointer("/JobVersion") == job.pointer("/Version")
            && deployment.pointer("/JobCreateIndex") == job.pointer("/CreateIndex")
    }

    fn is_deployed(&self) -> bool {
        let (job, found) = (self.job(), &self.0["deployment"]);
        let groups = entries(found, "/TaskGroups");
        let is_done = |(_, it): &(&String, &Value)| {
            let is_promoted = number(it, "/DesiredCanaries") == 0 || is_true(it, "/Promoted");
            is_promoted && number(it, "/HealthyAllocs") >= number(it, "/DesiredTotal")
        };
        let all = list(self.0, "/deployments");
        let was_reverted = |it: &Value| {
            number(it, "/JobVersion").checked_add(1) == Some(number(job, "/Version"))
                && it.pointer("/JobCreateIndex") == job.pointer("/CreateIndex")
                && text(it, "/Status") == "failed"
                && text(it, "/StatusDescription").contains("- rolling back to job version")
        };
        let is_known = ["service", "system", "batch", "sysbatch"].contains(&self.kind());
        is_known
            && !self.is_parent()
            && (self.is_batch() || !self.is_over())
            && !is_true(job, "/Stop")
            && self.is_current(found)
            && text(found, "/Status") == "successful"
            && !groups.is_empty()
            && groups.iter().all(is_done)
            && all.iter().any(|it| it["ID"] == found["ID"])
            && !all.iter().any(was_reverted)
            && self.asks_for_the_subject()
    }

    fn asks_for_the_subject(&self) -> bool {
        let groups = list(self.job(), "/TaskGroups").iter();
        let tasks: Vec<_> = groups.flat_map(|it| list(it, "/Tasks")).collect();
        let leader = tasks.iter().find(|it| is_true(it, "/Leader"));
        let task = leader.or(tasks.first());
        task.is_some_and(|it| text(it, "/Config/image").ends_with(&format!("@{DIGEST}")))
    }

    pub(super) fn allocations(&self) -> &[Value] {
        list(self.0, "/allocations")
    }

    pub(super) fn should_run(&self) -> Vec<&Value> {
        let all = self.allocations().iter();
        all.filter(|it| text(it, "/DesiredStatus") == "run")
            .collect()
    }

    /// Whether each allocation is there once, and what is wanted of each is understood.
    pub(super) fn are_clear(&self) -> bool {
        let all = self.allocations();
        let ids: BTreeSet<_> = all.iter().map(|it| text(it, "/ID")).collect();
        let known = ["run", "stop", "evict"];
        let is_known = |it: &Value| known.contains(&text(it, "/DesiredStatus"));
        ids.len() == all.len() && all.iter().all(is_known)
    }

    fn tasks(&self, group: &str) -> &[Value] {
        let mut groups = list(self.job(), "/TaskGroups").iter();
        let group = groups.find(|it| text(it, "/Name") == group);
        group.map_or(&[], |it| list(it, "/Tasks"))
    }

    /// Whether the tasks of an allocation are as they are to be; of one that is complete they all ended.
    fn tasks_are_well(&self, allocation: &Value) -> bool {
        let states = entries(allocation, "/TaskStates");
        let tasks = self.tasks(text(allocation, "/TaskGroup"));
        let is_newest = allocation.pointer("/JobVersion") == self.job().pointer("/Version");
        let is_well = |(name, state): &(&String, &Value)| {
            let task = tasks.iter().find(|it| it["Name"] == ***name);
            let hook = task.map_or("none", |it| match is_there(it, "/Lifecycle") {
                true => text(it, "/Lifecycle/Hook"),
                false => "main",
            });
            let is_sidecar = task.is_some_and(|it| is_true(it, "/Lifecycle/Sidecar"));
            let may_end = is_newest
                && match hook {
                    "main" => self.is_batch(),
                    "prestart" | "poststart" => !is_sidecar || self.is_batch(),
                    "poststop" => true,
                    _ => false,
                };
            !is_true(state, "/Failed")
                && match text(state, "/State") {
                    "running" => true,
                    "dead" => may_end,
                    "pending" => is_newest && hook == "poststop",
                    _ => false,
                }
        };
        let has = |task: &Value| states.iter().any(|(name, _)| task["Name"] == **name);
        !states.is_empty() && states.iter().all(is_well) && (!is_newest || tasks.iter().all(has))
    }

    fn has_verdict(&self, allocation: &Value) -> bool {
        let group = text(allocation, "/TaskGroup");
        let mut groups = list(self.job(), "/TaskGroups").iter();
        let group = groups.find(|it| text(it, "/Name") == group);
        let group = group.filter(|it| is_there(it, "/Update"));
        let update = group.unwrap_or(self.job());
        let check = text(update, "/Update/HealthCheck");
        let is_untold = !is_there(update, "/Update") || ["task_states", "manual"].contains(&check);
        let verdict = allocation.pointer("/DeploymentStatus/Healthy");
        let is_bad = verdict.is_some_and(|it| !it.is_null() && *it != Value::Bool(true));
        let is_good = is_untold
            || verdict.is_some_and(|it| *it == Value::Bool(true)) && was_found_lately(allocation);
        !is_bad
            && match told(self.0, allocation) {
                Told::Bad => false,
                Told::Good => true,
                Told::Nothing => is_good,
            }
    }

    fn runs(&self, allocation: &Value) -> bool {
        text(allocation, "/ClientStatus") == "running" && self.tasks_are_well(allocation)
    }

    /// Runs, and was found healthy as it runs, where that is told.
    fn serves(&self, allocation: &Value) -> bool {
        self.runs(allocation) && self.has_verdict(allocation)
    }

    fn is_available(&self) -> bool {
        let job = self.job();
        let is_system = ["system", "sysbatch"].contains(&self.kind());
        let mut desired: Vec<(&str, u64)> = Vec::new();
        if is_system {
            for (name, it) in entries(self.0, "/summary/Summary") {
                let keys = ["Running", "Queued", "Starting", "Failed", "Lost", "Unknown"];
                let sum = keys.iter().map(|key| number(it, &format!("/{key}"))).sum();
                desired.push((name, sum));
            }
        } else {
            for it in list(job, "/TaskGroups") {
                desired.push((text(it, "/Name"), number(it, "/Count")));
            }
        }
        let total: u64 = desired.iter().map(|(_, it)| it).sum();
        let names: BTreeSet<_> = desired.iter().map(|(name, _)| *name).collect();
        let serving: u64 = names
            .iter()
            .map(|name| {
                let all = desired.iter().filter(|(it, _)| it == name);
                let wanted: u64 = all.map(|(_, it)| it).sum();
                let found = self.should_run().into_iter();
                let found = found.filter(|it| text(it, "/TaskGroup") == *name);
                wanted.min(found.filter(|it| self.serves(it)).count() as u64)
            })
            .sum();
        self.are_clear()
            && !self.is_parent()
            && !self.is_over()
            && ["running", "pending"].contains(&text(job, "/Status"))
            && total > 0
            && serving >= total
    }

    fn is_healthy(&self) -> bool {
        let all = self.should_run();
        let is_well = |it: &&Value| match text(it, "/ClientStatus") {
            "complete" => self.is_batch() && self.tasks_are_well(it),
            _ => self.runs(it) && self.has_verdict(it),
        };
        let groups = entries(self.0, "/summary/Summary");
        let is_placed = |(_, it): &(&String, &Value)| it.pointer("/Queued") == Some(&0.into());
        self.are_clear()
            && !all.is_empty()
            && all.iter().all(is_well)
            && self
                .0
                .pointer("/summary/Summary")
                .is_some_and(Value::is_object)
            && groups.iter().all(is_placed)
    }

    /// Whether a fact may pass.
    pub fn may_pass(&self, fact: &Fact) -> bool {
        match fact.name().as_str() {
            "rollout_condition" => self.is_deployed(),
            "available_replicas" => self.is_available(),
            "container_health" => self.is_healthy(),
            "recent_restarts" => is_unrestarted(self),
            "image_digest" => self.asks_for_the_subject(),
            _ => false,
        }
    }
}
