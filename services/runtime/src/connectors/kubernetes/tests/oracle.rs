//! What Kubernetes would have to say for a fact to pass, read from the objects themselves.

use passport_evidence::Fact;
use serde_json::Value;

use crate::cluster::Kind;

/// The digest that is released.
pub const DIGEST: &str = "sha256:4444444444444444444444444444444444444444444444444444444444444444";
/// When the window for restarts begins.
const WINDOW_BEGINS: &str = "2026-05-03T08:30:00Z";

/// A workload with what its selector picks.
pub struct World<'a> {
    pub kind: Kind,
    pub all: &'a Value,
}

pub fn list<'a>(of: &'a Value, pointer: &str) -> &'a [Value] {
    of.pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

pub fn text<'a>(of: &'a Value, pointer: &str) -> &'a str {
    of.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

pub fn is_there(of: &Value, pointer: &str) -> bool {
    of.pointer(pointer).is_some_and(|it| !it.is_null())
}

pub fn number(of: &Value, pointer: &str) -> u64 {
    of.pointer(pointer)
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

pub fn owned_by(object: &Value, uid: &str) -> bool {
    let owners = list(object, "/metadata/ownerReferences");
    let is_it = |it: &Value| it["controller"] == true && it["uid"] == uid;
    !uid.is_empty() && owners.iter().any(is_it)
}

fn has_ended(pod: &Value) -> bool {
    ["Failed", "Succeeded"].contains(&text(pod, "/status/phase"))
}

fn distinct(pods: &[&Value]) -> u64 {
    let ids: std::collections::BTreeSet<_> =
        pods.iter().map(|it| text(it, "/metadata/uid")).collect();
    ids.len() as u64
}

/// Whether the container was not restarted in the window.
pub fn is_unrestarted(pod: &Value) -> bool {
    let statuses = list(pod, "/status/containerStatuses").iter();
    let began = text(pod, "/status/startTime");
    let mut named = statuses.filter(|it| it["name"] == "api");
    named.all(|it| {
        let last = text(it, "/lastState/terminated/finishedAt");
        let is_old = !last.is_empty() && last < WINDOW_BEGINS && began < WINDOW_BEGINS;
        number(it, "/restartCount") == 0 || is_old
    })
}

/// Whether the container is of the image that is released.
pub fn runs_the_subject(pod: &Value) -> bool {
    let statuses = list(pod, "/status/containerStatuses").iter();
    let mut named = statuses.filter(|it| it["name"] == "api").peekable();
    named.peek().is_some() && named.all(|it| text(it, "/imageID").ends_with(DIGEST))
}

impl World<'_> {
    fn workload(&self) -> &Value {
        &self.all["workload"]
    }

    /// Desired, current, updated, available.
    fn counts(&self) -> [u64; 4] {
        let of = self.workload();
        let replicas = of
            .pointer("/spec/replicas")
            .filter(|it| !it.is_null())
            .map_or(1, |it| it.as_u64().unwrap());
        match self.kind {
            Kind::DaemonSet => ["desired", "current", "updated", "available"].map(|it| {
                let key = match it {
                    "available" => "numberAvailable".to_owned(),
                    other => format!("{other}NumberScheduled"),
                };
                number(of, &format!("/status/{key}"))
            }),
            Kind::Deployment | Kind::StatefulSet => [
                replicas,
                number(of, "/status/replicas"),
                number(of, "/status/updatedReplicas"),
                number(of, "/status/availableReplicas"),
            ],
        }
    }

    fn is_observed(&self) -> bool {
        let of = self.workload();
        is_there(of, "/metadata/generation")
            && of.pointer("/metadata/generation") == of.pointer("/status/observedGeneration")
    }

    fn is_complete(&self) -> bool {
        let of = self.workload();
        let [desired, current, updated, available] = self.counts();
        let conditions = list(of, "/status/conditions");
        let progressing: Vec<_> = conditions
            .iter()
            .filter(|it| it["type"] == "Progressing")
            .collect();
        let as_its_kind = match self.kind {
            Kind::Deployment => {
                let progressed = match progressing.as_slice() {
                    [] => number(of, "/spec/progressDeadlineSeconds") == 2_147_483_647,
                    [it] => it["status"] == "True" && it["reason"] == "NewReplicaSetAvailable",
                    _ => false,
                };
                progressed && of.pointer("/spec/paused") != Some(&Value::Bool(true))
            }
            Kind::StatefulSet => {
                let revision = text(of, "/status/updateRevision");
                is_there(of, "/status/updateRevision")
                    && revision == text(of, "/status/currentRevision")
            }
            Kind::DaemonSet => true,
        };
        let strategy = text(of, "/spec/updateStrategy/type");
        let is_known = ["RollingUpdate", "OnDelete"].contains(&strategy);
        let fails = |it: &Value| it["type"] == "ReplicaFailure" && it["status"] == "True";
        as_its_kind
            && (self.kind == Kind::Deployment || is_known)
            && self.is_observed()
            && !is_there(of, "/metadata/deletionTimestamp")
            && !conditions.iter().any(fails)
            && desired > 0
            && [current, updated] == [desired; 2]
            && available >= desired
    }

    fn members(&self) -> Vec<&Value> {
        let uid = text(self.workload(), "/metadata/uid");
        let sets = list(self.all, "/sets").iter();
        let sets = sets.filter(|it| owned_by(it, uid));
        let owners: Vec<_> = match self.kind {
            Kind::Deployment => sets.map(|it| text(it, "/metadata/uid")).collect(),
            Kind::StatefulSet | Kind::DaemonSet => vec![uid],
        };
        let pods = list(self.all, "/pods").iter();
        pods.filter(|pod| owners.iter().any(|it| owned_by(pod, it)))
            .collect()
    }

    fn newest(&self) -> Vec<&Value> {
        const REVISION: &str = "/metadata/annotations/deployment.kubernetes.io~1revision";
        let of = self.workload();
        let sets = list(self.all, "/sets").iter();
        let sets: Vec<_> = sets
            .filter(|it| is_there(of, REVISION) && it.pointer(REVISION) == of.pointer(REVISION))
            .map(|it| text(it, "/metadata/uid"))
            .collect();
        let hash = of.pointer("/status/updateRevision");
        let is_newest = |pod: &&Value| match self.kind {
            Kind::Deployment => sets.iter().any(|it| owned_by(pod, it)),
            Kind::StatefulSet => pod.pointer("/metadata/labels/controller-revision-hash") == hash,
            Kind::DaemonSet => true,
        };
        let kept = self.kept().into_iter();
        kept.filter(is_newest).collect()
    }

    fn kept(&self) -> Vec<&Value> {
        let members = self.members().into_iter();
        members
            .filter(|it| !is_there(it, "/metadata/deletionTimestamp"))
            .collect()
    }

    fn are_all(&self) -> bool {
        let members = self.members();
        let is_gone = |it: &&Value| {
            self.kind == Kind::Deployment && is_there(it, "/metadata/deletionTimestamp")
        };
        let living = members
            .into_iter()
            .filter(|it| !has_ended(it) && !is_gone(it));
        let living: Vec<_> = living.collect();
        distinct(&living) >= self.counts()[1]
    }

    fn is_healthy(pod: &Value) -> bool {
        let statuses = list(pod, "/status/containerStatuses");
        let is_ready = |it: &Value| {
            is_there(it, "/state/running")
                && !is_there(it, "/state/waiting")
                && !is_there(it, "/state/terminated")
                && it["ready"] == true
        };
        let runs = |container: &Value| {
            let of_it = statuses.iter();
            let mut of_it = of_it
                .filter(|it| it["name"] == container["name"])
                .peekable();
            of_it.peek().is_some() && of_it.all(is_ready)
        };
        let conditions = list(pod, "/status/conditions").iter();
        let mut ready = conditions.filter(|it| it["type"] == "Ready").peekable();
        text(pod, "/status/phase") == "Running"
            && list(pod, "/spec/containers").iter().all(runs)
            && ready.peek().is_some()
            && ready.all(|it| it["status"] == "True")
    }

    /// Whether a fact may pass.
    pub fn may_pass(&self, fact: &Fact) -> bool {
        let [desired, _, updated, available] = self.counts();
        let (kept, newest) = (self.kept(), self.newest());
        match fact.name().as_str() {
            "rollout_condition" => self.is_complete(),
            "available_replicas" => self.is_observed() && desired > 0 && available >= desired,
            "container_health" => {
                let mut living = newest.iter().filter(|it| !has_ended(it)).peekable();
                distinct(&newest) >= updated
                    && living.peek().is_some()
                    && living.all(|it| Self::is_healthy(it))
            }
            "recent_restarts" => {
                self.are_all() && !kept.is_empty() && kept.iter().all(|it| is_unrestarted(it))
            }
            "image_digest" => {
                let mut living = kept.iter().filter(|it| !has_ended(it)).peekable();
                self.are_all() && living.peek().is_some() && living.all(|it| runs_the_subject(it))
            }
            _ => false,
        }
    }
}
