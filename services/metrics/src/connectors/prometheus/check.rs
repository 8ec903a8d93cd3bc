//! How much a credential sees.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::client::Client;

/// Prometheus itself knows no permissions: whoever reaches it reads everything. What a proxy or a
/// tenant hides shows in the values of the scope's first label and in the server's configuration.
pub async fn breadth(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    let internal = || CollectError::new(FailureCode::Internal);
    let (label, own) = client.labels.first().ok_or_else(internal)?;
    let others_visible = match client.label_values(label, request).await {
        Ok(values) => values.iter().any(|value| value != own),
        // A proxy that hides the list hides the others.
        Err(ReadError::Denied | ReadError::NotFound) => false,
        Err(error) => return Err(error.failure().unwrap_or_else(internal)),
    };
    if !client.has_credential() {
        return Ok(Breadth::NoneSent);
    }
    if others_visible || client.reads_configuration(request).await {
        return Ok(Breadth::Broad);
    }
    Ok(Breadth::Narrow)
}
