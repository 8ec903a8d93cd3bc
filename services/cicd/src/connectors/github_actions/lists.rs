//! Lists over several pages, read to their end or known not to be.

use std::collections::BTreeSet;

use http::header::LINK;
use passport_connector_sdk::{CollectRequest, ReadError, Reply, Request};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    client::Client,
    model::{Artifact, Job, Run},
};

/// Most items of a page.
pub const PER_PAGE: usize = 100;
/// Most pages that are read.
pub const MAX_PAGES: usize = 10;

/// A list that was read.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// What was read of it.
    pub items: Vec<T>,
    /// Whether that is all of it that matters.
    pub is_whole: bool,
}

/// A page of a list, with the length of the whole list.
pub trait Page: DeserializeOwned {
    /// What it lists.
    type Item;

    /// The length of the whole list, and what stands on this page.
    fn into_parts(self) -> (usize, Vec<Self::Item>);

    /// What tells one item from another.
    fn id(item: &Self::Item) -> u64;
}

#[derive(Deserialize)]
pub struct RunsPage {
    total_count: usize,
    workflow_runs: Vec<Run>,
}

#[derive(Deserialize)]
pub struct JobsPage {
    total_count: usize,
    jobs: Vec<Job>,
}

#[derive(Deserialize)]
pub struct ArtifactsPage {
    total_count: usize,
    artifacts: Vec<Artifact>,
}

/// Reads page after page until as many items came as GitHub says that there are.
///
/// # Errors
/// The first page can't be read, or the token is rejected.
pub async fn pages<P: Page>(
    client: &Client,
    ask: &Request,
    most: usize,
    request: &CollectRequest,
    mut look: impl FnMut(&Reply),
) -> Result<Listed<P::Item>, ReadError> {
    let mut items = Vec::new();
    for page in 1..=most {
        let ask = ask.clone().query("per_page", PER_PAGE.to_string());
        let ask = ask.query("page", page.to_string());
        let reply = client.provider.send(ask, request).await;
        let read = reply.and_then(|reply| {
            look(&reply);
            reply.json::<P>()
        });
        let (total, found) = match read {
            Ok(read) => read.into_parts(),
            Err(error) if page == 1 || error == ReadError::Unauthenticated => return Err(error),
            Err(_) => break,
        };
        let is_last = found.len() < PER_PAGE;
        items.extend(found);
        // Of a list that changed between its pages an item may come twice, and another not at all.
        let ids: BTreeSet<_> = items.iter().map(P::id).collect();
        let is_told_whole = ids.len() == items.len() && items.len() == total.min(most * PER_PAGE);
        if is_last || items.len() >= total || page == most {
            // A total over the most that is read is a list that is not read to its end.
            let is_whole = is_told_whole && (items.len() == total || most == 1);
            return Ok(Listed { items, is_whole });
        }
    }
    Ok(Listed {
        items,
        is_whole: false,
    })
}

/// Reads the first page of a list that starts with the newest. It has the newest where it is all there
/// is, or where it falls; otherwise a newer one may stand on another page.
///
/// # Errors
/// The page can't be read.
pub async fn newest_first<T: DeserializeOwned>(
    client: &Client,
    ask: Request,
    id: fn(&T) -> u64,
    request: &CollectRequest,
) -> Result<Listed<T>, ReadError> {
    let ask = ask.query("per_page", PER_PAGE.to_string());
    let reply = client.provider.send(ask, request).await?;
    let items: Vec<T> = reply.json()?;
    let links = reply.headers().get(LINK).and_then(|it| it.to_str().ok());
    let goes_on = links.is_some_and(|it| it.contains("rel=\"next\""));
    let is_all = items.len() < PER_PAGE && !goes_on;
    let is_whole = is_all || items.is_sorted_by(|one, next| id(one) > id(next));
    Ok(Listed { items, is_whole })
}

impl Page for RunsPage {
    type Item = Run;

    fn into_parts(self) -> (usize, Vec<Run>) {
        (self.total_count, self.workflow_runs)
    }

    fn id(run: &Run) -> u64 {
        run.id
    }
}

impl Page for JobsPage {
    type Item = Job;

    fn into_parts(self) -> (usize, Vec<Job>) {
        (self.total_count, self.jobs)
    }

    fn id(job: &Job) -> u64 {
        job.id
    }
}

impl Page for ArtifactsPage {
    type Item = Artifact;

    fn into_parts(self) -> (usize, Vec<Artifact>) {
        (self.total_count, self.artifacts)
    }

    fn id(artifact: &Artifact) -> u64 {
        artifact.id
    }
}
