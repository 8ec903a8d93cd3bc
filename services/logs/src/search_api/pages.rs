//! Reads the lines of a point in time, page by page.

use passport_connector_sdk::{CollectRequest, ReadError};
use passport_evidence::Reason;
use serde_json::Value;

use super::{
    answer::Opened,
    body::{Lines, Page},
    client::Client,
    kinds::{Next, Plan, Walk},
    reading::{Found, Own},
};

/// How often pages are read from the first one on: a server may lose a point in time.
const STARTS: usize = 2;

/// What became of one start.
enum Ended {
    /// It said something, or why it says nothing.
    Said(Result<Found, Reason>),
    /// The point in time was lost on the way.
    Lost,
}

/// Counts kinds of lines.
pub async fn kinds(
    client: &Client,
    lines: &Lines<'_>,
    plan: Plan<'_>,
    request: &CollectRequest,
) -> Own {
    for _ in 0..STARTS {
        match start(client, lines, plan, request).await? {
            Ended::Said(said) => return Ok(said),
            Ended::Lost => {}
        }
    }
    Ok(Err(Reason::Incomplete))
}

async fn start(
    client: &Client,
    lines: &Lines<'_>,
    plan: Plan<'_>,
    request: &CollectRequest,
) -> Result<Ended, ReadError> {
    let Opened { mut id, shards, .. } = client.open(request).await?;
    let held = shards.map_or(Ok(false), |it| it.is_less());
    let ended = match held {
        Ok(false) => walk(client, lines, plan, &mut id, request).await,
        Ok(true) => Ok(Ended::Said(Err(Reason::PartialResponse))),
        Err(reason) => Ok(Ended::Said(Err(reason))),
    };
    // It ends by itself soon, so that nothing is lost where this fails.
    if let Err(error) = client.close(&id, request).await {
        tracing::debug!(%error, "a point in time was not closed");
    }
    ended
}

async fn walk(
    client: &Client,
    lines: &Lines<'_>,
    plan: Plan<'_>,
    id: &mut String,
    request: &CollectRequest,
) -> Result<Ended, ReadError> {
    let mut walk = Walk::default();
    let mut after: Option<Vec<Value>> = None;
    loop {
        let body = lines.page(Page {
            size: plan.size,
            pit: id,
            after: after.as_deref(),
            tie_breaker: client.dialect.tie_breaker,
            message_field: plan.message_field,
        });
        let page = match (client.page(&body, request).await, &after) {
            (Ok(page), _) => page,
            (Err(error), None) => return Err(error),
            (Err(ReadError::Unauthenticated), Some(_)) => return Err(ReadError::Unauthenticated),
            (Err(ReadError::NotFound), Some(_)) => return Ok(Ended::Lost),
            (Err(_), Some(_)) => return Ok(Ended::Said(Err(Reason::Incomplete))),
        };
        if let Some(newer) = &page.pit_id {
            id.clone_from(newer);
        }
        match walk.take(&page, lines, plan) {
            Ok(Next::Page(place)) => after = Some(place),
            Ok(Next::Nothing) => return Ok(Ended::Said(Ok(walk.found()))),
            Err(reason) => return Ok(Ended::Said(Err(reason))),
        }
    }
}
