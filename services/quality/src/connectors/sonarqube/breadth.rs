//! How much a token may do.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::{
    client::Client,
    model::{ProjectsReply, User},
};

/// The global permission to change everything.
const ADMIN: &str = "admin";

/// Asks SonarQube what the token may do, and fails where the token or the project does not work.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    let gate = client.gate(None, request).await;
    gate.map_err(failed)?;
    let user = match hidden(client.user(request).await)? {
        Some(user) if !user.is_logged_in => {
            return Err(CollectError::new(FailureCode::Unauthenticated));
        }
        user => user,
    };
    let projects = hidden(client.projects(request).await)?;
    let breadth = judge(user, projects, &client.scope.project_key);
    Ok(match (breadth, &client.scope.organization) {
        // Projects were counted in one organization, and there may be others.
        (Breadth::Narrow, Some(_)) => Breadth::Unverifiable,
        (breadth, _) => breadth,
    })
}

/// Tokens that only scan may not ask for some of it.
fn hidden<T>(read: Result<T, ReadError>) -> Result<Option<T>, CollectError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(ReadError::Denied | ReadError::NotFound | ReadError::Rejected | ReadError::Shape) => {
            Ok(None)
        }
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: ReadError) -> CollectError {
    let malformed = || CollectError::new(FailureCode::Malformed);
    error.failure().unwrap_or_else(malformed)
}

/// Narrow is only what has no global permission and sees this project alone.
fn judge(user: Option<User>, projects: Option<ProjectsReply>, own: &str) -> Breadth {
    let global = user.and_then(|it| it.permissions).and_then(|it| it.global);
    let is_admin = |it: &Vec<String>| it.iter().any(|it| it == ADMIN);
    if global.as_ref().is_some_and(is_admin) {
        return Breadth::WriteCapable;
    }
    let may_more = global.as_ref().is_some_and(|it| !it.is_empty());
    let sees_more = projects.as_ref().is_some_and(|it| {
        it.paging.total > 1 || it.components.iter().any(|project| project.key != own)
    });
    if may_more || sees_more {
        return Breadth::Broad;
    }
    let sees_own = projects.is_some_and(|it| it.paging.total == 1 && it.components.len() == 1);
    match global.is_some() && sees_own {
        true => Breadth::Narrow,
        false => Breadth::Unverifiable,
    }
}
