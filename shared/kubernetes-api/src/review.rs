//! Asks what a token may do: `SelfSubjectAccessReview`, after the page "Authorization". Such a
//! review is created and answered in one go; the server stores nothing.

use chrono::{DateTime, Utc};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Error, Resource, api::PostParams, core};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::client::{Client, Missed};

/// Something that a token may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action<'a> {
    /// Such as `get`.
    pub verb: &'a str,
    /// The empty one is the core group.
    pub group: &'a str,
    /// As it stands in paths, such as `pods`.
    pub resource: &'a str,
    /// A part of the resource, such as `exec` of `pods`.
    pub subresource: Option<&'a str>,
    /// `None`: in every namespace.
    pub namespace: Option<&'a str>,
    /// `None`: on every object.
    pub name: Option<&'a str>,
}

/// Whether a token may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// It may.
    Yes,
    /// It may not.
    No,
    /// The server does not tell, or only a part.
    Untold,
}

/// The answer. That of `k8s-openapi` reads one that is absent as a no.
#[derive(Deserialize)]
pub(super) struct Review {
    status: ReviewStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReviewStatus {
    allowed: bool,
    #[serde(default)]
    denied: bool,
    #[serde(default)]
    evaluation_error: String,
}

// === impl Action ===

impl Action<'_> {
    fn review(&self) -> SelfSubjectAccessReview {
        let attributes = ResourceAttributes {
            verb: Some(self.verb.to_owned()),
            group: Some(self.group.to_owned()),
            resource: Some(self.resource.to_owned()),
            subresource: self.subresource.map(str::to_owned),
            namespace: self.namespace.map(str::to_owned),
            name: self.name.map(str::to_owned),
            ..ResourceAttributes::default()
        };
        SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(attributes),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        }
    }
}

// === impl Review ===

impl Review {
    /// A no of which a part was not evaluated proves nothing.
    pub(super) fn allowed(&self) -> Allowed {
        let status = &self.status;
        match (status.allowed, status.denied) {
            (true, false) => Allowed::Yes,
            (false, _) if status.evaluation_error.is_empty() => Allowed::No,
            (false, _) | (true, true) => Allowed::Untold,
        }
    }
}

/// Whether the client's token may do this. A server that won't say is no failure.
pub async fn may(
    provider: &ProviderClient,
    action: Action<'_>,
    request: &CollectRequest,
) -> Result<Allowed, ReadError> {
    Ok(may_as_of(provider, action, request).await?.0)
}

/// The same, and how old the answer is.
pub async fn may_as_of(
    provider: &ProviderClient,
    action: Action<'_>,
    request: &CollectRequest,
) -> Result<(Allowed, DateTime<Utc>), ReadError> {
    let client = Client::new(provider, request);
    let review: Option<Review> = reviewed(&client, &action.review()).await?;
    let allowed = review.map_or(Allowed::Untold, |it| it.allowed());
    Ok((allowed, client.observed_at()))
}

/// What the server answers to a review, whose kind has no namespace. `None`: it won't say.
pub(super) async fn reviewed<K, T>(client: &Client, review: &K) -> Result<Option<T>, ReadError>
where
    K: Resource<DynamicType = ()> + Serialize,
    T: DeserializeOwned,
{
    let asking = async {
        let body = serde_json::to_vec(review).map_err(Error::SerdeError)?;
        let request = core::Request::new(K::url_path(&(), None));
        let request = request.create(&PostParams::default(), body);
        client
            .kube
            .request(request.map_err(Error::BuildRequest)?)
            .await
    };
    match client.ask(asking).await {
        Ok(answer) => Ok(Some(answer)),
        Err(
            Missed::Missing(_)
            | Missed::Read(ReadError::Denied | ReadError::Rejected | ReadError::Shape),
        ) => Ok(None),
        Err(Missed::Read(error)) => Err(error),
    }
}
