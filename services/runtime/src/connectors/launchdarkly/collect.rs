//! From questions to facts: each flag, what its prerequisites say, and what else is read of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::{future::join_all, join};
use passport_connector_sdk::{CollectError, CollectRequest, ReadError};
use passport_evidence::{Fact, FailureCode, Reason};

use super::{
    breadth,
    client::{Client, Guarded, Read},
    facts,
    flag::Flag,
    lists::{Approval, EvaluationStatus, ScheduledChange},
    wanted::Wanted,
};

/// Most prerequisites of one flag that are read.
const MAX_PREREQUISITES: usize = 10;

/// What was read of one flag.
pub struct Found {
    /// The flag.
    pub flag: Flag,
    /// The flags that it depends on, by their keys.
    pub prerequisites: BTreeMap<String, Result<Flag, Reason>>,
    /// How old the oldest of all these is.
    pub flags_at: DateTime<Utc>,
    /// Whether it is evaluated.
    pub status: Result<Read<EvaluationStatus>, Reason>,
    /// Requests for approval.
    pub approvals: Result<Read<Vec<Approval>>, Reason>,
    /// Scheduled changes.
    pub scheduled: Result<Read<Vec<ScheduledChange>>, Reason>,
    /// Its guarded rollout; `None`: not asked for.
    pub guarded: Option<Result<Read<Guarded>, Reason>>,
}

/// All facts of a source.
///
/// # Errors
/// None of its flags could be read.
pub async fn collect(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Vec<Fact>, CollectError> {
    let read = match flags(client, wanted, request).await {
        Ok(read) => read,
        Err(error) => match error.failure() {
            Some(failure) => return Err(failure),
            None => return Ok(facts::nothing(wanted, error.reason())),
        },
    };
    let good = || read.iter().filter_map(|it| it.as_ref().ok());
    let may_change = good().any(|(flag, _)| flag.may_be_changed());
    // A refusal has no age of its own: it is no older than what was asked along with it.
    let oldest = good().map(|(_, at)| *at).min();
    let credential = breadth::ask(client, may_change, request).await;
    let of_flags = wanted
        .flags
        .iter()
        .zip(&read)
        .map(|(key, read)| async move {
            let facts = match read {
                Ok(flag) => {
                    let found = rest(client, wanted, flag.clone(), request).await;
                    facts::of(&found, &client.environment, wanted, request.now)
                }
                Err(ReadError::NotFound) => facts::absent(wanted, oldest),
                Err(error) => facts::unread(wanted, error.reason()),
            };
            let named = facts.into_iter().map(|it| match wanted.has_items {
                true => it.about(key.clone()),
                false => it,
            });
            named.collect::<Vec<_>>()
        });
    let of_flags = join_all(of_flags).await.into_iter().flatten();
    let required = required(client, wanted, request).await;
    Ok(of_flags.chain([credential]).chain(required).collect())
}

/// Whether changes need an approval; `None`: nobody asks. It is one for all flags of the environment.
async fn required(client: &Client, wanted: &Wanted, request: &CollectRequest) -> Option<Fact> {
    if !wanted.asks_required {
        return None;
    }
    let read = client.approval_settings(request).await;
    let of = |it: Result<&_, _>| facts::required::fact(it, &client.environment);
    Some(facts::observed(&read, of))
}

/// What is known of the credential.
///
/// # Errors
/// None of the flags could be read with it.
pub async fn check(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Fact, CollectError> {
    let read = flags(client, wanted, request).await.map_err(failed)?;
    let mut good = read.iter().filter_map(|it| it.as_ref().ok());
    let may_change = good.any(|(flag, _)| flag.may_be_changed());
    Ok(breadth::ask(client, may_change, request).await)
}

/// The flags, if any of them can be read. A token that is rejected ends it all.
async fn flags(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Vec<Result<Read<Flag>, ReadError>>, ReadError> {
    let asked = wanted.flags.iter().map(|key| client.flag(key, request));
    let read = join_all(asked).await;
    let errors = || read.iter().filter_map(|it| it.as_ref().err().copied());
    let rejected = errors().find(|it| *it == ReadError::Unauthenticated);
    let first = errors().next().filter(|_| read.iter().all(Result::is_err));
    match rejected.or(first) {
        Some(error) => Err(error),
        None => Ok(read),
    }
}

async fn rest(
    client: &Client,
    wanted: &Wanted,
    (flag, at): Read<Flag>,
    request: &CollectRequest,
) -> Found {
    let key = flag.key.clone();
    let guarded = async {
        match wanted.asks_guarded {
            true => Some(client.guarded(&key, request).await),
            false => None,
        }
    };
    let (prerequisites, status, approvals, scheduled, guarded) = join!(
        prerequisites(client, &flag, request),
        client.status(&key, request),
        client.approvals(&key, request),
        client.scheduled(&key, request),
        guarded,
    );
    let (prerequisites, oldest) = prerequisites;
    Found {
        flags_at: oldest.map_or(at, |it| it.min(at)),
        flag,
        prerequisites,
        status,
        approvals,
        scheduled,
        guarded,
    }
}

/// The flags that a flag depends on, one level of them, and how old the oldest answer is. While it is off
/// they do not matter.
async fn prerequisites(
    client: &Client,
    flag: &Flag,
    request: &CollectRequest,
) -> (
    BTreeMap<String, Result<Flag, Reason>>,
    Option<DateTime<Utc>>,
) {
    let config = flag.in_environment(&client.environment);
    let needed = config.filter(|it| it.on).map(|it| it.prerequisites.iter());
    let keys: BTreeSet<_> = needed.into_iter().flatten().map(|it| &it.key).collect();
    let keys = keys.into_iter().take(MAX_PREREQUISITES);
    let asked = keys.map(|key| async move { (key.clone(), client.flag(key, request).await) });
    let (mut found, mut oldest) = (BTreeMap::new(), None);
    for (key, read) in join_all(asked).await {
        let read = match read {
            Ok((flag, at)) => {
                oldest = Some(oldest.map_or(at, |it: DateTime<Utc>| it.min(at)));
                Ok(flag)
            }
            Err(error) => Err(error.reason()),
        };
        found.insert(key, read);
    }
    (found, oldest)
}

fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}
