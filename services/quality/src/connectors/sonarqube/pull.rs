//! Asks SonarQube for what is judged.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError};
use passport_evidence::{FailureCode, Reason};

use super::{
    choose::{self, Chosen, Revision},
    client::Client,
    measures,
    model::{Gate, Measure},
    settings::{Measures, Target},
    tasks::{self, Tasks},
};

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// Tasks, or why they are not known.
    pub tasks: Result<Tasks, Reason>,
    /// The judged analysis, or why none could be chosen.
    pub chosen: Result<Chosen, Reason>,
    /// Its gate, or why that can't be judged.
    pub gate: Result<Gate, Reason>,
    /// Whether the gate is what the target shows now, and not what an analysis was given.
    pub is_live: bool,
    /// Measures of the newest analysis, or why they are not known.
    pub measures: Result<Vec<Measure>, Reason>,
    /// Why its parts may be of different analyses.
    pub mixed: Option<Reason>,
}

/// Reads all that is judged, of one analysis: where another one ended meanwhile, all is read once more.
pub async fn ask(
    client: &Client,
    wanted: &Measures,
    revision: &Revision,
    request: &CollectRequest,
) -> Result<Found, CollectError> {
    let found = read(client, wanted, revision, request).await?;
    if change(client, &found, revision, request).await?.is_none() {
        return Ok(found);
    }
    let found = read(client, wanted, revision, request).await?;
    let mixed = change(client, &found, revision, request).await?;
    Ok(Found { mixed, ..found })
}

/// Whether the newest analysis is another one by now, so that what was read may be of either; `None`: it is of one.
/// The gate of an analysis of the commit is kept as it was and can't be another's.
async fn change(
    client: &Client,
    found: &Found,
    revision: &Revision,
    request: &CollectRequest,
) -> Result<Option<Reason>, CollectError> {
    let has_measures = found.measures.as_ref().is_ok_and(|it| !it.is_empty());
    let Some(before) = found
        .chosen
        .as_ref()
        .ok()
        .filter(|_| found.is_live || has_measures)
    else {
        return Ok(None);
    };
    Ok(match chosen(client, revision, request).await? {
        Ok(now) if now.is_same(before) => None,
        Ok(_) => Some(Reason::Contradictory),
        Err(reason) => Some(reason),
    })
}

/// Only the gate must be readable; any other read costs its facts.
async fn read(
    client: &Client,
    wanted: &Measures,
    revision: &Revision,
    request: &CollectRequest,
) -> Result<Found, CollectError> {
    let judged = async {
        let chosen = chosen(client, revision, request).await?;
        let analysis = of_commit(&chosen, client, revision);
        let gate = client.gate(analysis, request).await;
        let is_live = analysis.is_none();
        Ok::<_, CollectError>((is_live, chosen, gate))
    };
    let (judged, tasks, measures) = tokio::join!(
        judged,
        tasks(client, request),
        measured(client, wanted, request)
    );
    let (is_live, chosen, gate) = judged?;
    let gate = match gate {
        Ok(gate) => Ok(gate),
        Err(error) => match error.failure() {
            Some(failure) => return Err(failure),
            None => Err(error.reason()),
        },
    };
    Ok(Found {
        tasks: tasks?,
        chosen,
        gate,
        is_live,
        measures: measures?,
        mixed: None,
    })
}

/// The id of the commit's own analysis, whose gate is kept as it was. The ids of pull requests'
/// analyses are not told.
fn of_commit<'a>(
    chosen: &'a Result<Chosen, Reason>,
    client: &Client,
    revision: &Revision,
) -> Option<&'a str> {
    let analysis = chosen.as_ref().ok()?.analysis.as_ref()?;
    match client.scope.target {
        Target::Branch(_) if revision.is_of(analysis) => Some(&analysis.key),
        Target::Branch(_) | Target::PullRequest(_) => None,
    }
}

async fn chosen(
    client: &Client,
    revision: &Revision,
    request: &CollectRequest,
) -> Result<Result<Chosen, Reason>, CollectError> {
    match &client.scope.target {
        Target::Branch(_) => {
            let suffices = |it: &_| *revision == Revision::None || revision.is_of(it);
            let read = reason(client.analyses(suffices, request).await)?;
            Ok(read.map(|all| choose::of_branch(&all, revision)))
        }
        Target::PullRequest(key) => {
            let read = reason(client.pull_requests(request).await)?;
            Ok(read.and_then(|all| choose::of_pull_request(all, key)))
        }
    }
}

async fn tasks(
    client: &Client,
    request: &CollectRequest,
) -> Result<Result<Tasks, Reason>, CollectError> {
    let scope = &client.scope;
    let reply = match reason(client.tasks(request).await)? {
        Ok(reply) => reply,
        Err(reason) => return Ok(Err(reason)),
    };
    if !tasks::are_of(&reply, &scope.project_key) {
        return Err(CollectError::new(FailureCode::OutOfScope));
    }
    let is_branch = matches!(scope.target, Target::Branch(_));
    let main_branch = match is_branch && tasks::are_some_unnamed(&reply) {
        true => reason(client.main_branch(request).await)?.ok().flatten(),
        false => None,
    };
    Ok(Ok(Tasks::of(reply, scope, main_branch.as_deref())))
}

async fn measured(
    client: &Client,
    wanted: &Measures,
    request: &CollectRequest,
) -> Result<Result<Vec<Measure>, Reason>, CollectError> {
    if wanted.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let metrics: Vec<_> = wanted.keys().map(String::as_str).collect();
    let read = reason(client.measures(&metrics.join(","), request).await)?;
    match read {
        Ok(component) if !measures::are_of(&component, &client.scope) => {
            Err(CollectError::new(FailureCode::OutOfScope))
        }
        read => Ok(read.map(|component| component.measures)),
    }
}

/// A credential that is rejected ends it all.
fn reason<T>(read: Result<T, ReadError>) -> Result<Result<T, Reason>, CollectError> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        Err(error) => Ok(Err(error.reason())),
    }
}
