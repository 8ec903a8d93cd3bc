//! How much more a credential may do than its source needs. What a role may do in all can't be asked
//! without a right that a narrow role does not have; so one question is put that it should be refused.

use passport_aws_api::{Answer, Asking, Caller, Identity};
use passport_connector_sdk::{ReadError, credential_scope::Breadth};
use passport_evidence::Fact;

use super::client::Client;

/// What became of the question about all clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It was answered, which takes a right to the whole account.
    Answered,
    /// It was refused.
    Refused,
    /// It could not be put.
    Untold,
}

/// How broad a credential is.
pub async fn ask(client: &Client, identity: &Answer<Identity>, asking: Asking<'_>) -> Fact {
    let probe = match client.probe(asking).await {
        Ok(()) => Probe::Answered,
        Err(ReadError::Denied) => Probe::Refused,
        Err(_) => Probe::Untold,
    };
    judge(&identity.found.caller, probe).fact(identity.observed_at)
}

/// Narrow is only a role that was refused what is too much.
pub fn judge(caller: &Caller, probe: Probe) -> Breadth {
    match (caller, probe) {
        (Caller::Root, _) => Breadth::WriteCapable,
        (Caller::User, _) | (Caller::Role(_) | Caller::Other, Probe::Answered) => Breadth::Broad,
        (Caller::Role(_), Probe::Refused) => Breadth::Narrow,
        (Caller::Role(_), Probe::Untold) | (Caller::Other, Probe::Refused | Probe::Untold) => {
            Breadth::Unverifiable
        }
    }
}
