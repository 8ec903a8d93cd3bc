//! How much a credential sees.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::client::Client;

/// Prometheus itself knows no permissions: whoever reaches it reads everything. What a proxy or a
/// tenant hides shows in the values of the scope's first label and in the server's configuration.
pub async fn breadth(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    let internal = || CollectError::new(FailureCode::Internal);
    let (label, own) = client.labels.first().ok_or_else(internal)?;
    let values = match client.label_values(label, request).await {
        Ok(values) => values,
        // A proxy may hide the list; then nothing is known of what else can be seen.
        Err(ReadError::Denied | ReadError::NotFound) => Vec::new(),
        Err(error) => return Err(error.failure().unwrap_or_else(internal)),
    };
    if !client.has_credential() {
        return Ok(Breadth::NoneSent);
    }
    if values.iter().any(|value| value != own) {
        return Ok(Breadth::Broad);
    }
    Ok(match client.configuration(request).await {
        Ok(()) => Breadth::Broad,
        Err(ReadError::Denied | ReadError::NotFound) if !values.is_empty() => Breadth::Narrow,
        Err(_) => Breadth::Unverifiable,
    })
}
