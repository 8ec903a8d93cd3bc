//! How collectors and whoever takes telemetry are reached: nothing leaves this machine in the clear unless that
//! is said, what is configured for TLS is used, and what is never connected to is not named.

use http::Uri;
use passport_evidence::problem::Problem;
use serde_json::Value;

use crate::{config::path, reach};

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let collectors = file.get("collectors").and_then(Value::as_object);
    let each = collectors.into_iter().flatten();
    let each = each.flat_map(|(name, at)| of_one(&path::key("collectors", name), at));
    each.chain(of_telemetry(file)).collect()
}

fn of_telemetry(file: &Value) -> Option<Problem> {
    const PLACE: &str = "telemetry.otlp_endpoint";
    let endpoint = file.pointer("/telemetry/otlp_endpoint")?.as_str()?;
    never_reached(PLACE, &endpoint.parse().ok()?)
}

/// What is written as an address that is never connected to. What a name leads to is judged at each connection.
fn never_reached(place: &str, at: &Uri) -> Option<Problem> {
    let refused = reach::permits(reach::literal(at.host()?)?).err()?;
    Some(Problem::new(place, refused.to_string(), refused.fix()))
}

fn of_one(place: &str, at: &Value) -> Vec<Problem> {
    let address = at.get("address").and_then(Value::as_str);
    let Some(address) = address.and_then(|it| it.parse::<Uri>().ok()) else {
        return Vec::new();
    };
    if let Some(never) = never_reached(&path::key(place, "address"), &address) {
        return vec![never];
    }
    if address.scheme_str() != Some("http") {
        return Vec::new();
    }
    let unused = |key: &str| {
        at.get(key)?;
        Some(Problem::new(
            path::key(place, key),
            "is about a certificate, and the collector is reached over `http://`",
            "write the address with `https://`, or take this out",
        ))
    };
    let mut problems: Vec<_> = ["ca", "identity"].into_iter().filter_map(unused).collect();
    let is_allowed = at.get("allow_plain_http").and_then(Value::as_bool) == Some(true);
    if !is_allowed && !is_this_machine(&address) {
        problems.push(Problem::new(
            path::key(place, "address"),
            "sends evidence and tokens over `http://`, where others may read and change them",
            "use https, or set `allow_plain_http: true` where the network itself is trusted",
        ));
    }
    problems
}

pub(super) fn is_this_machine(address: &Uri) -> bool {
    let host = address.host().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let ip = literal.parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests;
