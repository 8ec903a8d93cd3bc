//! The objects of one kind in one namespace that a label selector picks, after the page "Kubernetes
//! API Concepts".

use chrono::{DateTime, Utc};
use http::header::ACCEPT;
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Reply, Request};
use serde::{Deserialize, de::DeserializeOwned};

use super::{object::JSON, status};

/// Most pages of a list.
const MAX_PAGES: usize = 20;
/// How often a list that fell apart is begun again.
const RESTARTS: usize = 2;

/// Where the objects of one kind in one namespace are found, and which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPath<'a> {
    /// API group, such as `apps`. The empty one is the core group.
    pub group: &'a str,
    /// Version of the group, such as `v1`.
    pub version: &'a str,
    /// Kind of the list, such as `PodList`.
    pub kind: &'a str,
    /// Kind as it stands in paths, such as `pods`.
    pub resource: &'a str,
    /// Namespace.
    pub namespace: &'a str,
    /// The label selector as it stands in a query. Empty: all of them, for what no label tells apart.
    pub selector: &'a str,
    /// Most objects on a page.
    pub page_size: u16,
}

/// An object of a list.
pub trait Item: DeserializeOwned {
    /// Where it says that it is.
    fn namespace(&self) -> Option<&str>;
}

/// A whole list, of one moment.
#[derive(Debug, Clone)]
pub struct List<T> {
    /// Its objects.
    pub items: Vec<T>,
    /// How old it is.
    pub observed_at: DateTime<Utc>,
}

/// Why there is no whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// A page could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Too many pages, or no two of one moment.
    #[error("the list has too many pages, or changes faster than it can be read")]
    Incomplete,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
pub(super) struct Page<T> {
    pub(super) kind: String,
    pub(super) metadata: PageMetadata,
    pub(super) items: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageMetadata {
    /// The moment that the list is of.
    pub(super) resource_version: String,
    #[serde(rename = "continue")]
    pub(super) rest: Option<String>,
}

/// How reading a list from its first page on ended.
enum Walk<T> {
    Whole(List<T>),
    /// What is left of it is gone, or of another moment.
    FellApart,
}

// === impl ListPath ===

impl ListPath<'_> {
    /// A version of the resource is never asked for: that allows an old answer.
    fn get(&self, rest: Option<&str>) -> Request {
        let root: &[&str] = match self.group.is_empty() {
            true => &["api"],
            false => &["apis", self.group],
        };
        let path = [self.version, "namespaces", self.namespace, self.resource];
        let request = Request::get(root.iter().chain(&path).copied())
            .header(ACCEPT, JSON)
            .query("limit", self.page_size.to_string());
        let request = match self.selector {
            "" => request,
            selector => request.query("labelSelector", selector),
        };
        match rest {
            Some(rest) => request.query("continue", rest),
            None => request,
        }
    }
}

/// Reads a whole list. Where its rest is gone, which it is minutes after its first page, it is read
/// from there again: pages of two moments are no list.
pub async fn list<T: Item>(
    provider: &ProviderClient,
    path: ListPath<'_>,
    request: &CollectRequest,
) -> Result<List<T>, ListError> {
    for _ in 0..=RESTARTS {
        match walk(provider, path, request).await? {
            Walk::Whole(list) => return Ok(list),
            Walk::FellApart => {}
        }
    }
    Err(ListError::Incomplete)
}

async fn walk<T: Item>(
    provider: &ProviderClient,
    path: ListPath<'_>,
    request: &CollectRequest,
) -> Result<Walk<T>, ListError> {
    let (first, reply) = match page(provider, path, None, request).await? {
        Some(first) => first,
        None => return Err(ReadError::Rejected.into()),
    };
    let version = first.metadata.resource_version;
    let mut rest = first.metadata.rest;
    let mut list = List {
        items: first.items,
        observed_at: reply.observed_at(),
    };
    for _ in 1..MAX_PAGES {
        let Some(token) = rest.filter(|it| !it.is_empty()) else {
            return Ok(Walk::Whole(list));
        };
        let next = page(provider, path, Some(&token), request).await?;
        let Some((next, reply)) = next.filter(|it| it.0.metadata.resource_version == version)
        else {
            return Ok(Walk::FellApart);
        };
        list.items.extend(next.items);
        list.observed_at = list.observed_at.min(reply.observed_at());
        rest = next.metadata.rest;
    }
    match rest.is_none_or(|it| it.is_empty()) {
        true => Ok(Walk::Whole(list)),
        false => Err(ListError::Incomplete),
    }
}

/// One page. `None`: the server does not take the question, which of the rest of a list means that
/// it is gone (410, `Expired`).
async fn page<T: Item>(
    provider: &ProviderClient,
    path: ListPath<'_>,
    rest: Option<&str>,
    request: &CollectRequest,
) -> Result<Option<(Page<T>, Reply)>, ReadError> {
    let sent = provider.send(path.get(rest), request).await;
    let reply = match sent.and_then(|it| status::refusal(&it).map(|()| it)) {
        Err(ReadError::Rejected) => return Ok(None),
        other => other?,
    };
    let page: Page<T> = reply.json()?;
    let is_its = |it: &T| it.namespace() == Some(path.namespace);
    match (page.kind == path.kind, page.items.iter().all(is_its)) {
        (true, true) => Ok(Some((page, reply))),
        (true, false) => Err(ReadError::OutOfScope),
        (false, _) => Err(ReadError::Shape),
    }
}
