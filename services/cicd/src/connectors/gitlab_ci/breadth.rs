//! How much a token may do.

use passport_connector_sdk::{CollectRequest, ReadError, credential_scope::Breadth};

use super::{
    client::Client,
    model::{Token, User},
};

/// What the token says of itself and whose it is, the stricter word of both. A check asks for both;
/// what is collected rests on the scopes alone, and never overrules a check.
///
/// # Errors
/// The token is not accepted at all.
pub async fn check(
    client: &Client,
    project: Option<u64>,
    request: &CollectRequest,
) -> Result<Breadth, ReadError> {
    let scopes = ask(client, request).await?;
    let scopes = scopes.unwrap_or(Breadth::Unverifiable);
    let reach = match client.user(request).await {
        Ok(user) => reach(&user, project),
        Err(error @ ReadError::Unauthenticated) => return Err(error),
        Err(_) => Breadth::Unverifiable,
    };
    Ok(stricter(scopes, reach))
}

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

/// How far a token reaches, by whose it is. The bot of a project's token is a member of that project
/// alone ("Project access tokens", bot users); a group's and a person's may see more.
fn reach(user: &User, project: Option<u64>) -> Breadth {
    match (user.bot, of_project(&user.username), project) {
        (Some(true), Some(its), Some(own)) if its == own => Breadth::Narrow,
        (Some(true), Some(_), None) => Breadth::Unverifiable,
        // Of an older server: a person may have chosen such a name.
        (None, Some(its), own) if own.is_none_or(|own| its == own) => Breadth::Unverifiable,
        (_, _, _) => Breadth::Broad,
    }
}

/// The project of a bot: `project_42_bot`, and for more of its tokens a number or letters after that.
fn of_project(username: &str) -> Option<u64> {
    let (id, _) = username.strip_prefix("project_")?.split_once("_bot")?;
    let is_plain = id.bytes().all(|it| it.is_ascii_digit());
    id.parse().ok().filter(|_| is_plain)
}

/// What can be told to be too much counts above what can't be told.
fn stricter(one: Breadth, other: Breadth) -> Breadth {
    let weight = |it: &Breadth| match it {
        Breadth::NoneSent => 0,
        Breadth::Narrow => 1,
        Breadth::Unverifiable => 2,
        Breadth::Broad => 3,
        Breadth::WriteCapable => 4,
    };
    std::cmp::max_by_key(one, other, weight)
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
