//! Asks what a token may do: `SelfSubjectAccessReview`, after the page "Authorization". Such a
//! review is created and answered in one go; the server stores nothing.

use chrono::{DateTime, Utc};
use http::header::ACCEPT;
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Reply, Request};
use serde::Deserialize;
use serde_json::json;

use super::object::JSON;

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

impl Action<'_> {
    fn review(&self) -> Request {
        let mut attributes = json!({
            "verb": self.verb, "group": self.group, "resource": self.resource,
        });
        let narrowed = [
            ("subresource", self.subresource),
            ("namespace", self.namespace),
            ("name", self.name),
        ];
        for (key, value) in narrowed {
            if let (Some(value), Some(attributes)) = (value, attributes.as_object_mut()) {
                attributes.insert(key.to_owned(), value.into());
            }
        }
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        });
        let path = [
            "apis",
            "authorization.k8s.io",
            "v1",
            "selfsubjectaccessreviews",
        ];
        Request::post(path)
            .header(ACCEPT, JSON)
            .body(JSON, review.to_string())
    }
}

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
    let reply = provider.send(action.review(), request).await;
    let as_of = reply.as_ref().map_or(request.now, Reply::observed_at);
    match reply.and_then(|it| it.json::<Review>()) {
        Ok(review) => Ok((review.allowed(), as_of)),
        Err(ReadError::Denied | ReadError::NotFound | ReadError::Rejected | ReadError::Shape) => {
            Ok((Allowed::Untold, as_of))
        }
        Err(error) => Err(error),
    }
}
