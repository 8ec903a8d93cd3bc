//! How much a token may do.

use passport_connector_sdk::{CollectRequest, ReadError, credential_scope::Breadth};

use super::{client::Client, model::Token};

/// What the token says of itself; `None` where it could not be asked now.
///
/// # Errors
/// The token is not accepted at all.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Option<Breadth>, ReadError> {
    match client.token(request).await {
        Ok(token) => Ok(Some(of(&token))),
        Err(error @ ReadError::Unauthenticated) => Err(error),
        Err(
            ReadError::Denied
            | ReadError::NotFound
            | ReadError::Rejected
            | ReadError::Shape
            | ReadError::Malformed,
        ) => Ok(Some(Breadth::Unverifiable)),
        Err(_) => Ok(None),
    }
}

/// What its scopes say. One that is not in force and yet reads, or that has no scope, says nothing.
fn of(token: &Token) -> Breadth {
    let all = |allowed: &[&str]| token.scopes.iter().all(|it| allowed.contains(&it.as_str()));
    if token.revoked || !token.active || token.scopes.is_empty() {
        Breadth::Unverifiable
    } else if all(&["read_api", "self_rotate"]) && token.expires_at.is_some() {
        Breadth::Narrow
    } else if all(&READS) {
        Breadth::Broad
    } else {
        Breadth::WriteCapable
    }
}

/// Scopes that change nothing ("Personal access tokens", scopes).
const READS: [&str; 5] = [
    "read_api",
    "self_rotate",
    "read_user",
    "read_repository",
    "read_registry",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reading_the_api_until_a_day_is_narrow() {
        for (scopes, expires, breadth) in [
            (&["read_api"][..], true, Breadth::Narrow),
            (&["read_api", "self_rotate"], true, Breadth::Narrow),
            (&["read_api"], false, Breadth::Broad),
            (&["read_api", "read_user"], true, Breadth::Broad),
            (&["read_api", "read_repository"], true, Breadth::Broad),
            (&["read_registry"], true, Breadth::Broad),
            (&["api"], true, Breadth::WriteCapable),
            (
                &["read_api", "write_repository"],
                true,
                Breadth::WriteCapable,
            ),
            (&["read_api", "sudo"], true, Breadth::WriteCapable),
            (&["a-scope-of-tomorrow"], true, Breadth::WriteCapable),
            (&["READ_API"], true, Breadth::WriteCapable),
            (&[], true, Breadth::Unverifiable),
        ] {
            let token = Token {
                active: true,
                revoked: false,
                scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
                expires_at: expires.then(chrono::NaiveDate::default),
            };
            assert_eq!(of(&token), breadth, "{scopes:?} {expires}");
            let revoked = Token {
                revoked: true,
                ..token
            };
            assert_eq!(of(&revoked), Breadth::Unverifiable);
        }
    }
}
