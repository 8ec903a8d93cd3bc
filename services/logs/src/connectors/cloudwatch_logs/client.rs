//! The reads that are ever sent.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_cloudwatchlogs::{
    Client as Sdk, config, operation::filter_log_events::builders::FilterLogEventsFluentBuilder,
};
use futures::future::join_all;
use passport_aws_api::{Answer, Api, Asking, Call, Credential, JsonApi, JsonService, Keys, Sts};
use passport_connector_sdk::{CollectRequest, ReadError};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{
    ask::{Answers, Ask, Stretch, Told},
    insights::heartbeat,
    lines::Events,
    metric,
    model::{DescribeLogGroups, FilterLogEvents},
    run::Pace,
    running::Running,
    scope::{Groups, Scope},
};

/// CloudWatch Logs, as it is named in addresses.
pub const LOGS: &str = "logs";
/// CloudWatch itself, as its API's model names it.
pub const METRICS: JsonService = JsonService {
    name: "monitoring",
    target: "GraniteServiceVersion20100801",
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
    metrics: JsonApi,
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
        metrics: JsonApi,
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
        let mut found = Events::none();
        for group in self.scope.groups.iter() {
            let mut next: Option<String> = None;
            for page in 1..=pages {
                let call = self.logs.call(asking);
                let asked = sdk(&call)
                    .filter_log_events()
                    .filter_pattern(pattern)
                    .start_time(start * 1_000)
                    .end_time(end * 1_000)
                    .set_next_token(next.take());
                let sent = of_group(asked, &self.scope.groups, group).send();
                let answer: Answer<FilterLogEvents> = call.read(sent).await?;
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
        let started = self.start(group, &text, stretch, 1, asking).await?;
        if let Some(id) = started.found.query_id {
            Running::new(self, &id, asking).stop().await;
        }
        Ok(())
    }

    /// Asks for what only a credential of the whole account may list.
    pub async fn probe(&self, asking: Asking<'_>) -> Result<(), ReadError> {
        let call = self.logs.call(asking);
        let sent = sdk(&call).describe_log_groups().limit(1).send();
        let answer: Result<Answer<DescribeLogGroups>, _> = call.read(sent).await;
        answer.map(drop)
    }
}

/// The service of logs, for one call.
pub fn sdk(call: &Call<'_>) -> Sdk {
    let config = config::Builder::from(call.config()).retry_partition(call.retries());
    Sdk::from_conf(config.build())
}

fn of_group(
    asked: FilterLogEventsFluentBuilder,
    groups: &Groups,
    group: &str,
) -> FilterLogEventsFluentBuilder {
    match groups {
        Groups::Names(_) => asked.log_group_name(group),
        Groups::Arns(_) => asked.log_group_identifier(group),
    }
}
