//! One object by its name, after the pages "Kubernetes API Concepts" and "API groups".

use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode, header::ACCEPT};
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

/// What became of a search for an object.
#[derive(Debug, Clone)]
pub enum Found<T> {
    /// The object, and the answer that it came in.
    Object(T, Reply),
    /// Its kind is known here, and none of its name exists, as of this moment.
    Absent(DateTime<Utc>),
    /// Nothing is known here of its kind.
    NoSuchKind,
}

/// A refusal, as far as it says what does not exist.
#[derive(Deserialize)]
struct Missing {
    details: Option<MissingDetails>,
}

#[derive(Deserialize)]
struct MissingDetails {
    name: Option<String>,
}

/// The kinds that a version of a group has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApiResources {
    group_version: String,
    resources: Vec<ApiResource>,
}

#[derive(Deserialize)]
struct ApiResource {
    name: String,
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

    /// Whether a refusal says that none of this name exists.
    fn is_missed_in(&self, reply: &Reply) -> bool {
        let missing: Option<Missing> = reply.json().ok();
        let details = missing.and_then(|it| it.details);
        let name = details.and_then(|it| it.name);
        name.as_deref() == Some(self.name)
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
    object(path, reply)
}

/// The same, and tells an object that does not exist from a kind that does not: only of a name that
/// it looked for the server repeats it.
pub async fn find<T: DeserializeOwned>(
    provider: &ProviderClient,
    path: ObjectPath<'_>,
    request: &CollectRequest,
) -> Result<Found<T>, ReadError> {
    let reply = provider.find(path.get(), request).await?;
    let refusal = match reply.status() {
        StatusCode::NOT_FOUND => Err(ReadError::NotFound),
        _ => status::refusal(&reply),
    };
    match refusal {
        Ok(()) => object(path, reply).map(|(object, reply)| Found::Object(object, reply)),
        Err(ReadError::NotFound) if path.is_missed_in(&reply) => {
            Ok(Found::Absent(reply.observed_at()))
        }
        Err(ReadError::NotFound) => Ok(Found::NoSuchKind),
        Err(error) => Err(error),
    }
}

fn object<T: DeserializeOwned>(
    path: ObjectPath<'_>,
    reply: Reply,
) -> Result<(T, Reply), ReadError> {
    let identity: Identity = reply.json()?;
    match path.is_of(&identity) {
        true => Ok((reply.json()?, reply)),
        false => Err(ReadError::OutOfScope),
    }
}

/// The kinds, as they stand in paths, that the server knows in a version of a group; `None`: it does
/// not know the version.
pub async fn served_resources(
    provider: &ProviderClient,
    group: &str,
    version: &str,
    request: &CollectRequest,
) -> Result<Option<Vec<String>>, ReadError> {
    let ask = Request::get(["apis", group, version]).header(ACCEPT, JSON);
    let sent = provider.send(ask, request).await;
    let reply = match sent.and_then(|it| status::refusal(&it).map(|()| it)) {
        Err(ReadError::NotFound) => return Ok(None),
        other => other?,
    };
    let found: ApiResources = reply.json()?;
    match found.group_version == format!("{group}/{version}") {
        true => Ok(Some(
            found.resources.into_iter().map(|it| it.name).collect(),
        )),
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
