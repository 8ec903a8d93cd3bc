//! Hooks: each known once, by a token that is nobody else's, for a scope that there is.

use passport_evidence::problem::Problem;
use serde_json::Value;

use super::tokens::{listed, twice};
use crate::config::{path, places};

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let gateway = file.get("gateway");
    let hooks = listed(gateway, "gateway", "hooks");
    let tokens = listed(gateway, "gateway", "tokens");
    let mut callers = tokens.clone();
    callers.extend(listed(gateway, "gateway", "clients"));
    for (at, issuer) in listed(gateway, "gateway", "oidc") {
        callers.extend(listed(Some(issuer), &at, "mappings"));
    }
    callers.extend(hooks.iter().cloned());
    let fix = "give each caller an id of its own";
    let mut problems = ours(twice(&callers, "id", fix));
    let shown: Vec<_> = tokens.into_iter().chain(hooks.iter().cloned()).collect();
    let fix = "make a token of its own for each hook: `passport token hook`";
    problems.extend(ours(twice(&shown, "sha256", fix)));
    problems.extend(hooks.iter().filter_map(|hook| nowhere(hook, file)));
    problems
}

/// What tokens and clients have in common with each other is told elsewhere.
fn ours(found: Vec<Problem>) -> Vec<Problem> {
    let is_ours = |problem: &Problem| problem.path.starts_with("gateway.hooks");
    found.into_iter().filter(is_ours).collect()
}

/// A hook of a scope that there is not would stop every release.
fn nowhere((at, hook): &(String, &Value), file: &Value) -> Option<Problem> {
    let scope = hook.get("scope")?;
    let name = |key| scope.get(key).and_then(Value::as_str);
    let named = [name("workspace")?, name("service")?, name("environment")?];
    let is_there =
        places::environments(file).any(|it| [it.workspace, it.service, it.environment] == named);
    (!is_there).then(|| {
        Problem::new(
            path::key(at, "scope"),
            "is of no environment under `workspaces`",
            "name one that is configured, or configure it",
        )
    })
}
