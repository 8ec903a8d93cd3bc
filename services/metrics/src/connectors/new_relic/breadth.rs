//! How much a key may do.

use passport_connector_sdk::{CollectError, CollectRequest, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::client::Client;

/// A user key may do what its user may, in every account that the user is in. Which accounts these are is told,
/// and what the user's roles allow there is not.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    match client.accounts(request).await {
        Ok(accounts) => of_accounts(&accounts, client.account),
        Err(error) => {
            let internal = || CollectError::new(FailureCode::Internal);
            Err(error.failure().unwrap_or_else(internal))
        }
    }
}

fn of_accounts(accounts: &[u32], own: u32) -> Result<Breadth, CollectError> {
    if !accounts.is_empty() && !accounts.contains(&own) {
        return Err(CollectError::new(FailureCode::Denied));
    }
    Ok(match accounts.iter().all(|it| *it == own) {
        true => Breadth::Unverifiable,
        false => Breadth::Broad,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_sees_another_account_is_broad() {
        assert_eq!(of_accounts(&[1, 2], 1), Ok(Breadth::Broad));
        assert_eq!(of_accounts(&[1], 1), Ok(Breadth::Unverifiable));
        assert_eq!(of_accounts(&[1, 1], 1), Ok(Breadth::Unverifiable));
        assert_eq!(of_accounts(&[], 1), Ok(Breadth::Unverifiable));
        assert!(of_accounts(&[2], 1).is_err());
    }
}
