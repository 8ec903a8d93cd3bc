//! Lists of containers by Compose's labels.

use passport_connector_sdk::{CollectRequest, Object, ReadError, Request};
use serde_json::json;

use super::{
    client::{Client, Seen, read},
    model::Listed,
    version::Version,
};

// === impl Client: the project ===

impl Client {
    /// The containers of all of the project's services; `None`: nobody declares them.
    pub async fn project(
        &self,
        version: Version,
        request: &CollectRequest,
    ) -> Option<Seen<Vec<Listed>>> {
        self.wanted.services.as_ref()?;
        let asked = listing(version, &[("project", &self.wanted.scope.project)]);
        let found = async {
            let reply = self.provider.send(asked, request).await?;
            let (all, at) = read::<Vec<Object<Listed>>>(&reply)?;
            Ok((all.into_iter().map(|it| it.0).collect(), at))
        };
        Some(found.await.map_err(ReadError::reason))
    }
}

/// The containers with labels of Compose.
pub fn listing(version: Version, labels: &[(&str, &str)]) -> Request {
    let labels = labels.iter();
    let labels: Vec<_> = labels
        .map(|(name, value)| format!("com.docker.compose.{name}={value}"))
        .collect();
    Request::get([&version.to_string(), "containers", "json"])
        .query("all", "true")
        .query("filters", json!({ "label": labels }).to_string())
}
