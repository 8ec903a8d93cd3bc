//! Reads the bridges of a pipeline, and those of the pipelines that they started.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use passport_connector_sdk::{CollectError, CollectRequest};
use passport_evidence::Reason;

use super::{
    client::Client,
    downstream::{Tree, is_green},
    jobs::Home,
    model::{Bridge, Downstream},
    pages::Listed,
    pull::{of_home, reason},
};

/// Most pipelines that are followed.
const MAX_FOLLOWED: usize = 20;

/// The bridges of a pipeline and of all green ones below it, as far as they can be read. One of
/// another project is asked for there: it is this pipeline's all the same.
pub async fn tree(
    client: &Client,
    project: &str,
    home: Home<'_>,
    request: &CollectRequest,
) -> Result<Result<Tree, Reason>, CollectError> {
    let own = match bridges(client, project, home, request).await? {
        Ok(own) => own,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut below = BTreeMap::new();
    let mut tried = BTreeSet::new();
    let mut waiting: VecDeque<_> = started(&own).collect();
    while let Some(next) = waiting.pop_front() {
        let is_known = next.id == home.id || tried.contains(&next.id);
        if is_known || tried.len() >= MAX_FOLLOWED {
            continue;
        }
        tried.insert(next.id);
        let elsewhere = next.project_id.filter(|it| Some(*it) != home.project);
        let elsewhere = elsewhere.map(|it| it.to_string());
        let asked = elsewhere.as_deref().unwrap_or(project);
        let there = Home {
            id: next.id,
            sha: &next.sha,
            project: next.project_id,
        };
        let read = bridges(client, asked, there, request).await?;
        if let Ok(listed) = read {
            waiting.extend(started(&listed));
            below.insert(next.id, listed);
        }
    }
    Ok(Ok(Tree { own, below }))
}

/// What the green bridges of a pipeline started.
fn started(listed: &Listed<Bridge>) -> impl Iterator<Item = Downstream> {
    let green = listed.items.iter().filter(|it| is_green(it));
    let started = green.filter_map(|it| it.downstream_pipeline.clone());
    started.collect::<Vec<_>>().into_iter()
}

async fn bridges(
    client: &Client,
    project: &str,
    home: Home<'_>,
    request: &CollectRequest,
) -> Result<Result<Listed<Bridge>, Reason>, CollectError> {
    let read = reason(client.bridges(project, home.id, request).await)?;
    of_home(home, read, |it| &it.job)
}
