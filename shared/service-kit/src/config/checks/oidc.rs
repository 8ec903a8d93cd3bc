//! Issuers of OIDC tokens: reached in private, each named once, and no mapping that fits more
//! workloads than one place's own.

mod issuer;
mod kinds;
mod mapping;

use passport_evidence::problem::Problem;
use serde_json::Value;

use super::tokens::{listed, twice};

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let gateway = file.get("gateway");
    let issuers = listed(gateway, "gateway", "oidc");
    let mut problems = twice(
        &issuers,
        "issuer",
        "keep one entry, with the mappings of both",
    );
    problems.extend(ids(gateway, &issuers));
    for (at, issuer) in &issuers {
        let found = issuer::problems(issuer);
        problems.extend(found.into_iter().map(|problem| problem.under(at)));
        for (at, mapping) in listed(Some(issuer), at, "mappings") {
            let found = mapping::problems(kinds::of(issuer), mapping);
            problems.extend(found.into_iter().map(|problem| problem.under(&at)));
        }
    }
    problems
}

/// Ids are shared by callers of every sort; those of tokens and clients are looked at elsewhere.
fn ids(gateway: Option<&Value>, issuers: &[(String, &Value)]) -> Vec<Problem> {
    let mut callers = listed(gateway, "gateway", "tokens");
    callers.extend(listed(gateway, "gateway", "clients"));
    let mappings = issuers
        .iter()
        .flat_map(|(at, issuer)| listed(Some(issuer), at, "mappings"));
    callers.extend(mappings);
    let found = twice(&callers, "id", "give each caller an id of its own");
    let is_ours = |problem: &Problem| problem.path.starts_with("gateway.oidc");
    found.into_iter().filter(is_ours).collect()
}

#[cfg(test)]
mod tests;
