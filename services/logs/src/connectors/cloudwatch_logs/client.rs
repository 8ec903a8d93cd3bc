//! The reads that are ever sent.

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;
use passport_aws_api::{Answer, Api, Asking, Credential, Keys, Service, Sts};
use passport_connector_sdk::{CollectRequest, ReadError};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    ask::{Answers, Ask, Stretch, Told},
    insights::heartbeat,
    lines::Events,
    metric,
    model::{DescribeLogGroups, FilterLogEvents, StartQuery},
    run::Pace,
    running::Running,
    scope::{Groups, Scope},
};

/// CloudWatch Logs, as its API's model names it.
pub const LOGS: Service = Service {
    name: "logs",
    target: "Logs_20140328",
    content_type: "application/x-amz-json-1.1",
};
/// CloudWatch itself.
pub const METRICS: Service = Service {
    name: "monitoring",
    target: "GraniteServiceVersion20100801",
    content_type: "application/x-amz-json-1.0",
};

/// Insights queries under way at once: an account has few for everybody.
const AT_ONCE: usize = 2;

/// Talks to both services.
#[derive(Debug)]
pub struct Client {
    /// The narrow target.
    pub scope: Scope,
    /// The service of logs.
    pub logs: Api,
    metrics: Api,
    /// The service of tokens.
    pub sts: Sts,
    credential: Credential,
    /// How soon a query that runs is looked at again.
    pub pace: Pace,
    /// Lets few Insights queries run at once.
    pub slots: Semaphore,
}

// === impl Client ===

impl Client {
    /// A client for what was checked.
    pub fn new(
        scope: Scope,
        logs: Api,
        metrics: Api,
        sts: Sts,
        credential: Credential,
        first_wait: Duration,
    ) -> Self {
        Self {
            scope,
            logs,
            metrics,
            sts,
            credential,
            pace: Pace::of(first_wait),
            slots: Semaphore::new(AT_ONCE),
        }
    }

    /// Keys for one collection.
    pub async fn keys(&self, request: &CollectRequest) -> Result<Keys, ReadError> {
        self.credential.keys(&self.sts, request).await
    }

    /// Asks everything at once.
    pub async fn ask(&self, asks: BTreeSet<Ask>, asking: Asking<'_>) -> Answers {
        let one = async |ask: Ask| {
            let told = self.ask_one(&ask, asking).await;
            (ask, told)
        };
        let all = join_all(asks.into_iter().map(one)).await;
        Answers(all.into_iter().collect())
    }

    async fn ask_one(&self, ask: &Ask, asking: Asking<'_>) -> Result<Told, ReadError> {
        match ask {
            Ask::Insights {
                text,
                stretch,
                limit,
            } => {
                let ran = self.run(text, *stretch, *limit, asking).await?;
                Ok(Told::Ran(ran))
            }
            Ask::Events {
                pattern,
                stretch,
                pages,
            } => {
                let events = self.events(pattern, *stretch, *pages, asking).await?;
                Ok(Told::Events(events))
            }
            Ask::Metric(it) => metric::read(&self.metrics, it, asking)
                .await
                .map(Told::Points),
            Ask::Alarm(name) => {
                // Without the types only those on metrics are told.
                let types = ["MetricAlarm", "CompositeAlarm"];
                let input = json!({"AlarmNames": [name], "AlarmTypes": types});
                let answer = self.metrics.call("DescribeAlarms", &input, asking).await?;
                Ok(Told::Alarms(answer))
            }
        }
    }

    /// Lines that fit a pattern, page by page and group by group.
    async fn events(
        &self,
        pattern: &str,
        stretch: Stretch,
        pages: u32,
        asking: Asking<'_>,
    ) -> Result<Events, ReadError> {
        let (start, end) = stretch.seconds(asking.request.now);
        let key = match &self.scope.groups {
            Groups::Names(_) => "logGroupName",
            Groups::Arns(_) => "logGroupIdentifier",
        };
        let mut found = Events::none();
        for group in self.scope.groups.iter() {
            let mut next: Option<String> = None;
            for page in 1..=pages {
                let mut input = json!({
                    key: group, "filterPattern": pattern,
                    "startTime": start * 1_000, "endTime": end * 1_000,
                });
                if let (Some(token), Value::Object(keys)) = (next.take(), &mut input) {
                    keys.insert("nextToken".to_owned(), token.into());
                }
                let answer: Answer<FilterLogEvents> =
                    self.logs.call("FilterLogEvents", &input, asking).await?;
                let events = answer.found.events.ok_or(ReadError::Shape)?;
                found.add(group, events)?;
                next = answer.found.next_token;
                // A page without lines is not the last one while another is named.
                match (&next, page == pages) {
                    (None, _) => break,
                    (Some(_), true) => found.is_whole = false,
                    (Some(_), false) => {}
                }
            }
        }
        Ok(found)
    }

    /// Asks for lines of a group that the source does not read, as it asks for its own. Where there is such a group
    /// after all, the query is stopped.
    pub async fn probe_lines(&self, group: &Groups, asking: Asking<'_>) -> Result<(), ReadError> {
        let stretch = Stretch {
            window: 1,
            settle: 1,
        };
        let text = heartbeat(&self.scope.fields);
        let input = self.question(group, &text, stretch, 1, asking);
        let started: Answer<StartQuery> = self.logs.call("StartQuery", &input, asking).await?;
        if let Some(id) = started.found.query_id {
            Running::new(self, &id, asking).stop().await;
        }
        Ok(())
    }

    /// Asks for what only a credential of the whole account may list.
    pub async fn probe(&self, asking: Asking<'_>) -> Result<(), ReadError> {
        let input = json!({"limit": 1});
        let answer: Result<Answer<DescribeLogGroups>, _> =
            self.logs.call("DescribeLogGroups", &input, asking).await;
        answer.map(drop)
    }
}
