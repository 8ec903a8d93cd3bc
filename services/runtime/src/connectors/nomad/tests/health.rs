//! What Nomad would have to say for an allocation to be healthy.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::json::{entries, list, text};

const NOW: &str = "2026-05-03T09:30:00Z";

/// What the checks of an allocation tell.
pub enum Told {
    Good,
    Bad,
    Nothing,
}

/// Whether no task was started since then, which is a time that has been.
fn is_as_found(allocation: &Value, found: DateTime<Utc>) -> bool {
    let time = |it: &Value, key: &str| -> Option<DateTime<Utc>> { text(it, key).parse().ok() };
    let known: [DateTime<Utc>; 2] =
        ["1900-01-01T00:00:00Z", "2026-05-03T09:31:00Z"].map(|it| it.parse().unwrap());
    let states = entries(allocation, "/TaskStates");
    let begun = states
        .iter()
        .flat_map(|(_, it)| [time(it, "/StartedAt"), time(it, "/LastRestart")]);
    known[0] < found && found <= known[1] && begun.flatten().all(|it| it <= found)
}

/// Whether the allocation was found healthy within a day, and runs as it did then.
pub fn was_found_lately(allocation: &Value) -> bool {
    let found = text(allocation, "/DeploymentStatus/Timestamp").parse::<DateTime<Utc>>();
    let now: DateTime<Utc> = NOW.parse().unwrap();
    found.is_ok_and(|it| is_as_found(allocation, it) && now - it <= TimeDelta::days(1))
}

/// What the checks of an allocation tell now.
pub fn told(world: &Value, allocation: &Value) -> Told {
    let Some(answer) = world["checks"].get(text(allocation, "/ID")) else {
        return Told::Nothing;
    };
    let all: Vec<&Value> = match answer {
        Value::Object(all) => all.values().collect(),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => return Told::Bad,
    };
    let counts = |it: &&&Value| text(it, "/Mode") != "readiness";
    let is_fine = |it: &&Value| ["success", "pending"].contains(&text(it, "/Status"));
    let is_its = |it: &&Value| it["Group"] == allocation["Name"];
    if !all.iter().all(is_its) || !all.iter().filter(counts).all(is_fine) {
        return Told::Bad;
    }
    let job = &world["job"];
    let group = text(allocation, "/TaskGroup");
    let mut groups = list(job, "/TaskGroups").iter();
    let services = groups.find(|it| text(it, "/Name") == group);
    let services = services.map_or(&[][..], |it| list(it, "/Services"));
    let checks: usize = services.iter().map(|it| list(it, "/Checks").len()).sum();
    let are_its_own = services
        .iter()
        .all(|it| list(it, "/Checks").is_empty() || text(it, "/Provider") == "nomad");
    let now: DateTime<Utc> = NOW.parse().unwrap();
    let is_late = |it: &&Value| {
        let at = it["Timestamp"]
            .as_i64()
            .and_then(|it| DateTime::from_timestamp(it, 0));
        at.is_some_and(|at| is_as_found(allocation, at) && now - at <= TimeDelta::minutes(10))
    };
    let proves = |it: &&Value| text(it, "/Status") == "success" && is_late(it);
    let counted: Vec<_> = all.iter().copied().filter(|it| counts(&it)).collect();
    let is_newest = allocation["JobVersion"] == job["Version"];
    let is_told = is_newest && are_its_own && checks > 0 && all.len() >= checks;
    match is_told && !counted.is_empty() && counted.iter().all(proves) {
        true => Told::Good,
        false => Told::Nothing,
    }
}
