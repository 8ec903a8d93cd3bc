//! Insights queries: started, looked at until they are complete, and stopped where the caller can't wait.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::QueryLanguage;
use passport_aws_api::{Answer, Asking};
use passport_connector_sdk::{CollectRequest, ReadError};
use tokio::time::{Instant, timeout_at};

use super::{
    ask::Stretch,
    client::{Client, sdk},
    lines::Ran,
    model::{QueryResults, StartQuery},
    running::Running,
    scope::Groups,
};

/// The first wait is so many of the client's own, and the longest so many.
const FIRST: u32 = 5;
const LONGEST: u32 = 30;
/// However little a test wants to wait.
const LEAST: Duration = Duration::from_millis(1);
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
        let sooner = sooner(asking.request);
        let Ok(Ok(_slot)) = timeout_at(sooner.deadline, self.slots.acquire()).await else {
            return Ok(Ran::Unfinished);
        };
        let groups = &self.scope.groups;
        let started = self.start(groups, text, stretch, limit, asking).await?;
        let id = started.found.query_id.ok_or(ReadError::Shape)?;
        let running = Running::new(self, &id, asking);
        let ran = self.wait_for(&id, &sooner, asking).await;
        match &ran {
            Ok(Ran::Complete(_) | Ran::Ended) => running.has_ended(),
            // Where it can't be looked at, it may go on all the same.
            Ok(Ran::Unfinished) | Err(_) => running.stop().await,
        }
        ran
    }

    /// Looks at a query until it has ended, or no further look is in time; a look that was begun may take what
    /// is left.
    async fn wait_for(
        &self,
        id: &str,
        in_time: &CollectRequest,
        asking: Asking<'_>,
    ) -> Result<Ran, ReadError> {
        let mut wait = self.pace.first;
        loop {
            if !in_time.pause(wait).await {
                return Ok(Ran::Unfinished);
            }
            let call = self.logs.call(asking);
            let sent = sdk(&call).get_query_results().query_id(id).send();
            let answer: Answer<QueryResults> = call.read(sent).await?;
            match Ran::of(answer.found)? {
                Ran::Unfinished => wait = (wait * 3 / 2).min(self.pace.longest),
                ran @ (Ran::Complete(_) | Ran::Ended) => return Ok(ran),
            }
        }
    }

    /// Starts a query over these groups.
    pub async fn start(
        &self,
        groups: &Groups,
        text: &str,
        stretch: Stretch,
        limit: u32,
        asking: Asking<'_>,
    ) -> Result<Answer<StartQuery>, ReadError> {
        let (start, end) = stretch.seconds(asking.request.now);
        let call = self.logs.call(asking);
        let asked = sdk(&call)
            .start_query()
            .start_time(start)
            .end_time(end)
            .query_string(text)
            .query_language(QueryLanguage::Cwli)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let asked = match groups {
            Groups::Names(names) => asked.set_log_group_names(Some(names.clone())),
            Groups::Arns(arns) => asked.set_log_group_identifiers(Some(arns.clone())),
        };
        call.read(asked.send()).await
    }
}

/// The same, that ends early enough to stop a query.
fn sooner(request: &CollectRequest) -> CollectRequest {
    let left = request.deadline.saturating_duration_since(Instant::now());
    CollectRequest {
        deadline: request.deadline - MARGIN.min(left / 4),
        ..request.clone()
    }
}
