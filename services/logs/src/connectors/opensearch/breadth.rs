//! How much a credential may do.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use serde::Deserialize;
use serde_json::json;

use crate::search_api::{
    Ask, Client,
    breadth::{Rights, told},
};

/// Predefined roles that may change lines, settings or who may do what.
const WRITERS: [&str; 8] = [
    "all_access",
    "admin",
    "logstash",
    "manage_snapshots",
    "kibana_server",
    "opensearch_dashboards_server",
    "security_manager",
    "security_rest_api_access",
];
/// Predefined roles that read every index.
const READERS: [&str; 2] = ["readall", "readall_and_monitor"];

/// What the security plugin says of whoever asks.
#[derive(Deserialize)]
struct AuthInfo {
    roles: Option<Vec<String>>,
    backend_roles: Option<Vec<String>>,
}

/// The security plugin names roles and not what they may do: of those that a customer made it is only
/// seen whether they read everything, and what else they may do can't be looked into. So no credential is seen to
/// be narrow.
pub async fn breadth(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    if !client.has_credential() {
        return Ok(Breadth::NoneSent);
    }
    let mut rights = Rights::default();
    rights.learn_of_roles(roles(client, request).await?);
    match reads_everything(client, request).await? {
        Some(reads) => rights.is_broad |= reads,
        None => rights.is_unclear = true,
    }
    Ok(rights.breadth())
}

async fn roles(
    client: &Client,
    request: &CollectRequest,
) -> Result<Option<AuthInfo>, CollectError> {
    let who = Ask::get(["_plugins", "_security", "authinfo"]);
    told(client.read(who, request).await)
}

/// A search of every index, without a line, that a narrow credential is refused.
async fn reads_everything(
    client: &Client,
    request: &CollectRequest,
) -> Result<Option<bool>, CollectError> {
    let nothing = json!({"size": 0, "track_total_hits": false, "timeout": "1s"});
    match client.search_in("*", &nothing, request).await {
        Ok(_) | Err(ReadError::Shape) => Ok(Some(true)),
        Err(ReadError::Denied) => Ok(Some(false)),
        Err(error) => told(Err(error)),
    }
}

impl Rights {
    fn learn_of_roles(&mut self, info: Option<AuthInfo>) {
        let roles = info.as_ref().and_then(|it| it.roles.as_deref());
        let backend = info.as_ref().and_then(|it| it.backend_roles.as_deref());
        let roles = roles.unwrap_or_default();
        let is_known =
            |it: &String| WRITERS.contains(&it.as_str()) || READERS.contains(&it.as_str());
        self.is_unclear |= roles.is_empty() || !roles.iter().all(is_known);
        let all = || roles.iter().chain(backend.unwrap_or_default());
        self.writes |= all().any(|it| WRITERS.contains(&it.as_str()));
        self.is_broad |= all().any(|it| READERS.contains(&it.as_str()));
    }
}
