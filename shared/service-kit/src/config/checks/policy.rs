//! A policy asks only for what its environments have.

use passport_evidence::problem::Problem;
use serde_json::{Map, Value};

use crate::config::places::{EnvironmentAt, PolicyAt};
use crate::config::{near, path};

pub(super) fn problems(policy: &PolicyAt<'_>) -> Vec<Problem> {
    let required = list(policy.value, "require").enumerate();
    let required = required.flat_map(|(at, requirement)| {
        let at = format!("require[{at}]");
        let found = of_requirement(requirement, policy);
        found.into_iter().map(move |problem| problem.under(&at))
    });
    let facts = facts_named(policy.value);
    let facts = facts.filter_map(|(at, fact)| {
        let name = fact.get("source")?.as_str()?;
        no_such_source(name, policy, path::key(&at, "source"))
    });
    let ages = policy.value.get("max_age").and_then(Value::as_object);
    let ages = ages.into_iter().flat_map(Map::keys);
    let ages = ages.filter_map(|name| no_such_source(name, policy, path::key("max_age", name)));
    let problems = required.chain(facts).chain(ages);
    let problems = problems.chain(rules_twice(policy.value));
    problems
        .map(|problem| problem.under(&policy.path))
        .collect()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// Facts of a source, wherever a policy names one, by their paths.
fn facts_named(policy: &Value) -> impl Iterator<Item = (String, &Value)> {
    let chain = list(policy, "one_artifact").enumerate();
    let chain = chain.map(|(at, fact)| (format!("one_artifact[{at}]"), fact));
    let runs = policy.get("runs").map(|fact| ("runs".to_owned(), fact));
    let waivers = policy.get("waivers");
    let waived = waivers
        .into_iter()
        .flat_map(|it| list(it, "of"))
        .enumerate();
    let waived = waived.map(|(at, fact)| (format!("waivers.of[{at}]"), fact));
    chain.chain(runs).chain(waived)
}

/// A decision names the rule that made it.
fn rules_twice(policy: &Value) -> Vec<Problem> {
    let names: Vec<_> = list(policy, "rules").map(|rule| rule.get("name")).collect();
    let again = names.iter().enumerate().filter(|(at, name)| {
        name.is_some() && names.iter().take(*at).any(|before| before == *name)
    });
    let problem = |(at, _)| {
        let reason = "is the name of another rule too";
        Problem::new(
            format!("rules[{at}].name"),
            reason,
            "give each rule a name of its own",
        )
    };
    again.map(problem).collect()
}

fn of_requirement(requirement: &Value, policy: &PolicyAt<'_>) -> Vec<Problem> {
    let source = requirement.get("source").and_then(Value::as_str);
    let has_category = requirement.get("category").is_some();
    let mut problems = Vec::new();
    if let Some(name) = source {
        problems.extend(no_such_source(name, policy, "source".to_owned()));
    }
    if requirement.is_object() && source.is_none() && !has_category {
        problems.push(Problem::new(
            "",
            "names neither a source nor a category",
            "add one of `source`, `category`",
        ));
    }
    if source.is_some() && has_category {
        problems.push(Problem::new(
            "",
            "names both a source and a category",
            "keep one of `source`, `category`",
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

/// Every environment that a policy holds for has to have what it names: where it has not, each release
/// would be held there for ever.
fn no_such_source(name: &str, policy: &PolicyAt<'_>, path: String) -> Option<Problem> {
    let has = |place: &&EnvironmentAt<'_>| place.source_names().any(|known| known == name);
    let without = policy.environments.iter().find(|place| !has(place))?;
    let names: Vec<_> = without.source_names().collect();
    if policy.path == path::key(&without.path(), "policy") {
        let fix = near::mend(name, names, "add the source first");
        return Some(Problem::new(
            path,
            "names no source of this environment",
            fix,
        ));
    }
    let reason = format!("names no source of {}, which it holds for", without.path());
    let fix = match near::nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "add the source there, or move this to the environments that have it".to_owned(),
    };
    Some(Problem::new(path, reason, fix))
}
