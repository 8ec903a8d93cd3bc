//! How much a key may do.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::client::Client;

/// Roles of users who change nothing ("User Roles"). An observer, and a user of restricted access, may have
/// another role in a team, and are not among them.
const READS: [&str; 2] = ["read_only_limited_user", "read_only_user"];
/// Roles of those who do.
const WRITES: [&str; 4] = ["admin", "limited_user", "owner", "user"];

/// What the user of the key may do. A key of the account belongs to no user, and PagerDuty does not tell
/// whether it may only read. `None` where it could not be asked now.
///
/// # Errors
/// The key is not accepted at all.
pub async fn ask(
    client: &Client,
    request: &CollectRequest,
) -> Result<Option<Breadth>, CollectError> {
    match client.me(request).await {
        Ok(user) => Ok(Some(of(&user.role))),
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
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

fn of(role: &str) -> Breadth {
    if READS.contains(&role) {
        Breadth::Narrow
    } else if WRITES.contains(&role) {
        Breadth::WriteCapable
    } else {
        Breadth::Unverifiable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_role_that_is_known_to_read_is_narrow() {
        for role in READS {
            assert_eq!(of(role), Breadth::Narrow, "{role}");
        }
        for role in WRITES {
            assert_eq!(of(role), Breadth::WriteCapable, "{role}");
        }
        for role in ["", "restricted_access", "observer", "Observer", "superuser"] {
            assert_eq!(of(role), Breadth::Unverifiable, "{role}");
        }
    }
}
