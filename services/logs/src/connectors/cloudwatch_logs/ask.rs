//! What may be asked, and what may be told.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use passport_aws_api::Answer;
use passport_connector_sdk::{ReadError, query::Asked};

use super::{
    lines::{Events, Ran},
    metric::Points,
    model::DescribeAlarms,
    settings::MetricSettings,
};

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

// === impl Ask ===

impl Ask {
    /// With the digest of its text. An alarm's name is none.
    pub fn say(&self, asked: Asked) -> Asked {
        match self {
            Self::Insights { text, .. } => asked.sent_as(text),
            Self::Events { pattern, .. } => asked.sent_as(pattern),
            Self::Metric(metric) => asked.sent_as_json(&metric.stat()),
            Self::Alarm(_) => asked,
        }
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

/// Seconds as a span.
pub fn span(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}
