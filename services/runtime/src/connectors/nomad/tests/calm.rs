//! What Nomad would have to say for no restart to be recent.

use serde_json::Value;

use super::json::{entries, is_there, list, number, text};
use super::oracle::World;

/// When the window for restarts begins, twice.
const WINDOW_BEGINS: &str = "2026-05-03T08:30:00Z";
const WINDOW_BEGINS_NS: i64 = 1_777_797_000_000_000_000;

/// Whether no task was restarted, and no allocation replaced, within the window.
pub fn is_unrestarted(world: &World<'_>) -> bool {
    let version = world.job().pointer("/Version");
    let counted = world
        .allocations()
        .iter()
        .filter(|it| text(it, "/DesiredStatus") == "run" || it.pointer("/JobVersion") == version);
    let is_old = |at: Option<i64>| at.is_some_and(|at| at > 0 && at < WINDOW_BEGINS_NS);
    let is_calm = |(_, it): &(&String, &Value)| {
        let events = list(it, "/Events");
        let is_past = |event: &Value| {
            let kind = text(event, "/Type");
            !["Restarting", "Restart Signaled"].contains(&kind)
                || is_old(event.pointer("/Time").and_then(Value::as_i64))
        };
        let last = text(it, "/LastRestart");
        let is_dated = !last.is_empty() || number(it, "/Restarts") == 0;
        events.iter().all(is_past) && is_dated && (last.is_empty() || last < WINDOW_BEGINS)
    };
    let is_untouched = |it: &Value| {
        let events = list(it, "/RescheduleTracker/Events").iter();
        let mut times = events.map(|it| it.pointer("/RescheduleTime").and_then(Value::as_i64));
        times.all(is_old)
    };
    let tells = |it: &&Value| match text(it, "/ClientStatus") {
        "unknown" => false,
        "running" => is_there(it, "/TaskStates"),
        _ => true,
    };
    world.are_clear()
        && !world.should_run().is_empty()
        && world.should_run().iter().all(tells)
        && counted
            .into_iter()
            .all(|it| is_untouched(it) && entries(it, "/TaskStates").iter().all(is_calm))
}
