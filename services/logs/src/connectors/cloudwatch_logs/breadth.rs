//! How much more a credential may do than its source needs. What it may do in all can't be asked without a right that
//! a narrow one does not have. So two questions are put that it should be refused: for all log groups, and, as the source
//! itself asks, for lines of a group beside its own. Only who is refused both is narrow: a right to list is one thing, a
//! right to read another.

use passport_aws_api::{Asking, Caller};
use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::{Fact, FailureCode};

use super::{client::Client, failed};

/// What became of a question that should be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It was answered, which takes a right to more than the source's own.
    Answered,
    /// It was refused.
    Refused,
    /// It could not be put, or there is none to put.
    Untold,
}

/// How broad the credential is; or that it is another account's.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Fact, CollectError> {
    let keys = client.keys(request).await.map_err(failed)?;
    let asking = Asking {
        keys: &keys,
        request,
    };
    let identity = client.sts.identity(asking).await.map_err(failed)?;
    let account = client.scope.account.as_ref();
    if account.is_some_and(|it| *it != identity.found.account) {
        return Err(CollectError::new(FailureCode::OutOfScope));
    }
    let all = sorted(client.probe(asking).await)?;
    let beside = match client.scope.groups.beside() {
        Some(group) => sorted(client.probe_lines(&group, asking).await)?,
        None => Probe::Untold,
    };
    let breadth = judge(&identity.found.caller, [all, beside]);
    Ok(breadth.fact(identity.observed_at))
}

/// Whether there is such a group is only told to who may read it.
fn sorted(outcome: Result<(), ReadError>) -> Result<Probe, CollectError> {
    match outcome {
        Ok(()) | Err(ReadError::NotFound) => Ok(Probe::Answered),
        Err(ReadError::Denied) => Ok(Probe::Refused),
        Err(ReadError::Unauthenticated) => Err(failed(ReadError::Unauthenticated)),
        Err(_) => Ok(Probe::Untold),
    }
}

/// Narrow is only who was refused all that is too much.
pub fn judge(caller: &Caller, probes: [Probe; 2]) -> Breadth {
    let is_broad = probes.contains(&Probe::Answered);
    let is_refused = probes == [Probe::Refused; 2];
    match caller {
        Caller::Root => Breadth::WriteCapable,
        Caller::User | Caller::Role(_) | Caller::Other if is_broad => Breadth::Broad,
        Caller::User | Caller::Role(_) if is_refused => Breadth::Narrow,
        Caller::User | Caller::Role(_) | Caller::Other => Breadth::Unverifiable,
    }
}
