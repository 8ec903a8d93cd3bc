//! Asks GitHub for what is judged.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::{FailureCode, Reason};

use super::{
    attested::{self, OfArtifact},
    choose,
    client::{Client, Selector},
    facts::{Found, Said},
    jobs::{Jobs, Known},
    lists::Listed,
    model::{Artifact, Deployment, DeploymentStatus, Run},
    settings::Wanted,
};

/// What came of asking.
pub enum Asked {
    /// A run.
    Run(Box<Found>),
    /// No run that could be judged, and why.
    Nothing(Reason),
}

/// Reads the run that is meant and what belongs to it.
pub async fn ask(
    client: &Client,
    wanted: &Wanted,
    selector: Selector<'_>,
    request: &CollectRequest,
) -> Result<(Asked, Option<Breadth>), CollectError> {
    let runs = match client.runs(selector, request).await {
        Ok(runs) => runs,
        Err(error) => match error.failure() {
            Some(failure) => return Err(failure),
            None => return Ok((Asked::Nothing(error.reason()), None)),
        },
    };
    let is_foreign = |it: &Run| !choose::is_in_scope(it, &wanted.scope);
    if runs.listed.items.iter().any(is_foreign) {
        return Err(CollectError::new(FailureCode::OutOfScope));
    }
    let revision = match selector {
        Selector::Revision(sha) => Some(sha),
        Selector::Branch => None,
    };
    let is_surely_newest = runs.listed.is_whole;
    let asked = match choose::newest(runs.listed.items, revision, &wanted.scope) {
        Some(run) => {
            let found = rest(client, wanted, run, is_surely_newest, request).await?;
            Asked::Run(Box::new(found))
        }
        None if is_surely_newest => Asked::Nothing(Reason::NoData),
        None => Asked::Nothing(Reason::Incomplete),
    };
    Ok((asked, runs.breadth))
}

/// A credential that is rejected meanwhile ends it all; any other read that fails costs its facts.
async fn rest(
    client: &Client,
    wanted: &Wanted,
    run: Run,
    is_surely_newest: bool,
    request: &CollectRequest,
) -> Result<Found, CollectError> {
    let jobs = reason(client.jobs(run.id, request).await)?.and_then(|listed| {
        let known = match listed.is_whole {
            true => Known::All,
            false => Known::Some,
        };
        Jobs::of(&run, listed.items, known)
    });
    let artifacts = match &wanted.artifact {
        None => None,
        Some(artifact) => Some(artifacts(client, run.id, &artifact.name, request).await?),
    };
    let attestations = match wanted.attestations {
        false => None,
        true => Some(attestations(client, request).await?),
    };
    let (deployment, approval) = match &wanted.scope.deployment_environment {
        None => (None, None),
        Some(environment) => (
            Some(deployment(client, &run.head_sha, environment, request).await?),
            Some(said(client, run.id, request).await?),
        ),
    };
    Ok(Found {
        run,
        is_surely_newest,
        jobs,
        artifacts,
        attestations,
        deployment,
        approval,
        suite: None,
    })
}

async fn artifacts(
    client: &Client,
    run: u64,
    name: &str,
    request: &CollectRequest,
) -> Result<Result<Vec<Artifact>, Reason>, CollectError> {
    let read = reason(client.artifacts(run, name, request).await)?;
    Ok(read.and_then(|listed| match listed.is_whole {
        true => Ok(listed.items),
        false => Err(Reason::Incomplete),
    }))
}

async fn attestations(
    client: &Client,
    request: &CollectRequest,
) -> Result<Vec<OfArtifact>, CollectError> {
    let mut found = Vec::new();
    for (digest, is_asked) in attested::wanted(request.subject.as_ref()) {
        let read = match is_asked {
            true => reason(client.attestations(digest, request).await)?,
            false => Err(Reason::Incomplete),
        };
        let digest = digest.to_owned();
        found.push(OfArtifact { digest, read });
    }
    Ok(found)
}

async fn deployment(
    client: &Client,
    sha: &str,
    environment: &str,
    request: &CollectRequest,
) -> Result<Result<DeploymentStatus, Reason>, CollectError> {
    let read = reason(client.deployments(sha, environment, request).await)?;
    let is_meant = |it: &Deployment| it.sha == sha && it.environment == environment;
    let read = read.and_then(|listed| match listed.items.iter().all(is_meant) {
        true => newest(listed, |it| it.id),
        false => Err(Reason::FilterNotApplied),
    });
    let deployment = match read {
        Ok(deployment) => deployment,
        Err(reason) => return Ok(Err(reason)),
    };
    let statuses = reason(client.statuses(deployment.id, request).await)?;
    Ok(statuses.and_then(|listed| newest(listed, |it| it.id)))
}

/// The newest of a list, where it surely is in what was read.
fn newest<T>(listed: Listed<T>, id: fn(&T) -> u64) -> Result<T, Reason> {
    match listed.is_whole {
        true => listed
            .items
            .into_iter()
            .max_by_key(id)
            .ok_or(Reason::NoData),
        false => Err(Reason::Incomplete),
    }
}

async fn said(
    client: &Client,
    run: u64,
    request: &CollectRequest,
) -> Result<Result<Said, Reason>, CollectError> {
    let pending = reason(client.pending_deployments(run, request).await)?;
    let approvals = reason(client.approvals(run, request).await)?;
    Ok(pending.and_then(|pending| {
        Ok(Said {
            pending,
            approvals: approvals?,
        })
    }))
}

fn reason<T>(read: Result<T, ReadError>) -> Result<Result<T, Reason>, CollectError> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        Err(error) => Ok(Err(error.reason())),
    }
}
