//! Insights queries: started, looked at until they are complete, and stopped where the caller can't wait.

use std::time::Duration;

use passport_aws_api::{Answer, Asking};
use passport_connector_sdk::ReadError;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    ask::Stretch,
    client::Client,
    lines::Ran,
    model::{QueryResults, StartQuery, StopQuery},
    scope::Groups,
};

/// The first wait is so many of the client's own, and the longest so many.
const FIRST: u32 = 5;
const LONGEST: u32 = 30;
/// However little a test wants to wait.
const LEAST: Duration = Duration::from_millis(10);
/// What is left of the deadline to stop a query in, at most.
const MARGIN: Duration = Duration::from_millis(500);

/// How soon a query that runs is looked at again: after half a second, then ever later, up to three.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    first: Duration,
    longest: Duration,
}

impl Pace {
    /// Of the client's own first wait.
    pub fn of(first_wait: Duration) -> Self {
        Self {
            first: (first_wait * FIRST).max(LEAST),
            longest: (first_wait * LONGEST).max(LEAST),
        }
    }
}

impl Client {
    /// Runs a query to its end, or to that of the caller's patience.
    pub async fn run(
        &self,
        text: &str,
        stretch: Stretch,
        limit: u32,
        asking: Asking<'_>,
    ) -> Result<Ran, ReadError> {
        let deadline = asking.request.deadline;
        let left = deadline.saturating_duration_since(Instant::now());
        let give_up = deadline - MARGIN.min(left / 4);
        let Ok(Ok(_slot)) = timeout_at(give_up, self.slots.acquire()).await else {
            return Ok(Ran::Unfinished);
        };
        let input = self.question(text, stretch, limit, asking);
        let started: Answer<StartQuery> = self.logs.call("StartQuery", &input, asking).await?;
        let id = started.found.query_id.ok_or(ReadError::Shape)?;
        let ran = self.wait_for(&id, give_up, asking).await;
        if matches!(ran, Ok(Ran::Unfinished)) {
            self.stop(&id, asking).await;
        }
        ran
    }

    async fn wait_for(
        &self,
        id: &str,
        give_up: Instant,
        asking: Asking<'_>,
    ) -> Result<Ran, ReadError> {
        let mut wait = self.pace.first;
        loop {
            if Instant::now() + wait >= give_up {
                return Ok(Ran::Unfinished);
            }
            sleep(wait).await;
            let input = json!({"queryId": id});
            let answer: Answer<QueryResults> =
                self.logs.call("GetQueryResults", &input, asking).await?;
            match Ran::of(answer.found)? {
                Ran::Unfinished => wait = (wait * 3 / 2).min(self.pace.longest),
                ran @ (Ran::Complete(_) | Ran::Ended) => return Ok(ran),
            }
        }
    }

    fn question(&self, text: &str, stretch: Stretch, limit: u32, asking: Asking<'_>) -> Value {
        let (start, end) = stretch.seconds(asking.request.now);
        let (key, groups) = match &self.scope.groups {
            Groups::Names(names) => ("logGroupNames", names),
            Groups::Arns(arns) => ("logGroupIdentifiers", arns),
        };
        json!({
            key: groups, "startTime": start, "endTime": end,
            "queryString": text, "queryLanguage": "CWLI", "limit": limit,
        })
    }

    /// A query that nobody waits for would go on, and cost.
    async fn stop(&self, id: &str, asking: Asking<'_>) {
        let input = json!({"queryId": id});
        let stopped: Result<Answer<StopQuery>, _> =
            self.logs.call("StopQuery", &input, asking).await;
        if let Err(error) = stopped {
            tracing::debug!(%error, "a query that is not waited for could not be stopped");
        }
    }
}
