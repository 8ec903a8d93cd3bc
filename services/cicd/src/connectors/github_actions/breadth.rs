//! How much a token may do.

use http::{HeaderMap, HeaderName};
use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::client::{Client, Permissions, Repositories};

const SCOPES: HeaderName = HeaderName::from_static("x-oauth-scopes");

/// What the scopes of a classic token say; `None` for tokens that have none.
pub fn of_headers(headers: &HeaderMap) -> Option<Breadth> {
    let scopes = headers.get(SCOPES)?.to_str().ok()?;
    let mut scopes = scopes
        .split(',')
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .peekable();
    if scopes.peek().is_none() {
        return Some(Breadth::Narrow);
    }
    Some(match scopes.all(only_reads) {
        true => Breadth::Broad,
        false => Breadth::WriteCapable,
    })
}

/// `public_repo` writes to public repositories of its owner; it is what a classic token needs least.
fn only_reads(scope: &str) -> bool {
    matches!(scope, "public_repo" | "user:email") || scope.starts_with("read:")
}

/// Asks GitHub what the token may do, and fails where the token or the workflow does not work.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    let internal = || CollectError::new(FailureCode::Internal);
    let failed = |error: ReadError| error.failure().unwrap_or_else(internal);
    let reply = client.workflow(request).await.map_err(failed)?;
    if !client.provider.has_credential() {
        return Ok(Breadth::NoneSent);
    }
    if let Some(breadth) = of_headers(reply.headers()) {
        return Ok(breadth);
    }
    match client.repositories(request).await {
        Ok(reached) => Ok(of_installation(&reached, &client.scope.repository())),
        Err(ReadError::Denied | ReadError::NotFound | ReadError::Rejected | ReadError::Shape) => {
            Ok(Breadth::Unverifiable)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Narrow is only what reaches the one repository and is seen not to write there.
fn of_installation(reached: &Repositories, own: &str) -> Breadth {
    let writes = |it: &Permissions| it.admin || it.push || it.maintain == Some(true);
    match reached.repositories.as_slice() {
        all if all
            .iter()
            .any(|it| it.permissions.as_ref().is_some_and(writes)) =>
        {
            Breadth::WriteCapable
        }
        [one] if reached.total_count == 1 && one.full_name.eq_ignore_ascii_case(own) => {
            match one.permissions {
                Some(_) => Breadth::Narrow,
                None => Breadth::Unverifiable,
            }
        }
        [] => Breadth::Unverifiable,
        [..] => Breadth::Broad,
    }
}
