//! Where no credential is asked for, whoever reaches the port is let in, so that a web page must
//! not reach it: neither by a name of its own that it points at this machine, nor from another
//! origin.

use http::{
    HeaderMap, HeaderValue, Uri,
    header::{HOST, ORIGIN},
};

/// Why a request was not meant for this machine by somebody on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// It was addressed to another name, or to none.
    #[error("the request was addressed to another host than localhost, 127.0.0.1 or [::1]")]
    Host,
    /// It comes from a page of another origin.
    #[error("the request comes from a page of another origin")]
    Origin,
}

/// Every name that a request has for its server must be this machine's, and there must be one.
///
/// # Errors
/// It has another, or none, or comes from a page elsewhere.
pub fn check(uri: &Uri, headers: &HeaderMap) -> Result<(), Foreign> {
    let authority = uri.authority().map(|it| it.as_str());
    let hosts = headers.get_all(HOST).iter().map(text);
    let mut hosts = authority.into_iter().chain(hosts).peekable();
    if hosts.peek().is_none() || !hosts.all(is_own) {
        return Err(Foreign::Host);
    }
    let mut origins = headers.get_all(ORIGIN).iter().map(text);
    let is_own_origin = |origin: &str| origin.split_once("://").is_some_and(|it| is_own(it.1));
    let all_own = origins.all(is_own_origin);
    all_own.then_some(()).ok_or(Foreign::Origin)
}

/// What is no text is nobody's name.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_default()
}

/// Whether this is a name of this machine that no resolver has a say in, with any port.
fn is_own(host: &str) -> bool {
    const OWN: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        Some(_) | None => host,
    };
    OWN.iter().any(|own| name.eq_ignore_ascii_case(own))
}
