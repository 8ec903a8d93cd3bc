//! What only people may do is granted to people.

use passport_evidence::problem::Problem;
use serde_json::Value;

use super::tokens::listed;
use crate::config::path;

/// What only a person may do, as the file has it.
const VERBS: [&str; 2] = ["waive", "approve"];

/// To whom it may be granted in place of a workload.
pub(super) const INSTEAD: &str =
    "a person's token or certificate, or people of an issuer of the kind `people`";

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let gateway = file.get("gateway");
    let mut problems = Vec::new();
    for key in ["tokens", "clients"] {
        for (at, caller) in listed(gateway, "gateway", key) {
            if caller.get("person").is_none() {
                let fix = "whom `person: { issuer: …, subject: … }` names here";
                let found = only_for_people(caller, "lets a caller who is no person", fix);
                problems.extend(found.into_iter().map(|problem| problem.under(&at)));
            }
        }
    }
    problems.extend(of_collectors(file));
    problems
}

/// Grants of what only people may do. Paths are relative to the caller, who is named by the words before
/// the verb; `instead` says who may have it.
pub(super) fn only_for_people(caller: &Value, who: &str, instead: &str) -> Vec<Problem> {
    let grants = listed(Some(caller), "", "grants");
    let found = grants.iter().flat_map(|(at, grant)| {
        let verbs = grant.get("verbs").and_then(Value::as_array);
        let verbs = verbs.into_iter().flatten().filter_map(Value::as_str);
        let wanting = VERBS
            .into_iter()
            .filter(move |it| verbs.clone().any(|verb| verb == *it));
        wanting.map(move |verb| {
            Problem::new(
                path::key(at, "verbs"),
                format!("{who} {verb}, which only people may"),
                format!("take `{verb}` out, and grant it to {instead}"),
            )
        })
    });
    found.collect()
}

/// A collector admits gateways and other services.
fn of_collectors(file: &Value) -> Vec<Problem> {
    let collectors = file.get("collectors").and_then(Value::as_object);
    let mut problems = Vec::new();
    for (name, collector) in collectors.into_iter().flatten() {
        for (at, client) in listed(Some(collector), &path::key("collectors", name), "clients") {
            if client.get("person").is_some() {
                problems.push(Problem::new(
                    path::key(&at, "person"),
                    "names a person, and a collector is called by services",
                    "take it out; persons call the gateway",
                ));
            }
        }
    }
    problems
}
