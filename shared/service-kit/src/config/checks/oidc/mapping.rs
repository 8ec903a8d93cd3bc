//! One mapping: narrow enough for its kind of issuer, and without what only people may do.

use passport_evidence::problem::Problem;
use serde_json::{Map, Value};

use super::kinds::{JUDGED, Kind, SHARED};
use crate::config::checks::tokens::listed;
use crate::config::model::ClaimValue;
use crate::config::{near, path};

const CLAIMS: &str = "claims";

/// Paths are relative to the mapping.
pub(super) fn problems(kind: Option<Kind>, mapping: &Value) -> Vec<Problem> {
    let mut problems = waiving(mapping);
    let (Some(kind), Some(claims)) = (kind, mapping.get(CLAIMS).and_then(Value::as_object)) else {
        return problems;
    };
    problems.extend(claims.keys().filter_map(|name| unmatched(kind, name)));
    problems.extend(claims.iter().filter_map(|(name, it)| never(kind, name, it)));
    problems.extend(too_broad(kind, claims).map(|(reason, fix)| Problem::new(CLAIMS, reason, fix)));
    problems
}

/// A workload that could accept a missing fact would accept its own.
fn waiving(mapping: &Value) -> Vec<Problem> {
    let grants = listed(Some(mapping), "", "grants").into_iter();
    let waives = |grant: &Value| {
        let verbs = grant.get("verbs").and_then(Value::as_array);
        verbs.is_some_and(|verbs| verbs.iter().any(|verb| verb == "waive"))
    };
    let found = grants.filter(|(_, grant)| waives(grant));
    let problem = |(at, _): (String, &Value)| {
        Problem::new(
            path::key(&at, "verbs"),
            "lets a workload waive, which only people may",
            "take `waive` out, and grant it to a person's token or certificate",
        )
    };
    found.map(problem).collect()
}

/// A claim that this kind of issuer does not have.
fn unmatched(kind: Kind, name: &str) -> Option<Problem> {
    let at = path::key(CLAIMS, name);
    if JUDGED.contains(&name) {
        return Some(Problem::new(
            at,
            "is judged for every token of the issuer, and says nothing of the workload",
            "take it out; `issuer`, `audience` and `max_lifetime` stand beside the mappings",
        ));
    }
    let known = kind.claims();
    (!known.is_empty() && !known.contains(&name)).then(|| {
        Problem::new(
            at,
            "is no claim that an issuer of this kind is matched by",
            near::mend(name, known.iter().copied(), ""),
        )
    })
}

/// A value that no token has.
fn never(kind: Kind, name: &str, value: &Value) -> Option<Problem> {
    let value = ClaimValue::text(value)?;
    let at = path::key(CLAIMS, name);
    if value.contains('*') {
        return Some(Problem::new(
            at,
            "holds `*`, and claims are matched exactly",
            "write the whole value, in a mapping for each",
        ));
    }
    let is_short = kind == Kind::GithubActions && name == "ref" && !value.starts_with("refs/");
    is_short.then(|| {
        Problem::new(
            at,
            "is not how GitHub writes a ref",
            "write it in full, such as `refs/heads/main` or `refs/tags/v1.0.0`",
        )
    })
}

/// Why a mapping fits more than one place's own workloads, and what it lacks.
fn too_broad(kind: Kind, claims: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    let has = |name: &str| claims.contains_key(name);
    let says = |name: &str, value: &str| {
        claims.get(name).and_then(ClaimValue::text).as_deref() == Some(value)
    };
    if claims.keys().all(|name| SHARED.contains(&name.as_str())) {
        return Some((
            "rests on an owner or on `sub` alone, which fit more than one workload",
            needed(kind),
        ));
    }
    match kind {
        Kind::GithubActions => github(has),
        Kind::GitlabCi => gitlab(has, says),
        Kind::Kubernetes if !(has("namespace") && has("service_account")) => Some((
            "does not name one service account of one namespace",
            needed(kind),
        )),
        Kind::Other if claims.len() < 2 => Some((
            "rests on a single claim, whose meaning is not known here",
            needed(kind),
        )),
        Kind::Kubernetes | Kind::Other => None,
    }
}

fn needed(kind: Kind) -> &'static str {
    match kind {
        Kind::GithubActions => {
            "add `repository_id`, and `ref`, `environment` or `job_workflow_ref`"
        }
        Kind::GitlabCi => {
            "add `project_id`, and `ref_protected: true` or a protected `environment`"
        }
        Kind::Kubernetes => "add `namespace` and `service_account`",
        Kind::Other => "name at least two claims, one of which is neither `sub` nor an owner",
    }
}

fn github(has: impl Fn(&str) -> bool) -> Option<(&'static str, &'static str)> {
    let (on_ref, by_workflow) = (has("ref") || has("environment"), has("job_workflow_ref"));
    if !has("repository_id") {
        return Some((
            "does not name one repository by its id, which no other gets when that is renamed",
            "add `repository_id`",
        ));
    }
    if !on_ref && !by_workflow {
        return Some((
            "fits every branch and every workflow of the repository",
            "add `ref`, `environment` or `job_workflow_ref`",
        ));
    }
    (!on_ref && !has("repository_owner_id")).then_some((
        "rests on a workflow that other repositories may call too",
        "add `repository_owner_id`, or `ref` or `environment`",
    ))
}

fn gitlab(
    has: impl Fn(&str) -> bool,
    says: impl Fn(&str, &str) -> bool,
) -> Option<(&'static str, &'static str)> {
    if !has("project_id") {
        return Some((
            "does not name one project by its id, which no other gets when that is renamed",
            "add `project_id`",
        ));
    }
    if says("ref_protected", "true") {
        return None;
    }
    if !has("environment") {
        return Some((
            "fits jobs of every branch, which all who may push can write",
            "add `ref_protected: true`, or `environment` and `environment_protected: true`",
        ));
    }
    (!says("environment_protected", "true")).then_some((
        "rests on an environment that any branch may use",
        "add `environment_protected: true`, or `ref_protected: true`",
    ))
}
