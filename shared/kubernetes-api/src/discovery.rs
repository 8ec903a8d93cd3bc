//! What a server serves of an API group, after the page "API groups".

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{APIGroup, APIResourceList};
use kube::Error;
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};

use super::client::{Client, Missed};

/// The kinds, as they stand in paths, that the server knows in a version of a group; `None`: it does
/// not know the version.
pub async fn served_resources(
    provider: &ProviderClient,
    group: &str,
    version: &str,
    request: &CollectRequest,
) -> Result<Option<Vec<String>>, ReadError> {
    let version = format!("{group}/{version}");
    let client = Client::new(provider, request);
    let asking = client.kube.list_api_group_resources(&version);
    known(client.ask(asking).await, |it| kinds(it, &version))
}

/// The versions that the server serves a group in; `None`: it does not know the group.
pub async fn served_versions(
    provider: &ProviderClient,
    group: &str,
    request: &CollectRequest,
) -> Result<Option<Vec<String>>, ReadError> {
    let client = Client::new(provider, request);
    let asking = async {
        // `kube` has no call for one group, only for all that there are.
        let request = http::Request::get(format!("/apis/{group}")).body(Vec::new());
        client
            .kube
            .request(request.map_err(Error::HttpError)?)
            .await
    };
    known(client.ask(asking).await, |it| versions(it, group))
}

fn known<T, U>(
    answer: Result<T, Missed>,
    read: impl FnOnce(T) -> Result<U, ReadError>,
) -> Result<Option<U>, ReadError> {
    match answer {
        Ok(answer) => read(answer).map(Some),
        Err(Missed::Missing(_)) => Ok(None),
        Err(Missed::Read(error)) => Err(error),
    }
}

/// What is left out is empty here, and nothing is empty that is served.
pub(super) fn kinds(found: APIResourceList, version: &str) -> Result<Vec<String>, ReadError> {
    let kinds = found.resources.into_iter().map(|it| it.name);
    of(version, &found.group_version, kinds)
}

/// As for kinds.
pub(super) fn versions(found: APIGroup, group: &str) -> Result<Vec<String>, ReadError> {
    let versions = found.versions.into_iter().map(|it| it.version);
    of(group, &found.name, versions)
}

fn of(
    asked: &str,
    told: &str,
    names: impl Iterator<Item = String>,
) -> Result<Vec<String>, ReadError> {
    let names: Vec<_> = names.collect();
    let is_empty = told.is_empty() || names.is_empty() || names.iter().any(String::is_empty);
    match (is_empty, told == asked) {
        (true, _) => Err(ReadError::Shape),
        (false, false) => Err(ReadError::OutOfScope),
        (false, true) => Ok(names),
    }
}
