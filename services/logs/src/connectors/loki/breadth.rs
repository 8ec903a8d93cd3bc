//! How much a credential sees.

use futures::future::try_join_all;
use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::client::Client;

/// Loki itself knows no permissions: what a proxy or a tenant hides shows in the values of the
/// scope's labels.
pub async fn breadth(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    let looks = client
        .labels
        .iter()
        .map(|(label, own)| look(client, label, own, request));
    let seen = try_join_all(looks).await?;
    if !client.has_credential() {
        return Ok(Breadth::NoneSent);
    }
    Ok(judge(&seen))
}

async fn look(
    client: &Client,
    label: &str,
    own: &str,
    request: &CollectRequest,
) -> Result<Breadth, CollectError> {
    match client.label_values(label, request).await {
        Ok(values) => Ok(of_label(&values, own)),
        Err(ReadError::Denied | ReadError::NotFound) => Ok(Breadth::Unverifiable),
        Err(error) => {
            let internal = || CollectError::new(FailureCode::Internal);
            Err(error.failure().unwrap_or_else(internal))
        }
    }
}

/// A list without values may be hidden, or of a quiet hour.
pub fn of_label(values: &[String], own: &str) -> Breadth {
    match values {
        [] => Breadth::Unverifiable,
        all if all.iter().all(|value| value == own) => Breadth::Narrow,
        [..] => Breadth::Broad,
    }
}

/// Narrow is only what was seen to be narrow, in every label.
pub fn judge(labels: &[Breadth]) -> Breadth {
    if labels.contains(&Breadth::Broad) {
        Breadth::Broad
    } else if !labels.is_empty() && labels.iter().all(|it| *it == Breadth::Narrow) {
        Breadth::Narrow
    } else {
        Breadth::Unverifiable
    }
}
