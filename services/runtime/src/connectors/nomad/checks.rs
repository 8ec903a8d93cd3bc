//! What Nomad's own checks find of allocations now, after the page "nomad alloc checks command reference".
//! Nomad has had them since 1.4, for services that it keeps itself; those of Consul it does not know.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use passport_connector_sdk::{CollectRequest, Object};
use passport_evidence::freshness::SKEW;
use serde::Deserialize;
use serde_json::Value;

use super::{
    allocation::Allocation,
    client::Client,
    model::{Job, TaskGroup},
};

/// Allocations of a job that are asked for their checks. Of further ones the verdict tells.
const MOST_ASKED: usize = 50;
/// How old a check that passed may be. Intervals are seconds to minutes.
const LONGEST: TimeDelta = TimeDelta::minutes(10);
const UUID_LENGTH: usize = 36;
const STATUSES: [&str; 3] = ["success", "failure", "pending"];

/// What a check found when it was made last. What was answered to it is not read.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Check {
    /// Name of its allocation.
    group: String,
    /// `healthiness`, or `readiness` of one that no deployment waits for.
    mode: String,
    status: String,
    /// Seconds since 1970.
    timestamp: i64,
}

/// The checks of each allocation that told of them, by its id; `None`: the answer is not understood.
pub type Checks = BTreeMap<String, Option<Vec<Check>>>;

/// What an allocation's checks say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// All of them passed, the oldest then.
    PassedAt(DateTime<Utc>),
    /// One fails.
    Failing,
    /// Something that is not understood, or not of this allocation.
    Unclear,
}

// === impl Client ===

impl Client {
    /// The checks of the allocations that run. Each is asked once: what can't be had, as of a node that can't
    /// be reached, is left out.
    pub async fn checks(
        &self,
        job: &Job,
        allocations: &[Allocation],
        request: &CollectRequest,
    ) -> Checks {
        let has_some = |it: &&Allocation| {
            let group = job.group(&it.task_group);
            it.should_run() && it.runs() && group.and_then(TaskGroup::own_checks).is_some()
        };
        let asked = allocations
            .iter()
            .filter(has_some)
            .filter(|it| is_id(&it.id));
        let reads = asked.take(MOST_ASKED).map(|it| self.checks_of(it, request));
        join_all(reads).await.into_iter().flatten().collect()
    }

    async fn checks_of(
        &self,
        allocation: &Allocation,
        request: &CollectRequest,
    ) -> Option<(String, Option<Vec<Check>>)> {
        let path = ["v1", "client", "allocation", &allocation.id, "checks"];
        let ask = self.of_namespace(&path);
        let reply = self.provider.send_unsorted(ask, request).await.ok()?;
        let found = (reply.status() == 200).then(|| reply.json().ok().and_then(checks));
        Some((allocation.id.clone(), found?))
    }
}

/// The checks of an answer; `None` where it is none that is understood.
pub fn checks(answer: Value) -> Option<Vec<Check>> {
    let found: Option<BTreeMap<String, Object<Check>>> = serde_json::from_value(answer).ok()?;
    let found = found.unwrap_or_default().into_values();
    Some(found.map(|it| it.0).collect())
}

/// Whether it can be the id of an allocation, a UUID.
fn is_id(id: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_hexdigit() || it == b'-';
    (1..=UUID_LENGTH).contains(&id.len()) && id.bytes().all(is_part)
}

// === impl Live ===

impl Live {
    /// What an allocation of this group is told of by its checks; `None`: nothing. Those that the job's author
    /// told Nomad to overlook decide nothing.
    pub fn of(
        checks: Option<&[Check]>,
        allocation: &Allocation,
        group: Option<&TaskGroup>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let Some(checks) = checks else {
            return Some(Self::Unclear);
        };
        let counted: Vec<_> = checks.iter().filter(|it| it.mode != "readiness").collect();
        let is = |it: &Check, word: &str| it.status == word;
        let is_its = |it: &Check| allocation.name.as_deref() == Some(it.group.as_str());
        let is_known = |it: &Check| STATUSES.contains(&it.status.as_str());
        if !checks.iter().all(is_its) {
            Some(Self::Unclear)
        } else if counted.iter().any(|it| is(it, "failure")) {
            Some(Self::Failing)
        } else if !counted.iter().all(|it| is_known(it)) {
            Some(Self::Unclear)
        } else {
            let group = group.filter(|it| it.checks_all_itself())?;
            let are_all = group.own_checks().is_some_and(|it| checks.len() >= it);
            let have_passed = are_all && counted.iter().all(|it| is(it, "success"));
            oldest(&counted, now)
                .filter(|_| have_passed)
                .map(Self::PassedAt)
        }
    }
}

/// When the oldest was made, where all are of late.
fn oldest(checks: &[&Check], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let times = checks
        .iter()
        .map(|it| DateTime::from_timestamp(it.timestamp, 0));
    let times: Option<Vec<_>> = times.collect();
    let times = times?;
    let are_late = times
        .iter()
        .all(|it| now - it <= LONGEST && *it - now <= SKEW);
    times.into_iter().min().filter(|_| are_late)
}
