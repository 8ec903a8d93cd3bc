//! Asks GitLab for what is judged.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError};
use passport_evidence::{FailureCode, Reason};

use super::{
    choose,
    client::{Client, Selector},
    facts::Found,
    follow,
    jobs::{Home, Whose},
    model::{Deployment, Job, Pipeline},
    pages::Listed,
    settings::Wanted,
};

/// What came of asking.
pub enum Asked {
    /// A pipeline.
    Pipeline(Box<Found>),
    /// No pipeline that could be judged, and why.
    Nothing(Reason),
}

/// Reads the pipeline that is meant and what belongs to it.
pub async fn ask(
    client: &Client,
    wanted: &Wanted,
    selector: Selector<'_>,
    request: &CollectRequest,
) -> Result<Asked, CollectError> {
    let listed = match client.pipelines(wanted, selector, request).await {
        Ok(listed) => listed,
        Err(error) => match error.failure() {
            Some(failure) => return Err(failure),
            None => return Ok(Asked::Nothing(error.reason())),
        },
    };
    let projects = listed.items.iter().map(|it| it.project_id);
    if !choose::are_in_scope(&wanted.project, projects) {
        return Err(out_of_scope());
    }
    let revision = match selector {
        Selector::Revision(sha) => Some(sha),
        Selector::Ref => None,
    };
    let is_surely_newest = listed.is_whole;
    match choose::newest(listed.items, revision, wanted) {
        Some(row) => {
            let found = rest(client, wanted, row, is_surely_newest, request).await?;
            Ok(Asked::Pipeline(Box::new(found)))
        }
        None if is_surely_newest => Ok(Asked::Nothing(Reason::NoData)),
        None => Ok(Asked::Nothing(Reason::Incomplete)),
    }
}

/// A credential that is rejected meanwhile ends it all; any other read that fails costs its facts.
async fn rest(
    client: &Client,
    wanted: &Wanted,
    row: Pipeline,
    is_surely_newest: bool,
    request: &CollectRequest,
) -> Result<Found, CollectError> {
    let project = wanted.project.segment();
    let (pipeline, unread) = detail(client, &project, row, request).await?;
    let (id, home) = (pipeline.id, home(&pipeline));
    let read = reason(client.jobs(&project, id, request).await)?;
    let jobs = of_home(home, read, |it| it)?;
    let downstream = match wanted.follows {
        true => Some(follow::tree(client, &project, home, request).await?),
        false => None,
    };
    let deployment = match &wanted.environment {
        Some(it) => Some(deployment(client, &project, it, &pipeline.sha, request).await?),
        None => None,
    };
    let tests = match wanted.tests {
        true => Some(reason(client.tests(&project, id, request).await)?),
        false => None,
    };
    Ok(Found {
        unread,
        is_surely_newest,
        jobs,
        downstream,
        deployment,
        tests,
        pipeline,
    })
}

fn home(pipeline: &Pipeline) -> Home<'_> {
    Home {
        id: pipeline.id,
        sha: &pipeline.sha,
        project: Some(pipeline.project_id),
    }
}

/// The pipeline by itself; what the list tells of it where that can't be read, or is another one.
async fn detail(
    client: &Client,
    project: &str,
    row: Pipeline,
    request: &CollectRequest,
) -> Result<(Pipeline, Option<Reason>), CollectError> {
    match reason(client.pipeline(project, row.id, request).await)? {
        Ok(read) if read.project_id != row.project_id => Err(out_of_scope()),
        Ok(read) if read.id == row.id && read.sha == row.sha => Ok((read, None)),
        Ok(_) => Ok((row, Some(Reason::Contradictory))),
        Err(reason) => Ok((row, Some(reason))),
    }
}

/// Jobs that are of the pipeline, all of them.
pub fn of_home<T>(
    home: Home<'_>,
    read: Result<Listed<T>, Reason>,
    job: fn(&T) -> &Job,
) -> Result<Result<Listed<T>, Reason>, CollectError> {
    let Ok(listed) = &read else {
        return Ok(read);
    };
    match home.whose(listed.items.iter().map(job)) {
        Whose::Own => Ok(read),
        Whose::OtherPipeline => Ok(Err(Reason::FilterNotApplied)),
        Whose::OtherProject => Err(out_of_scope()),
    }
}

async fn deployment(
    client: &Client,
    project: &str,
    environment: &str,
    sha: &str,
    request: &CollectRequest,
) -> Result<Result<Deployment, Reason>, CollectError> {
    let read = client.deployments(project, environment, sha, request);
    let listed = match reason(read.await)? {
        Ok(listed) => listed,
        Err(reason) => return Ok(Err(reason)),
    };
    let is_elsewhere = |it: &Deployment| it.environment.name != environment;
    if listed.items.iter().any(is_elsewhere) {
        return Ok(Err(Reason::FilterNotApplied));
    }
    if !listed.is_whole {
        return Ok(Err(Reason::Incomplete));
    }
    let of_commit = listed.items.into_iter().filter(|it| it.sha == sha);
    Ok(of_commit.max_by_key(|it| it.id).ok_or(Reason::NoData))
}

/// Why a read gave nothing; a credential that is not accepted ends it all.
pub fn reason<T>(read: Result<T, ReadError>) -> Result<Result<T, Reason>, CollectError> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        Err(error) => Ok(Err(error.reason())),
    }
}

fn out_of_scope() -> CollectError {
    CollectError::new(FailureCode::OutOfScope)
}
