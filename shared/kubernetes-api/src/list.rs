//! The objects of one kind in one namespace that a label selector picks, after the page "Kubernetes
//! API Concepts".

use chrono::{DateTime, Utc};
use kube::{
    Api,
    api::{ListParams, ObjectList},
    core::ApiResource,
};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use serde::de::DeserializeOwned;

use super::{client::Client, names::is_label, narrow::Narrow, object::resource};

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
    /// Kind of its objects, such as `Pod`.
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

/// A page of a list.
pub(super) struct Page<T> {
    /// The moment that the list is of.
    pub(super) version: String,
    /// Where it goes on; `None`: nowhere.
    pub(super) rest: Option<String>,
    pub(super) items: Vec<T>,
}

/// How reading a list from its first page on ended.
enum Walk<T> {
    Whole(Vec<T>),
    /// What is left of it is gone, or of another moment.
    FellApart,
}

// === impl ListPath ===

impl ListPath<'_> {
    fn resource(&self) -> ApiResource {
        resource(self.group, self.version, self.kind, self.resource)
    }

    /// A version of the resource is never asked for: that allows an old answer.
    fn params(&self) -> ListParams {
        let params = ListParams::default().limit(self.page_size.into());
        match self.selector {
            "" => params,
            selector => params.labels(selector),
        }
    }

    /// A page as it has to be: of this kind, in this namespace, of one moment. A list of a server without a kind or a
    /// moment is none.
    pub(super) fn page<T: Clone>(&self, list: ObjectList<Narrow<T>>) -> Result<Page<T>, ReadError> {
        let is_list = list.types.kind.strip_suffix("List") == Some(self.kind);
        let version = list.metadata.resource_version.filter(|_| is_list);
        let version = version.ok_or(ReadError::Shape)?;
        let namespace = Some(self.namespace);
        let mut items = list.items.iter();
        match items.all(|it| it.metadata.namespace.as_deref() == namespace) {
            true => Ok(Page {
                version,
                rest: list.metadata.continue_.filter(|it| !it.is_empty()),
                items: list.items.into_iter().map(|it| it.fields).collect(),
            }),
            false => Err(ReadError::OutOfScope),
        }
    }
}

/// Reads a whole list. Where its rest is gone, which it is minutes after its first page, it is read
/// from there again: pages of two moments are no list.
pub async fn list<T: DeserializeOwned + Clone>(
    provider: &ProviderClient,
    path: ListPath<'_>,
    request: &CollectRequest,
) -> Result<List<T>, ListError> {
    if !is_label(path.namespace) {
        return Err(ReadError::Rejected.into());
    }
    for _ in 0..=RESTARTS {
        let client = Client::new(provider, request);
        match walk(&client, path).await? {
            Walk::Whole(items) => {
                return Ok(List {
                    items,
                    observed_at: client.observed_at(),
                });
            }
            Walk::FellApart => {}
        }
    }
    Err(ListError::Incomplete)
}

async fn walk<T: DeserializeOwned + Clone>(
    client: &Client,
    path: ListPath<'_>,
) -> Result<Walk<T>, ListError> {
    let objects = client.objects(&path.resource(), path.namespace);
    let first = page(client, &objects, path, path.params()).await?;
    let mut items = first.items;
    let mut rest = first.rest;
    for _ in 1..MAX_PAGES {
        let Some(token) = rest else {
            return Ok(Walk::Whole(items));
        };
        let params = path.params().continue_token(&token);
        let next = match page(client, &objects, path, params).await {
            Ok(next) if next.version == first.version => next,
            // The rest of a list that the server does not know any more (410, `Expired`).
            Ok(_) | Err(ReadError::Rejected) => return Ok(Walk::FellApart),
            Err(error) => return Err(error.into()),
        };
        items.extend(next.items);
        rest = next.rest;
    }
    match rest {
        None => Ok(Walk::Whole(items)),
        Some(_) => Err(ListError::Incomplete),
    }
}

async fn page<T: DeserializeOwned + Clone>(
    client: &Client,
    objects: &Api<Narrow<T>>,
    path: ListPath<'_>,
    params: ListParams,
) -> Result<Page<T>, ReadError> {
    path.page(client.ask(objects.list(&params)).await?)
}
