//! How many allocations serve, whichever version they are of.

use std::collections::BTreeMap;

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Status, Threshold};

use super::{AVAILABLE_REPLICAS, members::Members, standing::Standing};
use crate::connectors::nomad::{client::Snapshot, model::Job, settings::Wanted};

const OVER: StateTable = StateTable::new(&[("over", Meaning::Failed(Reason::BadState))]);

/// How many are wanted and how many there are, of one task group or of all.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    desired: u32,
    /// Certainly well.
    well: u32,
    /// On their way, or done.
    starting: u32,
    /// Perhaps well.
    untold: u32,
}

/// The fact. None at all is never enough, and what an update takes away for now is pending.
pub fn fact(members: &Members<'_>, snapshot: &Snapshot, wanted: &Wanted) -> Fact {
    let job = &snapshot.job;
    if job.is_parent() {
        return Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational);
    }
    let desired = match desired(snapshot, wanted) {
        Ok(desired) => desired,
        Err(reason) => return Fact::unknown(AVAILABLE_REPLICAS, reason),
    };
    let counts = Counts::of(members, &desired);
    let limits = least(counts.desired, wanted);
    if let Some(reason) = members.doubt {
        return Fact::unknown(AVAILABLE_REPLICAS, reason).wanting(limits.threshold);
    }
    match (job.is_over(), job.status.as_str()) {
        (true, _) => over(job, counts, &limits),
        (false, "running" | "pending") => judge(counts, &limits, members, wanted),
        (false, _) => {
            Fact::unknown(AVAILABLE_REPLICAS, Reason::UnrecognizedState).wanting(limits.threshold)
        }
    }
}

/// The fact where there is no job.
pub fn none(wanted: &Wanted) -> Fact {
    judged(0, &least(0, wanted))
}

/// A batch job that ended by itself is to have nothing that runs.
fn over(job: &Job, counts: Counts, limits: &Limits) -> Fact {
    match job.is_batch() && !job.stop {
        true => Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational)
            .showing(Quantity::count(counts.well.into())),
        false => Fact::state(AVAILABLE_REPLICAS, "over", &OVER)
            .showing(Quantity::count(counts.well.into()))
            .wanting(limits.threshold.clone()),
    }
}

fn judge(counts: Counts, limits: &Limits, members: &Members<'_>, wanted: &Wanted) -> Fact {
    let meets = |it: u32| judged(it, limits).status() == Status::Passed;
    let fact = judged(counts.well, limits);
    let may_be = counts.well.saturating_add(counts.untold);
    let will_be = may_be.saturating_add(counts.starting);
    let is_short = counts.well < counts.desired;
    if meets(counts.well) {
        fact
    } else if meets(may_be) {
        unknown(members, counts, limits)
    } else if is_short && (meets(will_be) || members.is_updating) {
        Fact::pending(AVAILABLE_REPLICAS, Reason::InProgress)
            .showing(Quantity::count(counts.well.into()))
            .wanting(limits.threshold.clone())
    } else if is_short {
        tolerated(counts, limits, wanted).unwrap_or(fact)
    } else {
        fact
    }
}

/// Some would decide it of which nothing certain is known.
fn unknown(members: &Members<'_>, counts: Counts, limits: &Limits) -> Fact {
    let reasons = members.wanted.iter().filter_map(|(_, it)| it.untold());
    let reason = reasons.max().map_or(Reason::NoData, |it| it.reason());
    Fact::unknown(AVAILABLE_REPLICAS, reason)
        .showing(Quantity::count(counts.well.into()))
        .wanting(limits.threshold.clone())
}

/// Fewer than are wanted are a warning only, where the source says how many are enough.
fn tolerated(counts: Counts, limits: &Limits, wanted: &Wanted) -> Option<Fact> {
    let fewer = Limits {
        threshold: at_least(wanted.min_available?.max(wanted.min_replicas)),
        warn_threshold: limits.threshold.clone(),
    };
    let fact = judged(counts.well, &fewer);
    (fact.status() == Status::Warning).then_some(fact)
}

fn judged(available: u32, limits: &Limits) -> Fact {
    let available = Quantity::count(available.into());
    Fact::measured(AVAILABLE_REPLICAS, available.into(), limits)
}

fn least(desired: u32, wanted: &Wanted) -> Limits {
    Limits {
        threshold: at_least(desired.max(wanted.min_replicas).max(1)),
        warn_threshold: None,
    }
}

fn at_least(count: u32) -> Option<Threshold> {
    format!(">= {count}").parse().ok()
}

/// How many are wanted of each task group that counts; of a system job as many as there are nodes for,
/// and no more are taken for running than the summary says.
fn desired(snapshot: &Snapshot, wanted: &Wanted) -> Result<BTreeMap<String, [u32; 2]>, Reason> {
    let mut desired: BTreeMap<String, [u32; 2]> = BTreeMap::new();
    if snapshot.job.is_system() {
        let summary = snapshot.summary.as_ref().map_err(|it| *it)?;
        let groups = summary.summary.iter().filter(|(it, _)| wanted.counts(it));
        let counts = groups.map(|(name, it)| (name.clone(), [it.placements(), it.running]));
        return Ok(counts.collect());
    }
    let groups = snapshot.job.task_groups.iter();
    for group in groups.filter(|it| wanted.counts(&it.name)) {
        let [wanted, _] = desired.entry(group.name.clone()).or_insert([0, u32::MAX]);
        *wanted = wanted.saturating_add(group.count);
    }
    Ok(desired)
}

// === impl Counts ===

impl Counts {
    /// Over all task groups. What one has too many is nothing to another that has too few.
    fn of(members: &Members<'_>, desired: &BTreeMap<String, [u32; 2]>) -> Self {
        let groups = desired.iter().map(|(name, [desired, at_most])| {
            let found = Self::of_group(members, name);
            let well = found.well.min(*desired).min(*at_most);
            let untold = found.untold.min(desired - well);
            let starting = found.starting.min(desired - well - untold);
            Self {
                desired: *desired,
                well,
                starting,
                untold,
            }
        });
        groups.fold(Self::default(), Self::plus)
    }

    fn of_group(members: &Members<'_>, name: &str) -> Self {
        let mut found = Self::default();
        let group = members
            .wanted
            .iter()
            .filter(|(it, _)| it.task_group == name);
        for (_, standing) in group {
            match standing {
                Standing::Well => found.well += 1,
                // What a batch job has done is nothing that is missing.
                Standing::Starting | Standing::Complete => found.starting += 1,
                // What was not found healthy may be so.
                Standing::Unjudged | Standing::Untold(_) => found.untold += 1,
                Standing::Lost | Standing::Unhealthy | Standing::TaskDead | Standing::Failed => {}
            }
        }
        found
    }

    fn plus(self, other: Self) -> Self {
        Self {
            desired: self.desired.saturating_add(other.desired),
            well: self.well.saturating_add(other.well),
            starting: self.starting.saturating_add(other.starting),
            untold: self.untold.saturating_add(other.untold),
        }
    }
}
