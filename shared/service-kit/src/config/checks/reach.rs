//! How collectors are reached: nothing leaves this machine in the clear unless that is said, and
//! what is configured for TLS is used.

use http::Uri;
use passport_evidence::problem::Problem;
use serde_json::Value;

use crate::config::path;

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let collectors = file.get("collectors").and_then(Value::as_object);
    let each = collectors.into_iter().flatten();
    each.flat_map(|(name, at)| of_one(&path::key("collectors", name), at))
        .collect()
}

fn of_one(place: &str, at: &Value) -> Vec<Problem> {
    let address = at.get("address").and_then(Value::as_str);
    let Some(address) = address.and_then(|it| it.parse::<Uri>().ok()) else {
        return Vec::new();
    };
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
