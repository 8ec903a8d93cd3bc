//! How much a token may do. Pure.

use passport_connector_sdk::credential_scope::Breadth;

use super::model::{Organization, Project};

/// Scopes that change nothing ("Permissions & Scopes"). What is not among them may write.
const READS: [&str; 6] = [
    "alerts:read",
    "event:read",
    "member:read",
    "org:read",
    "project:read",
    "team:read",
];

/// What the project and its organization say that the token may do there. A token that reads one project
/// reads all that its owner does: Sentry has none for a single project.
pub fn of(project: &Project, organization: Option<&Organization>) -> Breadth {
    let of_organization = organization.and_then(|it| it.access.as_ref());
    let all = [project.access.as_ref(), of_organization];
    let scopes: Vec<_> = all.into_iter().flatten().flatten().collect();
    if scopes.is_empty() {
        return Breadth::Unverifiable;
    }
    match scopes.iter().all(|it| READS.contains(&it.as_str())) {
        true => Breadth::Broad,
        false => Breadth::WriteCapable,
    }
}
