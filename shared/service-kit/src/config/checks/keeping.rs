//! How long records are kept: long enough to be of use, and as long as what stands in them counts.

use std::time::Duration;

use passport_evidence::problem::Problem;
use serde_json::Value;

use crate::config::{model::MaxAge, path, places};

/// No records are kept for less.
const LEAST: Duration = Duration::from_secs(30 * 86_400);

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let Some(keep) = file.pointer("/gateway/keep_records").and_then(span) else {
        return Vec::new();
    };
    let at = path::key("gateway", "keep_records");
    if keep < LEAST {
        let fix = "write 30d or more, or leave it out to keep records for ever";
        return vec![Problem::new(at, "is shorter than 30d", fix)];
    }
    let policies = places::policies(file);
    let waivers = policies.iter().filter_map(|policy| {
        let longest = policy.value.pointer("/waivers/longest").and_then(span)?;
        (longest > keep).then(|| path::key(&path::key(&policy.path, "waivers"), "longest"))
    });
    let problem = |longest| {
        let reason = format!("is shorter than a waiver may last by {longest}");
        Problem::new(at.clone(), reason, "keep records for longer than that")
    };
    waivers.map(problem).collect()
}

fn span(value: &Value) -> Option<Duration> {
    let span = MaxAge::try_from(value.as_str()?.to_owned());
    span.ok().map(|it| it.0)
}
