//! One object by its name, after the pages "Kubernetes API Concepts" and "API groups".

use chrono::{DateTime, Utc};
use kube::core::{ApiResource, Status};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use serde::de::DeserializeOwned;

use super::{
    client::{Client, Missed},
    names::{is_label, is_name},
    narrow::Narrow,
};

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

/// What became of a search for an object.
#[derive(Debug, Clone)]
pub enum Found<T> {
    /// The object, and how old the answer is that it came in.
    Object(T, DateTime<Utc>),
    /// Its kind is known here, and none of its name exists, as of this moment.
    Absent(DateTime<Utc>),
    /// Nothing is known here of its kind.
    NoSuchKind,
}

/// A kind for `kube`.
pub(super) fn resource(group: &str, version: &str, kind: &str, plural: &str) -> ApiResource {
    ApiResource {
        group: group.to_owned(),
        version: version.to_owned(),
        api_version: match group {
            "" => version.to_owned(),
            group => format!("{group}/{version}"),
        },
        kind: kind.to_owned(),
        plural: plural.to_owned(),
    }
}

// === impl ObjectPath ===

impl ObjectPath<'_> {
    fn resource(&self) -> ApiResource {
        resource(self.group, self.version, self.kind, self.resource)
    }

    /// Whether a refusal says that none of this name exists: only of a name that it looked for the server repeats it.
    fn is_missed_in(&self, status: &Status) -> bool {
        let details = status.details.as_ref();
        details.is_some_and(|it| it.name == self.name)
    }

    /// The fields of what was found, if it is what was asked for.
    pub(super) fn fields_of<T>(&self, found: Narrow<T>) -> Result<T, ReadError> {
        let names = found.metadata.name.zip(found.metadata.namespace);
        let (kind, (name, namespace)) = found.kind.zip(names).ok_or(ReadError::Shape)?;
        let version = self.resource().api_version;
        let is_it = kind == self.kind
            && found.api_version.is_none_or(|it| it == version)
            && name == self.name
            && namespace == self.namespace;
        match is_it {
            true => Ok(found.fields),
            false => Err(ReadError::OutOfScope),
        }
    }

    async fn ask<T: DeserializeOwned + Clone>(
        &self,
        provider: &ProviderClient,
        request: &CollectRequest,
    ) -> (Result<T, Missed>, DateTime<Utc>) {
        let client = Client::new(provider, request);
        if !is_label(self.namespace) || !is_name(self.name) {
            return (Err(Missed::Read(ReadError::Rejected)), request.now);
        }
        let objects = client.objects::<Narrow<T>>(&self.resource(), self.namespace);
        let found = client.ask(objects.get(self.name)).await;
        let fields = found.and_then(|it| self.fields_of(it).map_err(Missed::Read));
        (fields, client.observed_at())
    }
}

/// Reads one object, and tells how old the answer is that it came in. Another object than was asked for is out of
/// scope.
pub async fn read<T: DeserializeOwned + Clone>(
    provider: &ProviderClient,
    path: ObjectPath<'_>,
    request: &CollectRequest,
) -> Result<(T, DateTime<Utc>), ReadError> {
    let (found, at) = path.ask(provider, request).await;
    Ok((found?, at))
}

/// The same, and tells an object that does not exist from a kind that does not.
pub async fn find<T: DeserializeOwned + Clone>(
    provider: &ProviderClient,
    path: ObjectPath<'_>,
    request: &CollectRequest,
) -> Result<Found<T>, ReadError> {
    let (found, at) = path.ask(provider, request).await;
    match found {
        Ok(object) => Ok(Found::Object(object, at)),
        Err(Missed::Missing(status)) if path.is_missed_in(&status) => Ok(Found::Absent(at)),
        Err(Missed::Missing(_)) => Ok(Found::NoSuchKind),
        Err(Missed::Read(error)) => Err(error),
    }
}
