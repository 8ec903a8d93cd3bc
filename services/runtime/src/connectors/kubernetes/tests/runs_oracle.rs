//! What a Job, a CronJob and their pods would have to say for a fact to pass, read from the objects themselves.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::Fact;
use serde_json::Value;

use super::oracle::{is_there, is_unrestarted, list, number, owned_by, runs_the_subject, text};
use crate::connectors::kubernetes::batch::Kind;

fn time(of: &Value, pointer: &str) -> Option<DateTime<Utc>> {
    text(of, pointer).parse().ok()
}

/// The Job that a pass would be about.
fn judged(world: &Value, kind: Kind) -> Option<&Value> {
    let uid = text(&world["cron"], "/metadata/uid");
    let mut jobs: Vec<_> = match kind {
        Kind::Job => return world["jobs"].get(0),
        Kind::CronJob => list(world, "/jobs").iter().collect(),
    };
    jobs.retain(|it| owned_by(it, uid));
    jobs.into_iter()
        .max_by_key(|it| time(it, "/metadata/creationTimestamp"))
}

fn is_complete(job: &Value) -> bool {
    let conditions = list(job, "/status/conditions");
    let of = |kind: &'static str| conditions.iter().filter(move |it| it["type"] == kind);
    let is_true = |kind: &'static str| of(kind).any(|it| it["status"] == "True");
    let by_policy = |kind: &'static str| of(kind).any(|it| it["reason"] == "SuccessPolicy");
    let is_enough = by_policy("Complete") || by_policy("SuccessCriteriaMet");
    let least = match job.pointer("/spec/completions").and_then(Value::as_u64) {
        Some(all) if !is_enough => all,
        Some(_) | None => 1,
    };
    is_true("Complete")
        && of("Complete").count() == 1
        && !is_true("Failed")
        && !is_there(job, "/metadata/deletionTimestamp")
        && number(job, "/status/active") == 0
        && number(job, "/status/succeeded") >= least.max(1)
        && time(job, "/status/completionTime").is_some()
}

/// The pods of a Job, if all that it counts are there.
fn all_pods<'a>(world: &'a Value, job: &Value) -> Option<Vec<&'a Value>> {
    let uid = text(job, "/metadata/uid");
    let own = list(world, "/pods").iter().filter(|it| owned_by(it, uid));
    let own: Vec<_> = own
        .filter(|it| !is_there(it, "/metadata/deletionTimestamp"))
        .collect();
    let ids: BTreeSet<_> = own.iter().map(|it| text(it, "/metadata/uid")).collect();
    let counts = ["active", "succeeded", "failed"];
    let counted: u64 = counts
        .iter()
        .map(|it| number(job, &format!("/status/{it}")))
        .sum();
    (!own.is_empty() && ids.len() as u64 >= counted).then_some(own)
}

/// Whether a fact may pass.
pub fn may_pass(fact: &Fact, world: &Value, kind: Kind) -> bool {
    let Some(job) = judged(world, kind) else {
        return false;
    };
    let pods = all_pods(world, job);
    let all = |test: fn(&Value) -> bool| pods.iter().any(|it| it.iter().all(|it| test(it)));
    let cron = &world["cron"];
    match fact.name().as_str() {
        "rollout_condition" => {
            let end = time(job, "/status/completionTime");
            let is_of_release = all(runs_the_subject) && end <= fact.observed_at();
            let scheduled = time(cron, "/status/lastScheduleTime");
            let seen = time(cron, "/status/lastSuccessfulTime");
            let is_newest = kind == Kind::Job
                || (cron["spec"]["suspend"] != true
                    && !is_there(cron, "/metadata/deletionTimestamp")
                    && scheduled <= time(job, "/metadata/creationTimestamp")
                    && seen >= end);
            is_complete(job) && is_newest && (is_of_release || fact.observed_at() == end)
        }
        "recent_restarts" => all(is_unrestarted),
        "image_digest" => all(runs_the_subject),
        _ => false,
    }
}
