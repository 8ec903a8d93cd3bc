//! Asks Opsgenie for what is judged.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    CollectError, CollectRequest, Object, ReadError, credential_scope::Breadth,
};
use passport_evidence::{FailureCode, Reason};

use super::{
    client::{Client, Dated, Listed},
    model::{Alert, Incident, Maintenance},
    names,
    wanted::Wanted,
};

/// Maintenances of so many teams are asked for.
const MAX_TEAMS: usize = 5;

/// Why a key may not be known where it is shown.
const OTHER_REGION: &str = "the key is not known here: keys of the EU are only known at \
                            https://api.eu.opsgenie.com, all others at https://api.opsgenie.com; set \
                            `endpoint` to the account's region, or renew the key";

/// All that was found of the scope.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its alerts.
    pub alerts: Listed<Alert>,
    /// Whether anything shows that there is such a scope; an alert of it does, however it ended.
    pub scope: Result<(), Reason>,
    /// How many there are said to be; `None` where that is not told.
    pub count: Option<u64>,
    /// Maintenances, or why they are not known.
    pub maintenances: Result<Listed<Maintenance>, Reason>,
    /// Incidents of the service; `None`: none are judged.
    pub incidents: Option<Result<Listed<Incident>, Reason>>,
    /// How broad the key is; `None` where it could not be asked now.
    pub breadth: Option<Breadth>,
    /// When the oldest of the answers was true.
    pub at: DateTime<Utc>,
}

/// Reads the alerts, which prove that the key reads the scope, and then all else at once.
///
/// # Errors
/// The key is not accepted, or alerts can't be asked for.
pub async fn ask(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Result<Found, Reason>, CollectError> {
    let alerts = match client.alerts(wanted, request).await {
        Ok(alerts) => alerts,
        Err(error) => return not_asked(error, wanted),
    };
    let mut at = alerts.at;
    let other = match alerts.read.rows.iter().any(|it| wanted.has(it)) {
        true => None,
        false => Some(dated(
            client.any_alert(wanted, request).await,
            &mut at,
            wanted,
        )?),
    };
    let seen = alerts
        .read
        .rows
        .iter()
        .chain(other.iter().flatten().flatten());
    let teams = teams(seen.map(|it| &it.0).filter(|it| wanted.has(it)));
    let (count, maintenances, incidents, breadth) = tokio::join!(
        count(client, wanted, request),
        client.maintenances(&teams, wanted, request),
        incidents(client, wanted, request),
        breadth(client, wanted, request),
    );
    let count = match count {
        None => None,
        Some(count) => dated(count, &mut at, wanted)?.ok(),
    };
    let incidents = match incidents {
        None => None,
        Some(read) => Some(dated(read, &mut at, wanted)?),
    };
    Ok(Ok(Found {
        alerts: alerts.read,
        scope: other.map_or(Ok(()), |it| proof(it, wanted)),
        count: count.map(|it| it.0.data.count),
        maintenances: dated(maintenances, &mut at, wanted)?,
        incidents,
        breadth: breadth?,
        at,
    }))
}

/// What an alert that was looked for says of the scope.
pub fn proof(read: Result<Option<Object<Alert>>, Reason>, wanted: &Wanted) -> Result<(), Reason> {
    match read? {
        None => Err(Reason::NoData),
        Some(alert) if !wanted.has(&alert) => Err(Reason::FilterNotApplied),
        Some(_) => Ok(()),
    }
}

/// Ids of the teams that are to do something of these alerts: maintenances of theirs may silence the scope.
/// None where there are too many, or one that can't be asked for.
fn teams<'a>(alerts: impl Iterator<Item = &'a Alert>) -> BTreeSet<String> {
    let all = alerts.flat_map(Alert::teams).map(|it| it.id.clone());
    let all: Option<BTreeSet<_>> = all.collect();
    let are_asked =
        |all: &BTreeSet<String>| all.len() <= MAX_TEAMS && all.iter().all(|it| names::is_uuid(it));
    all.filter(are_asked).unwrap_or_default()
}

type Counted = Dated<Object<super::model::CountReply>>;

/// The successor is not known to count.
async fn count(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Option<Result<Counted, ReadError>> {
    match wanted.cloud {
        None => Some(client.count(wanted, request).await),
        Some(_) => None,
    }
}

async fn incidents(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Option<Result<Dated<Listed<Incident>>, ReadError>> {
    let service = wanted.service.as_ref()?;
    Some(client.incidents(service, wanted, request).await)
}

/// How broad the key is: one that reads the account has more than it needs, and of any other only that is
/// known that it does not.
///
/// # Errors
/// The key is not accepted.
pub async fn breadth(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Option<Breadth>, CollectError> {
    if wanted.cloud.is_some() {
        return Ok(Some(Breadth::Unverifiable));
    }
    match client.account(request).await {
        Ok(()) => Ok(Some(Breadth::Broad)),
        Err(ReadError::Unauthenticated) => Err(unauthenticated(wanted)),
        Err(
            ReadError::Denied
            | ReadError::NotFound
            | ReadError::Rejected
            | ReadError::Shape
            | ReadError::Malformed,
        ) => Ok(Some(Breadth::Unverifiable)),
        Err(
            ReadError::Unreachable
            | ReadError::TimedOut
            | ReadError::LeftAlone { .. }
            | ReadError::Throttled { .. }
            | ReadError::TooLarge
            | ReadError::OutOfScope
            | ReadError::NotConfigured,
        ) => Ok(None),
    }
}

/// A key that is not accepted any more ends it all; any other read that fails costs its facts.
fn dated<T>(
    read: Result<Dated<T>, ReadError>,
    at: &mut DateTime<Utc>,
    wanted: &Wanted,
) -> Result<Result<T, Reason>, CollectError> {
    match read {
        Ok(read) => {
            *at = (*at).min(read.at);
            Ok(Ok(read.read))
        }
        Err(ReadError::Unauthenticated) => Err(unauthenticated(wanted)),
        Err(error) => Ok(Err(error.reason())),
    }
}

/// A source that answered, but not what was asked, is evidence of something unknown.
pub fn not_asked<T>(error: ReadError, wanted: &Wanted) -> Result<Result<T, Reason>, CollectError> {
    match (error, error.failure()) {
        (ReadError::Unauthenticated, _) => Err(unauthenticated(wanted)),
        (_, Some(failure)) => Err(failure),
        (_, None) => Ok(Err(error.reason())),
    }
}

fn unauthenticated(wanted: &Wanted) -> CollectError {
    let failure = CollectError::new(FailureCode::Unauthenticated);
    match wanted.cloud {
        None => failure.advising(OTHER_REGION),
        Some(_) => failure,
    }
}
