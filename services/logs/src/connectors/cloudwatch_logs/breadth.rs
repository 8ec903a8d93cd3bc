//! How much more a credential may do than its source needs.

use passport_aws_api::{Asking, Caller};
use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::{Fact, FailureCode};

use super::{client::Client, failed};

/// What became of the question about all log groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It was answered, which takes a right to the whole account.
    Answered,
    /// It was refused.
    Refused,
    /// It could not be put.
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
    let probe = match client.probe(asking).await {
        Ok(()) => Probe::Answered,
        Err(ReadError::Denied) => Probe::Refused,
        Err(ReadError::Unauthenticated) => return Err(failed(ReadError::Unauthenticated)),
        Err(_) => Probe::Untold,
    };
    Ok(judge(&identity.found.caller, probe).fact(identity.observed_at))
}

/// Narrow is only who was refused what is too much.
pub fn judge(caller: &Caller, probe: Probe) -> Breadth {
    match (caller, probe) {
        (Caller::Root, _) => Breadth::WriteCapable,
        (Caller::User | Caller::Role(_) | Caller::Other, Probe::Answered) => Breadth::Broad,
        (Caller::User | Caller::Role(_), Probe::Refused) => Breadth::Narrow,
        (Caller::User | Caller::Role(_), Probe::Untold) | (Caller::Other, _) => {
            Breadth::Unverifiable
        }
    }
}
