//! One issuer: where it is, and whom its tokens are made for.

use http::Uri;
use passport_evidence::problem::Problem;
use serde_json::Value;

use super::kinds::{self, Kind};
use crate::config::checks::reach::is_this_machine;
use crate::config::model::MaxAge;

/// The longest that any token may live.
const LONGEST: u64 = 24 * 3600;

/// Paths are relative to the issuer's entry.
pub(super) fn problems(issuer: &Value) -> Vec<Problem> {
    let text = |key: &str| issuer.get(key).and_then(Value::as_str);
    let mut problems = Vec::new();
    problems.extend(text("issuer").and_then(|it| of_url("issuer", it, Query::Never)));
    problems.extend(text("jwks").and_then(|it| of_url("jwks", it, Query::May)));
    problems.extend(unused_ca(issuer));
    problems.extend(lifetime(text("max_lifetime")));
    if kinds::of(issuer) == Some(Kind::Kubernetes) {
        problems.extend(audience(text("audience"), text("issuer")));
    }
    problems
}

#[derive(Clone, Copy, PartialEq)]
enum Query {
    May,
    Never,
}

/// Keys that come in the clear could be anybody's.
fn of_url(key: &str, url: &str, query: Query) -> Option<Problem> {
    let Some(uri) = uri(url, query) else {
        return Some(Problem::new(
            key,
            "is not the URL of a server",
            match query {
                Query::Never => "write `https://HOST` or `https://HOST/PATH`, and nothing else",
                Query::May => "write `https://HOST/PATH`",
            },
        ));
    };
    let is_private = uri.scheme_str() == Some("https") || is_this_machine(&uri);
    (!is_private).then(|| {
        Problem::new(
            key,
            "is reached over `http://`, where others may put keys of their own in",
            "use https; only this machine's own servers may be asked over http",
        )
    })
}

fn uri(url: &str, query: Query) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_user = uri.authority()?.as_str().contains('@');
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    let is_whole = !url.contains('#') && (query == Query::May || !url.contains('?'));
    (is_http && has_host && !has_user && is_whole).then_some(uri)
}

fn unused_ca(issuer: &Value) -> Option<Problem> {
    issuer.get("ca")?;
    let asked = issuer.get("jwks").or_else(|| issuer.get("issuer"))?;
    asked.as_str()?.starts_with("http://").then(|| {
        Problem::new(
            "ca",
            "is about a certificate, and the issuer is reached over `http://`",
            "write the URL with `https://`, or take this out",
        )
    })
}

fn lifetime(text: Option<&str>) -> Option<Problem> {
    let lifetime = MaxAge::try_from(text?.to_owned()).ok()?;
    (lifetime.0.as_secs() > LONGEST).then(|| {
        Problem::new(
            "max_lifetime",
            "lets tokens live for more than a day, and so whoever finds one",
            "write at most `24h`, and let workloads ask for new tokens",
        )
    })
}

/// The audience of the cluster's own API stands in tokens that every pod has.
fn audience(audience: Option<&str>, issuer: Option<&str>) -> Option<Problem> {
    let audience = audience?;
    let of_api = ["https://kubernetes.default.svc", "kubernetes.default.svc"];
    let is_api = of_api.iter().any(|it| audience.starts_with(it)) || Some(audience) == issuer;
    is_api.then(|| {
        Problem::new(
            "audience",
            "is the audience of the cluster's own API, for which every pod has a token",
            "write one of this gateway's own, such as `passport-mesh`, and name it in the \
             `serviceAccountToken` that the pod projects",
        )
    })
}
