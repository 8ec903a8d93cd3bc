//! How much a credential sees.

use futures::future::try_join_all;
use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::client::Client;

/// What a credential sees of one label of the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// The scope's value and no other.
    Own,
    /// Another value.
    Foreign,
    /// No value, or the list is hidden: nothing is known of what else can be seen.
    Hidden,
}

/// Prometheus itself knows no permissions: whoever reaches it reads everything. What a proxy or a
/// tenant hides shows in the values of the scope's labels and in the server's configuration.
pub async fn breadth(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    let labels = client.labels.iter();
    let looks = labels.map(|(label, own)| sight(client, label, own, request));
    let sights = try_join_all(looks).await?;
    if !client.has_credential() {
        return Ok(Breadth::NoneSent);
    }
    Ok(judge(&sights, client.configuration(request).await))
}

async fn sight(
    client: &Client,
    label: &str,
    own: &str,
    request: &CollectRequest,
) -> Result<Sight, CollectError> {
    match client.label_values(label, request).await {
        Ok(values) => Ok(seen(&values, own)),
        Err(ReadError::Denied | ReadError::NotFound) => Ok(Sight::Hidden),
        Err(error) => {
            let internal = || CollectError::new(FailureCode::Internal);
            Err(error.failure().unwrap_or_else(internal))
        }
    }
}

fn seen(values: &[String], own: &str) -> Sight {
    match values {
        [] => Sight::Hidden,
        all if all.iter().all(|value| value == own) => Sight::Own,
        [..] => Sight::Foreign,
    }
}

/// Narrow is only what was seen to be narrow, in every label, and kept from the configuration.
fn judge(sights: &[Sight], configuration: Result<(), ReadError>) -> Breadth {
    let all_own = !sights.is_empty() && sights.iter().all(|sight| *sight == Sight::Own);
    if sights.contains(&Sight::Foreign) {
        return Breadth::Broad;
    }
    match configuration {
        Ok(()) => Breadth::Broad,
        Err(ReadError::Denied | ReadError::NotFound) if all_own => Breadth::Narrow,
        Err(_) => Breadth::Unverifiable,
    }
}

#[cfg(test)]
mod tests;
