//! The reads that are ever sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use passport_aws_api::{Answer, Api, Asking, Credential, Keys, Service, Sts};
use passport_connector_sdk::{CollectRequest, ReadError};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    count::{Events, Ran},
    metric::{self, Points},
    model::{DescribeAlarms, DescribeLogGroups, FilterLogEvents},
    run::Pace,
    scope::{Groups, Scope},
    settings::MetricSettings,
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

/// A stretch of time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// How long it is.
    pub window: u32,
    /// How long ago it ends.
    pub settle: u32,
}

/// One read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// An Insights query.
    Insights {
        /// Its text.
        text: String,
        /// The time that it looks at.
        stretch: Stretch,
        /// Most rows.
        limit: u32,
    },
    /// Lines that fit a pattern.
    Events {
        /// The pattern.
        pattern: String,
        /// The time that it looks at.
        stretch: Stretch,
        /// Most pages of each log group.
        pages: u32,
    },
    /// A metric.
    Metric(Metric),
    /// An alarm by its name.
    Alarm(String),
}

/// A metric, and the time that is looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metric {
    /// Which.
    pub settings: Arc<MetricSettings>,
    /// When.
    pub stretch: Stretch,
}

/// Lines that are counted.
#[derive(Debug, Clone)]
pub struct Lines {
    /// The read that counts them.
    pub own: Ask,
    /// The read that finds the newest line of the scope.
    pub heartbeat: Ask,
    /// How many of them are shown.
    pub excerpts: u32,
}

/// What a read told.
#[derive(Debug, Clone)]
pub enum Told {
    /// What became of an Insights query.
    Ran(Ran),
    /// Lines.
    Events(Events),
    /// Points of a metric.
    Points(Points),
    /// Alarms, and how old that is.
    Alarms(Answer<DescribeAlarms>),
}

/// Answers by what was asked: what two queries share is asked once.
#[derive(Debug, Default)]
pub struct Answers(pub BTreeMap<Ask, Result<Told, ReadError>>);

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

// === impl Stretch ===

impl Stretch {
    /// Its first and its last second.
    pub fn seconds(self, now: DateTime<Utc>) -> (i64, i64) {
        let end = now.timestamp() - i64::from(self.settle);
        (end - i64::from(self.window), end)
    }

    /// Whether a moment lies in it. Its last second is whole.
    pub fn holds(self, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let (start, end) = self.seconds(now);
        (start..=end).contains(&at.timestamp())
    }
}

// === impl Answers ===

impl Answers {
    /// Why a read failed, if it did.
    pub fn error(&self, ask: &Ask) -> Option<ReadError> {
        self.0.get(ask)?.as_ref().err().copied()
    }

    /// Why each failed that did.
    pub fn errors(&self) -> impl Iterator<Item = ReadError> {
        self.0.values().filter_map(|it| it.as_ref().err().copied())
    }
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

    /// Asks for what only a credential of the whole account may list.
    pub async fn probe(&self, asking: Asking<'_>) -> Result<(), ReadError> {
        let input = json!({"limit": 1});
        let answer: Result<Answer<DescribeLogGroups>, _> =
            self.logs.call("DescribeLogGroups", &input, asking).await;
        answer.map(drop)
    }
}

/// Seconds as a span.
pub fn span(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}
