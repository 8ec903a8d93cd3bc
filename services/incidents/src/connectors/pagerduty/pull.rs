//! Asks PagerDuty for what is judged.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectError, CollectRequest, Object, ReadError};
use passport_evidence::{FailureCode, Reason};

use super::{
    client::{Client, Dated, Incidents},
    model::{PrioritiesReply, Service, WindowsReply},
    settings::Wanted,
};

/// All that was found of the services.
#[derive(Debug, Clone)]
pub struct Found {
    /// Each service.
    pub services: Vec<Object<Service>>,
    /// Their incidents, or why they are not known.
    pub incidents: Result<Incidents, Reason>,
    /// Their maintenance windows; `None`: they are not judged.
    pub windows: Option<Result<Object<WindowsReply>, Reason>>,
    /// The account's priorities; `None`: no incident has one.
    pub priorities: Option<Result<Object<PrioritiesReply>, NoPriorities>>,
    /// When the oldest of the answers was true.
    pub at: DateTime<Utc>,
}

/// Why priorities are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPriorities {
    /// The account has none.
    FeatureOff,
    /// They could not be read.
    Unread(Reason),
}

/// What came of asking.
pub enum Asked {
    /// The services answered.
    Found(Box<Found>),
    /// They did not say what was asked.
    Nothing(Reason),
}

/// Services, and what they have open.
type Round = (
    Vec<Object<Service>>,
    Result<Incidents, Reason>,
    DateTime<Utc>,
);

/// Reads the services and what belongs to them.
///
/// # Errors
/// The key is not accepted, a service can't be read, or incidents can't be asked for.
pub async fn ask(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Asked, CollectError> {
    let mut round = match round(client, wanted, request).await? {
        Ok(round) => round,
        Err(reason) => return Ok(Asked::Nothing(reason)),
    };
    // Between two reads an incident may have ended: only what is so twice is a contradiction.
    if contradicts(&round) {
        match self::round(client, wanted, request).await? {
            Ok(again) => round = again,
            Err(reason) => return Ok(Asked::Nothing(reason)),
        }
    }
    let (services, incidents, mut at) = round;
    let windows = match wanted.maintenance {
        true => Some(dated(client.windows(wanted, request).await, &mut at)?),
        false => None,
    };
    let has_one = |it: &Incidents| it.rows.iter().any(|row| row.priority.is_some());
    let priorities = match incidents.as_ref().is_ok_and(has_one) {
        true => Some(priorities(client, request, &mut at).await?),
        false => None,
    };
    Ok(Asked::Found(Box::new(Found {
        services,
        incidents,
        windows,
        priorities,
        at,
    })))
}

async fn round(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Result<Round, Reason>, CollectError> {
    let (mut services, mut at) = (Vec::new(), request.now);
    for id in &wanted.services {
        let reply = match client.service(id, request).await {
            Ok(reply) => reply,
            Err(error) => return not_asked(error).map(Err),
        };
        at = at.min(reply.at);
        let service = reply.read.0.service;
        if service.id != *id {
            return Err(CollectError::new(FailureCode::OutOfScope));
        }
        services.push(service);
    }
    let incidents = match client.incidents(wanted, request).await {
        Ok(read) => {
            at = at.min(read.at);
            Ok(read.read)
        }
        Err(error) => Err(not_asked(error)?),
    };
    Ok(Ok((services, incidents, at)))
}

/// Services that say that something is open, of which nothing is.
fn contradicts((services, incidents, _): &Round) -> bool {
    let is_quiet = |it: &Incidents| it.is_whole && it.rows.is_empty();
    let is_busy = |it: &Object<Service>| matches!(it.status.as_str(), "warning" | "critical");
    incidents.as_ref().is_ok_and(is_quiet) && services.iter().any(is_busy)
}

async fn priorities(
    client: &Client,
    request: &CollectRequest,
    at: &mut DateTime<Utc>,
) -> Result<Result<Object<PrioritiesReply>, NoPriorities>, CollectError> {
    match client.priorities(request).await {
        Err(ReadError::NotFound) => Ok(Err(NoPriorities::FeatureOff)),
        read => Ok(dated(read, at)?.map_err(NoPriorities::Unread)),
    }
}

/// A key that is not accepted any more ends it all; any other read that fails costs its facts.
fn dated<T>(
    read: Result<Dated<T>, ReadError>,
    at: &mut DateTime<Utc>,
) -> Result<Result<T, Reason>, CollectError> {
    match read {
        Ok(read) => {
            *at = (*at).min(read.at);
            Ok(Ok(read.read))
        }
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        Err(error) => Ok(Err(error.reason())),
    }
}

/// A source that answered, but not what was asked, is evidence of something unknown.
fn not_asked(error: ReadError) -> Result<Reason, CollectError> {
    match error.failure() {
        Some(failure) => Err(failure),
        None => Ok(error.reason()),
    }
}
