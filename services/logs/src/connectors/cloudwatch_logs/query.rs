//! One named query, checked.

use passport_connector_sdk::{
    Builder,
    query::{Asked, AskedState},
    settings::NamedQuery,
};

use super::{
    ask::{Ask, Lines, Metric},
    entry::Entry,
    scope::Scope,
    settings::OwnSettings,
};

/// One named query, checked.
#[derive(Debug)]
pub struct Query {
    /// What it is.
    pub kind: Kind,
}

/// What a query is.
#[derive(Debug)]
pub enum Kind {
    /// A count of lines.
    Count {
        /// What it asks for.
        asked: Asked,
        /// The lines.
        lines: Lines,
    },
    /// A metric.
    Metric {
        /// What it asks for.
        asked: Asked,
        /// The metric.
        metric: Metric,
    },
    /// An alarm.
    Alarm {
        /// What it asks for.
        asked: AskedState,
        /// Its name.
        name: String,
    },
}

impl Query {
    /// Checks the entry of an id.
    pub fn build(
        id: &str,
        settings: &NamedQuery<OwnSettings>,
        scope: &Scope,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let mut entry = Entry {
            id,
            settings,
            scope,
            builder,
        };
        let own = &settings.own;
        let kinds = [
            own.insights.is_some(),
            own.filter_pattern.is_some(),
            own.metric.is_some(),
            own.alarm.is_some(),
        ];
        if kinds.iter().filter(|it| **it).count() != 1 {
            let fix = "write one of insights, filter_pattern, metric and alarm";
            return entry.refuse("", "has no kind of query, or several", fix);
        }
        entry.suits_its_kind()?;
        let kind = match own {
            OwnSettings {
                insights: Some(text),
                ..
            } => entry.insights(text),
            OwnSettings {
                filter_pattern: Some(text),
                ..
            } => entry.events(text),
            OwnSettings {
                metric: Some(metric),
                ..
            } => entry.metric(metric),
            OwnSettings {
                alarm: Some(name), ..
            } => entry.alarm(name),
            OwnSettings { .. } => None,
        };
        kind.map(|kind| Self { kind })
    }

    /// The read that gives its answer.
    pub fn own(&self) -> Ask {
        match &self.kind {
            Kind::Count { lines, .. } => lines.own.clone(),
            Kind::Metric { metric, .. } => Ask::Metric(metric.clone()),
            Kind::Alarm { name, .. } => Ask::Alarm(name.clone()),
        }
    }

    /// All reads that it needs.
    pub fn asks(&self) -> Vec<Ask> {
        match &self.kind {
            Kind::Count { lines, .. } => vec![lines.own.clone(), lines.heartbeat.clone()],
            Kind::Metric { .. } | Kind::Alarm { .. } => vec![self.own()],
        }
    }
}
