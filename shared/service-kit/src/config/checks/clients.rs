//! Callers that are known by a certificate: each known once, and by certificates of somebody's.

use passport_evidence::problem::Problem;
use serde_json::Value;

use super::tokens::{listed, twice};
use crate::config::path;

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let gateway = file.get("gateway");
    let tokens = listed(gateway, "gateway", "tokens");
    let mut problems = gateway.map_or_else(Vec::new, |it| of_one("gateway", it, tokens));
    let collectors = file.get("collectors").and_then(Value::as_object);
    for (name, collector) in collectors.into_iter().flatten() {
        let at = path::key("collectors", name);
        problems.extend(of_one(&at, collector, Vec::new()));
    }
    problems
}

/// What is wrong with the clients of one port. Ids are shared with `others`, whose own are not
/// looked at here.
fn of_one(at: &str, port: &Value, others: Vec<(String, &Value)>) -> Vec<Problem> {
    let clients = listed(Some(port), at, "clients");
    let authority = port.get("tls").and_then(|tls| tls.get("client_ca"));
    let lists = port.get("tls").and_then(|tls| tls.get("client_crl"));
    let mut problems = Vec::new();
    if lists.is_some() && authority.is_none() {
        problems.push(Problem::new(
            format!("{at}.tls.client_crl"),
            "tells which certificates of callers are withdrawn, and callers are asked for none",
            format!(
                "name the authority's certificate under `{at}.tls.client_ca`, or take this out"
            ),
        ));
    }
    match (clients.is_empty(), authority) {
        (false, None) => problems.push(Problem::new(
            path::key(at, "clients"),
            "knows callers by their certificates, but nothing says who signs those",
            format!("name the authority's certificate under `{at}.tls.client_ca`"),
        )),
        (true, Some(_)) => problems.push(Problem::new(
            format!("{at}.tls.client_ca"),
            "asks callers for certificates, but none of them is known",
            format!("name at least one caller under `{at}.clients`, or take this out"),
        )),
        (true, None) | (false, Some(_)) => {}
    }
    let callers: Vec<_> = others.into_iter().chain(clients.iter().cloned()).collect();
    let ids = twice(&callers, "id", "give each caller an id of its own");
    let is_ours = |problem: &Problem| clients.iter().any(|(at, _)| problem.path.starts_with(at));
    problems.extend(ids.into_iter().filter(is_ours));
    let fix = "keep one of the two, with all its grants";
    problems.extend(twice(&clients, "identity", fix));
    problems
}
