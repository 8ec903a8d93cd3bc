//! How much a credential may do.

use passport_connector_sdk::{
    CollectError, CollectRequest, Object, ReadError, credential_scope::Breadth,
};

use super::{
    client::{Client, Missed},
    model::{PermissionsReply, Project, ProjectsPage},
    wanted::{Deployment, Wanted},
};

/// What a source needs.
const BROWSE: &str = "BROWSE_PROJECTS";
/// What changes things ("Permissions": project and global permissions).
const WRITES: [&str; 6] = [
    "EDIT_ISSUES",
    "TRANSITION_ISSUES",
    "DELETE_ISSUES",
    "ADMINISTER_PROJECTS",
    "ADMINISTER",
    "SYSTEM_ADMIN",
];
/// More than a source may name: a page that is not the last shows others.
const PER_PAGE: &str = "50";

/// What the credential may do in any project, and which projects it sees. It must have been accepted before:
/// strangers are told too what they may do.
///
/// # Errors
/// The credential is not accepted, or could not be asked about.
pub async fn ask(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Breadth, CollectError> {
    let all: Vec<_> = std::iter::once(BROWSE).chain(WRITES).collect();
    let ask = client.api(&["mypermissions"]);
    let ask = ask.query("permissions", all.join(","));
    let may = match client.one::<Object<PermissionsReply>>(ask, request).await {
        Ok(read) => rights(&read.read),
        Err(missed) => return unread(missed),
    };
    if may != Breadth::Narrow {
        return Ok(may);
    }
    match projects(client, request).await {
        Ok((seen, is_whole)) => Ok(reads(&seen, is_whole, wanted)),
        Err(missed) => unread(missed),
    }
}

/// What a list of permissions says. One that is left out is not known.
fn rights(reply: &PermissionsReply) -> Breadth {
    let held = |key: &str| reply.permissions.get(key).map(|it| it.is_held);
    let mut writes = WRITES.iter().map(|it| held(it));
    if writes.clone().any(|it| it == Some(true)) {
        return Breadth::WriteCapable;
    }
    let is_told = writes.all(|it| it.is_some()) && held(BROWSE) == Some(true);
    match is_told {
        true => Breadth::Narrow,
        false => Breadth::Unverifiable,
    }
}

fn reads(seen: &[Object<Project>], is_whole: bool, wanted: &Wanted) -> Breadth {
    let is_wanted = |it: &Object<Project>| wanted.projects.contains(&it.key);
    match (seen.iter().all(is_wanted), is_whole) {
        (false, _) => Breadth::Broad,
        (true, true) => Breadth::Narrow,
        (true, false) => Breadth::Unverifiable,
    }
}

/// Projects that the credential sees, and whether those are all.
async fn projects(
    client: &Client,
    request: &CollectRequest,
) -> Result<(Vec<Object<Project>>, bool), Missed> {
    match client.deployment {
        Deployment::Cloud => {
            let ask = client.api(&["project", "search"]);
            let ask = ask.query("maxResults", PER_PAGE);
            let read = client.one::<Object<ProjectsPage>>(ask, request).await?;
            let page = read.read.0;
            Ok((page.values, page.is_last == Some(true)))
        }
        Deployment::Datacenter => {
            let read = client.one(client.api(&["project"]), request).await?;
            Ok((read.read, true))
        }
    }
}

/// A read that is refused tells nothing.
fn unread(missed: Missed) -> Result<Breadth, CollectError> {
    match missed {
        Missed::Gone
        | Missed::Read(
            ReadError::Denied | ReadError::NotFound | ReadError::Malformed | ReadError::TooLarge,
        ) => Ok(Breadth::Unverifiable),
        Missed::Read(_) => missed.reason().map(|_| Breadth::Unverifiable),
    }
}
