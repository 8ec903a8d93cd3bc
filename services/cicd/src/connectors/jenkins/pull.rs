//! Asks Jenkins for what is judged.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError};
use passport_evidence::{FailureCode, Reason};

use super::{
    client::Client,
    commit::{self, Revision},
    facts::Found,
    model::{Build, Listed},
    settings::{Select, Wanted},
};

/// What came of asking.
pub enum Asked {
    /// A build.
    Build(Box<Found>),
    /// The job has no such build yet.
    NeverBuilt,
    /// No build that could be judged, and why.
    Nothing(Reason),
}

/// Reads the build that is meant and what belongs to it.
pub async fn ask(
    client: &Client,
    wanted: &Wanted,
    revision: &Revision,
    request: &CollectRequest,
) -> Result<Asked, CollectError> {
    let (full_name, number) = match main(meant(client, wanted, revision, request).await)? {
        Ok(read) => read,
        Err(reason) => return Ok(Asked::Nothing(reason)),
    };
    if full_name != client.job.full_name() {
        return Err(CollectError::new(FailureCode::OutOfScope));
    }
    let Some(number) = number else {
        return Ok(match wanted.select {
            Select::SubjectRevision => Asked::Nothing(Reason::NoData),
            Select::LastBuild | Select::LastCompletedBuild => Asked::NeverBuilt,
        });
    };
    let build = match client.build(number, wanted, request).await {
        // The job was there a moment ago: its build was deleted since.
        Err(ReadError::NotFound) => return Ok(Asked::Nothing(Reason::NoData)),
        read => main(read)?,
    };
    match build {
        Ok(build) if build.number == number => {
            let found = rest(client, wanted, build, request).await?;
            Ok(Asked::Build(Box::new(found)))
        }
        Ok(_) => Ok(Asked::Nothing(Reason::Contradictory)),
        Err(reason) => Ok(Asked::Nothing(reason)),
    }
}

/// Full name of the job that answered, and the number of the build that is meant.
async fn meant(
    client: &Client,
    wanted: &Wanted,
    revision: &Revision,
    request: &CollectRequest,
) -> Result<(String, Option<u64>), ReadError> {
    if let (Select::SubjectRevision, Revision::Commit(commit)) = (wanted.select, revision) {
        let job = client.builds(request).await?;
        return Ok((job.full_name, newest_of(&job.builds, wanted, commit)));
    }
    let job = client.job(request).await?;
    let last = match wanted.select {
        Select::LastCompletedBuild => job.last_completed_build,
        Select::LastBuild | Select::SubjectRevision => job.last_build,
    };
    Ok((job.full_name, last.map(|it| it.number)))
}

fn newest_of(builds: &[Listed], wanted: &Wanted, commit: &str) -> Option<u64> {
    let repository = wanted.repository.as_ref();
    let of_commit = |it: &&Listed| {
        let actions = it.actions.iter().flatten();
        commit::may_be_of(actions, repository, commit)
    };
    let of_commit = builds.iter().filter(of_commit);
    of_commit.map(|it| it.number).max()
}

/// A credential that is rejected meanwhile ends it all; any other read that fails costs its facts.
async fn rest(
    client: &Client,
    wanted: &Wanted,
    build: Build,
    request: &CollectRequest,
) -> Result<Found, CollectError> {
    let stages = match wanted.stages.is_empty() {
        true => None,
        false => Some(part(client.stages(build.number, request).await)?),
    };
    let tests = match wanted.tests {
        false => None,
        true => Some(match client.tests(build.number, request).await {
            Err(ReadError::NotFound) => Err(Reason::NoData),
            read => part(read)?,
        }),
    };
    Ok(Found {
        build,
        stages,
        tests,
    })
}

/// A read without which nothing is known.
fn main<T>(read: Result<T, ReadError>) -> Result<Result<T, Reason>, CollectError> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(error) => match error.failure() {
            Some(failure) => Err(failure),
            None => Ok(Err(error.reason())),
        },
    }
}

/// A read that only some facts rest on.
fn part<T>(read: Result<T, ReadError>) -> Result<Result<T, Reason>, CollectError> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        Err(error) => Ok(Err(error.reason())),
    }
}
