//! How much the user may do.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::client::Client;

/// Asks Jenkins what the user may do, and fails where the credential or the job does not work.
///
/// An API token has no scopes: it carries all rights of its user. They are told only by the pages
/// that are given or denied.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    let job = client.job(request).await.map_err(failed)?;
    if job.full_name != client.job.full_name() {
        return Err(CollectError::new(FailureCode::OutOfScope));
    }
    // Jenkins answers a request whose credential was not looked at as it answers anybody.
    let user = match client.user(request).await {
        Err(ReadError::Denied | ReadError::NotFound | ReadError::Rejected | ReadError::Shape) => {
            return Ok(Breadth::Unverifiable);
        }
        read => read.map_err(failed)?,
    };
    if user.anonymous || !user.authenticated {
        return Ok(Breadth::Unverifiable);
    }
    let pages = [
        client.management(request).await,
        client.configuration(request).await,
    ];
    Ok(of_pages(&pages))
}

/// Narrow is only who is denied both. A page that is not found, or a redirect, tells nothing: a
/// proxy may hide it.
fn of_pages(pages: &[Result<(), ReadError>]) -> Breadth {
    let is_denied = |it: &Result<(), ReadError>| matches!(it, Err(ReadError::Denied));
    if pages.iter().any(Result::is_ok) {
        return Breadth::WriteCapable;
    }
    match pages.iter().all(is_denied) {
        true => Breadth::Narrow,
        false => Breadth::Unverifiable,
    }
}

fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}
