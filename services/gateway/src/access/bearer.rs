//! The token in a request's headers; HTTP and gRPC carry it alike.

use http::{HeaderMap, header::AUTHORIZATION};

/// The bearer token. `None` where there is no such header, more than one, or another scheme.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, another) = (values.next()?, values.next());
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
    (is_bearer && another.is_none()).then_some(token)
}
