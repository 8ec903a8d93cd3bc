//! What may pass, read from the same JSON in another way.

use std::collections::BTreeSet;

use chrono::DateTime;
use serde_json::Value;

const DONE: [&str; 3] = ["completed", "canceled", "duplicate"];
const TO_DO: [&str; 4] = ["triage", "backlog", "unstarted", "started"];

/// Whether a fact may pass of these answers, where an approval is read by `by`.
pub fn may_pass(answers: &Value, by: &str, fact: &str) -> bool {
    let issue = &answers["data"]["issue"];
    let is_ours = is_ours(issue) && is_sound(answers, &["team", "identifier", "trashed"]);
    match fact {
        "linked_ticket" => {
            let is_there = ["trashed", "archivedAt"].map(|it| issue.get(it));
            is_ours
                && issue["identifier"] == "ENG-42"
                && is_there[0].is_some_and(|it| it.is_null() || *it == false)
                && is_there[1].is_some_and(Value::is_null)
        }
        "issue_state" => is_ours && is_sound(answers, &["state"]) && is_ready(issue, by),
        "release_approval" => {
            let parts = [if by == "label" { "labels" } else { "state" }, "history"];
            is_ours && is_sound(answers, &parts) && is_approved(issue, by)
        }
        "blocking_issue_count" => {
            is_ours && is_sound(answers, &["inverseRelations"]) && is_free(issue)
        }
        "release_scope_open_count" => is_out(answers),
        _ => false,
    }
}

/// Whether it is surely the issue that was asked for, in its team.
fn is_ours(issue: &Value) -> bool {
    let identifier = issue["identifier"].as_str().unwrap_or_default();
    let was = issue["previousIdentifiers"].as_array();
    let is_in_team = issue["team"]["key"] == "ENG" && identifier.starts_with("ENG-");
    let is_it = was.is_some_and(|it| identifier == "ENG-42" || it.iter().any(|it| it == "ENG-42"));
    is_in_team && is_it
}

/// Whether no error can be about these parts.
fn is_sound(answers: &Value, parts: &[&str]) -> bool {
    if answers["errors"].is_null() {
        return true;
    }
    let Some(errors) = answers["errors"].as_array() else {
        return false;
    };
    let places = |error: &Value| {
        let path = error["path"].as_array()?;
        let mut keys = path.iter().filter(|it| !it.is_number());
        match (keys.next(), keys.next()) {
            (Some(top), _) if top != "issue" => Some(String::new()),
            (_, Some(part)) => part.as_str().map(str::to_owned),
            (_, None) => Some("*".to_owned()),
        }
    };
    errors.iter().all(|error| match places(error) {
        Some(place) => place != "*" && !parts.contains(&place.as_str()),
        // It may be about anything, unless a gap explains it.
        None => {
            let always = [
                ("identifier", "a string"),
                ("previousIdentifiers", "a list"),
                ("team", "an object"),
                ("state", "an object"),
                ("labels", "an object"),
                ("inverseRelations", "an object"),
                ("history", "an object"),
            ];
            always.iter().any(|(part, _)| !is_readable(answers, part))
        }
    })
}

/// Whether a part of the issue has the form that it always has.
fn is_readable(answers: &Value, part: &str) -> bool {
    let part_of = &answers["data"]["issue"][part];
    let is_page = |row: fn(&Value) -> bool| {
        let rows = part_of["nodes"].as_array();
        rows.is_some_and(|it| it.iter().all(row)) && part_of["pageInfo"]["hasNextPage"].is_boolean()
    };
    match part {
        "identifier" => part_of.is_string(),
        "previousIdentifiers" => part_of
            .as_array()
            .is_some_and(|it| it.iter().all(Value::is_string)),
        "team" => part_of["key"].is_string(),
        "state" => part_of["id"].is_string() && part_of["type"].is_string(),
        "labels" => is_page(|it| it["id"].is_string()),
        "inverseRelations" => is_page(|it| {
            let issue = &it["issue"];
            it["type"].is_string() && issue["id"].is_string() && issue["state"]["type"].is_string()
        }),
        _ => is_page(|it| time(it).is_some()),
    }
}

