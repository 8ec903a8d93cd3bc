//! One mapping: narrow enough for its kind of issuer, and, of workloads, without what only people may do.

use passport_evidence::problem::Problem;
use serde_json::{Map, Value};

use super::kinds::{CHOSEN, EVERYBODYS, JUDGED, Kind, SHARED};
use crate::config::checks::persons;
use crate::config::model::ClaimValue;
use crate::config::{near, path};

const CLAIMS: &str = "claims";

/// Paths are relative to the mapping.
pub(super) fn problems(kind: Option<Kind>, mapping: &Value) -> Vec<Problem> {
    let mut problems = match kind {
        Some(Kind::People) => Vec::new(),
        // A workload that could accept a missing fact would accept its own.
        Some(Kind::GithubActions | Kind::GitlabCi | Kind::Kubernetes | Kind::Other) | None => {
            persons::only_for_people(mapping, "lets a workload", persons::INSTEAD)
        }
    };
    let (Some(kind), Some(claims)) = (kind, mapping.get(CLAIMS).and_then(Value::as_object)) else {
        return problems;
    };
    problems.extend(claims.keys().filter_map(|name| unmatched(kind, name)));
    problems.extend(claims.iter().filter_map(|(name, it)| never(kind, name, it)));
    problems.extend(too_broad(kind, claims).map(|(reason, fix)| Problem::new(CLAIMS, reason, fix)));
    problems
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
    if kind == Kind::People && CHOSEN.contains(&name) {
        return Some(Problem::new(
            at,
            "is a claim that persons may choose themselves or hand on to others",
            "match `sub`, or a list such as `groups`",
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
    if kind == Kind::People {
        return claims
            .keys()
            .all(|name| EVERYBODYS.contains(&name.as_str()))
            .then_some((
                "fits everybody whom the issuer knows",
                "add `sub`, or a list such as `groups`",
            ));
    }
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
        Kind::Kubernetes | Kind::People | Kind::Other => None,
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
        Kind::People => "add `sub`, or a list such as `groups`",
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
