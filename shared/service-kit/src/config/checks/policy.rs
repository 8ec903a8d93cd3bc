//! A policy asks only for what its environment has.

use passport_evidence::problem::Problem;
use serde_json::{Map, Value};

use crate::config::places::EnvironmentAt;
use crate::config::{near, path};

const KNOWN: [&str; 2] = ["require", "max_age"];

pub(super) fn problems(place: &EnvironmentAt<'_>) -> Vec<Problem> {
    let Some(policy) = place.value.get("policy").and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut problems = misspelt(policy);
    let required = policy.get("require").and_then(Value::as_array);
    for (at, requirement) in required.into_iter().flatten().enumerate() {
        let found = of_requirement(requirement, place);
        problems.extend(
            found
                .into_iter()
                .map(|problem| problem.under(&format!("require[{at}]"))),
        );
    }
    let ages = policy.get("max_age").and_then(Value::as_object);
    for name in ages.into_iter().flat_map(Map::keys) {
        problems.extend(no_such_source(name, place, path::key("max_age", name)));
    }
    let path = path::key(&place.path(), "policy");
    problems
        .into_iter()
        .map(|problem| problem.under(&path))
        .collect()
}

/// Further keys are kept for others to judge, but a slip of the pen would silently ask for less.
fn misspelt(policy: &Map<String, Value>) -> Vec<Problem> {
    let further = policy.keys().filter(|key| !KNOWN.contains(&key.as_str()));
    further
        .filter(|key| near::nearest(key, KNOWN).is_some())
        .map(|key| {
            let path = path::key("", key);
            Problem::new(
                path,
                "is not a key that can stand here",
                near::mend(key, KNOWN, ""),
            )
        })
        .collect()
}

fn of_requirement(requirement: &Value, place: &EnvironmentAt<'_>) -> Vec<Problem> {
    let source = requirement.get("source").and_then(Value::as_str);
    let mut problems = Vec::new();
    if let Some(name) = source {
        problems.extend(no_such_source(name, place, "source".to_owned()));
    }
    if requirement.is_object() && source.is_none() && requirement.get("category").is_none() {
        problems.push(Problem::new(
            "",
            "names neither a source nor a category",
            "add one of `source`, `category`",
        ));
    }
    let declared = requirement.get("accept_declared") == Some(&Value::Bool(true));
    if declared && (source.is_none() || requirement.get("facts").is_none()) {
        let reason = "takes declared facts without naming them and their source";
        problems.push(Problem::new(
            "accept_declared",
            reason,
            "add `source` and `facts`",
        ));
    }
    problems
}

fn no_such_source(name: &str, place: &EnvironmentAt<'_>, path: String) -> Option<Problem> {
    let mut names = place.source_names();
    (!names.clone().any(|known| known == name)).then(|| {
        let fix = near::mend(
            name,
            names.by_ref().collect::<Vec<_>>(),
            "add the source first",
        );
        Problem::new(path, "names no source of this environment", fix)
    })
}