fn is_ready(issue: &Value, by: &str) -> bool {
    let kind = issue["state"]["type"].as_str().unwrap_or_default();
    let is_listed = issue["state"]["id"] == "st-done";
    match by {
        "label" => is_listed && (kind == "completed" || TO_DO.contains(&kind)),
        _ => kind == "completed",
    }
}

fn is_approved(issue: &Value, by: &str) -> bool {
    let labels = issue["labels"]["nodes"].as_array().into_iter().flatten();
    let is_set = match by {
        "label" => labels.map(|it| &it["id"]).any(|it| it == "lb-approved"),
        _ => issue["state"]["id"] == "st-done",
    };
    let Some(entries) = issue["history"]["nodes"].as_array() else {
        return false;
    };
    let holds = |list: &Value| {
        let all = list.as_array().into_iter().flatten();
        all.into_iter().any(|it| it == "lb-approved")
    };
    let sets = |entry: &Value| match by {
        "label" => holds(&entry["addedLabelIds"]),
        _ => entry["toStateId"] == "st-done",
    };
    let takes = |entry: &Value| match by {
        "label" => holds(&entry["removedLabelIds"]),
        _ => entry["toStateId"].is_string() && entry["toStateId"] != "st-done",
    };
    let times: Vec<_> = entries.iter().map(time).collect();
    let about = entries.iter().filter(|it| sets(it) || takes(it));
    let last = about.clone().filter_map(time).max();
    let mut newest = about.filter(|it| time(it) == last);
    let is_newest_first = times.is_sorted_by(|one, next| one >= next);
    let is_all = issue["history"]["pageInfo"]["hasNextPage"] == false || is_newest_first;
    is_set
        && is_all
        && last.is_some()
        && newest.all(|it| sets(it) && !takes(it) && it["actorId"] == "us-1")
}

fn time(entry: &Value) -> Option<i64> {
    let text = entry["createdAt"].as_str()?;
    Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros())
}

/// Whether surely nothing open blocks it.
fn is_free(issue: &Value) -> bool {
    let relations = &issue["inverseRelations"];
    let is_no_matter = |it: &Value| {
        let kind = it["issue"]["state"]["type"].as_str().unwrap_or_default();
        matches!(
            it["type"].as_str(),
            Some("related" | "duplicate" | "similar")
        ) || DONE.contains(&kind)
    };
    let all = relations["nodes"].as_array();
    relations["pageInfo"]["hasNextPage"] == false
        && all.is_some_and(|all| all.iter().all(is_no_matter))
}

/// Whether surely all of the release is done with.
fn is_out(answers: &Value) -> bool {
    let release = &answers["release"];
    let issues = release["issues"]["nodes"].as_array();
    let issues = issues.map(Vec::as_slice).unwrap_or_default();
    let kind = |it: &Value| it["state"]["type"].as_str().unwrap_or_default().to_owned();
    let ids: BTreeSet<_> = issues.iter().map(|it| it["id"].as_str()).collect();
    let stage = release["stage"]["type"].as_str().unwrap_or_default();
    let is_null_or = |key: &str, other: bool| {
        let part = release.get(key);
        part.is_some_and(|it| it.is_null() || (other && *it == false))
    };
    answers["whole"] == true
        && release["issues"]["pageInfo"]["hasNextPage"] == false
        && !ids.is_empty()
        && release["issueCount"].as_u64() == Some(ids.len() as u64)
        && issues.iter().all(|it| DONE.contains(&kind(it).as_str()))
        && ["planned", "started", "completed"].contains(&stage)
        && is_null_or("trashed", true)
        && is_null_or("canceledAt", false)
}
