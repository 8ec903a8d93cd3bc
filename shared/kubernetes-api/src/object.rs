//! One object by its name, after the pages "Kubernetes API Concepts" and "API groups".

use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Reply, Request};
use serde::{Deserialize, de::DeserializeOwned};

use super::status;

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Where one object in one namespace is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectPath<'a> {
    /// API group, such as `apps`. Never the empty core group.
    pub group: &'a str,
    /// Version of the group, such as `v1`.
    pub version: &'a str,
    /// Kind as the object itself names it, such as `Deployment`.
    pub kind: &'a str,
    /// Kind as it stands in paths and roles, such as `deployments`.
    pub resource: &'a str,
    /// Namespace.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
}

/// Whose object an answer is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    api_version: Option<String>,
    kind: String,
    metadata: Names,
}

#[derive(Deserialize)]
struct Names {
    name: String,
    namespace: String,
}

/// The versions that a group is served in.
#[derive(Deserialize)]
struct ApiGroup {
    name: String,
    versions: Vec<ServedVersion>,
}

#[derive(Deserialize)]
struct ServedVersion {
    version: String,
}

impl ObjectPath<'_> {
    fn get(&self) -> Request {
        let start = ["apis", self.group, self.version, "namespaces"];
        let rest = [self.namespace, self.resource, self.name];
        Request::get(start.into_iter().chain(rest)).header(ACCEPT, JSON)
    }

    fn is_of(&self, found: &Identity) -> bool {
        let version = format!("{}/{}", self.group, self.version);
        found.kind == self.kind
            && found.api_version.as_ref().is_none_or(|it| *it == version)
            && found.metadata.name == self.name
            && found.metadata.namespace == self.namespace
    }
}

/// Reads one object, and gives the answer that it came in too, which knows its age. Another object
/// than was asked for is out of scope.
pub async fn read<T: DeserializeOwned>(
    provider: &ProviderClient,
    path: ObjectPath<'_>,
    request: &CollectRequest,
) -> Result<(T, Reply), ReadError> {
    let reply = provider.send(path.get(), request).await?;
    status::refusal(&reply)?;
    let identity: Identity = reply.json()?;
    match path.is_of(&identity) {
        true => Ok((reply.json()?, reply)),
        false => Err(ReadError::OutOfScope),
    }
}

/// The versions that the server serves a group in; `None`: it does not know the group.
pub async fn served_versions(
    provider: &ProviderClient,
    group: &str,
    request: &CollectRequest,
) -> Result<Option<Vec<String>>, ReadError> {
    let ask = Request::get(["apis", group]).header(ACCEPT, JSON);
    let reply = match provider.send(ask, request).await {
        Err(ReadError::NotFound) => return Ok(None),
        other => other?,
    };
    status::refusal(&reply)?;
    let found: ApiGroup = reply.json()?;
    match found.name == group {
        true => Ok(Some(
            found.versions.into_iter().map(|it| it.version).collect(),
        )),
        false => Err(ReadError::OutOfScope),
    }
}
