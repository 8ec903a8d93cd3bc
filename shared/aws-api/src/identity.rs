//! Who a credential is, after the page "GetCallerIdentity".

use passport_connector_sdk::ReadError;

use super::account::is_account;

/// Whose keys they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The number of the account.
    pub account: String,
    /// Who in it.
    pub caller: Caller,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The account itself: it may do anything.
    Root,
    /// A person's or program's own user, whose keys last.
    User,
    /// A role that was assumed, by its name.
    Role(String),
    /// Somebody else, such as a federated user.
    Other,
}

// === impl Identity ===

impl Identity {
    /// Of the two things that the answer says, which must be about one account.
    pub(crate) fn of(account: &str, arn: &str) -> Result<Self, ReadError> {
        // arn:partition:service:region:account:resource
        let parts: Vec<_> = arn.splitn(6, ':').collect();
        let ["arn", _, service @ ("iam" | "sts"), "", of_arn, resource] = parts.as_slice() else {
            return Err(ReadError::Shape);
        };
        if !is_account(account) || *of_arn != account {
            return Err(ReadError::Shape);
        }
        Ok(Self {
            account: account.to_owned(),
            caller: Caller::of(service, resource),
        })
    }
}

// === impl Caller ===

impl Caller {
    fn of(service: &str, resource: &str) -> Self {
        let parts: Vec<_> = resource.split('/').collect();
        match (service, parts.as_slice()) {
            ("iam", ["root"]) => Self::Root,
            ("iam", ["user", _, ..]) => Self::User,
            ("sts", ["assumed-role", role, _]) => Self::Role((*role).to_owned()),
            _ => Self::Other,
        }
    }
}
