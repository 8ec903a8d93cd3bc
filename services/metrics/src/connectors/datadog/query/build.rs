//! Makes a query of an entry: of metrics, and of logs.

use std::collections::BTreeSet;

use passport_connector_sdk::{
    Builder,
    settings::{Absent, NamedQuery, QuerySettings},
};

use super::{
    Number, Query,
    entry::{Entry, Kind},
};
use crate::connectors::datadog::{
    ask::{Aggregator, Ask, Part, Window},
    metric,
    scope::Tags,
    search,
    settings::{OwnSettings, ScalarQuery, ScalarSettings},
};

/// Most indexes, and most queries of a formula.
const MAX_PARTS: usize = 10;

impl Query {
    /// Checks the entry of an id.
    pub fn build(
        id: &str,
        settings: &NamedQuery<OwnSettings>,
        tags: &Tags,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let mut entry = Entry {
            id,
            own: &settings.own,
            tags,
            builder,
        };
        let shared = &settings.shared;
        match entry.kind()? {
            Kind::Timeseries => entry.timeseries(shared),
            Kind::Scalar => entry.scalar(shared),
            Kind::Monitor => entry.monitor(shared),
            Kind::Health => entry.health(shared),
            Kind::Slo => entry.slo(shared),
            Kind::Logs => entry.logs(shared),
        }
    }
}

impl Entry<'_, '_, '_> {
    fn timeseries(&mut self, shared: &QuerySettings) -> Option<Query> {
        let template = self.own.timeseries.as_ref()?;
        let query = self.metric("timeseries", template);
        let window = self.window();
        self.number(Kind::Timeseries, shared, window, |window| {
            let query = query?;
            Some((Ask::Series { query, window }, None))
        })
    }

    fn scalar(&mut self, shared: &QuerySettings) -> Option<Query> {
        let scalar = self.own.scalar.as_ref()?;
        let parts = self.parts(scalar);
        let probe = match &self.own.probe {
            Some(probe) => self.metric("probe", probe),
            None => {
                let fix = "write a metric query whose newest bucket is the time of the number";
                self.refuse("probe", "is missing, and a scalar has no time", fix)
            }
        };
        let window = self.window();
        self.number(Kind::Scalar, shared, window, |window| {
            let main = Ask::Scalar {
                formula: scalar.formula.clone(),
                parts: parts?,
                window,
            };
            let query = probe?;
            Some((main, Some(Ask::Series { query, window })))
        })
    }

    fn number(
        &mut self,
        kind: Kind,
        shared: &QuerySettings,
        window: Option<Window>,
        reads: impl FnOnce(Window) -> Option<(Ask, Option<Ask>)>,
    ) -> Option<Query> {
        let volume = window.and_then(|window| self.volume(window));
        let mut asked = shared.resolve(self.id, self.builder)?;
        if shared.domain.is_none() && asked.name.as_str() == "apdex" {
            asked.domain.1 = Some(1.into());
        }
        self.suits(kind, asked.name.as_str())?;
        let (main, probe) = reads(window?)?;
        Some(Query::Number(Number {
            asked: main.say(asked),
            unit: shared.unit,
            main,
            probe,
            volume: volume?,
            absent_is_zero: self.own.absent == Absent::Zero,
        }))
    }

    /// The queries of a formula, sorted by name.
    fn parts(&mut self, scalar: &ScalarSettings) -> Option<Vec<Part>> {
        if !(1..=MAX_PARTS).contains(&scalar.queries.len()) {
            let fix = "name 1 to 10 queries";
            self.refuse::<()>("scalar.queries", "holds no query, or too many", fix);
        }
        let names: BTreeSet<_> = scalar.queries.keys().map(String::as_str).collect();
        if let Err(error) = metric::formula(&scalar.formula, &names) {
            self.refuse_metric::<()>("scalar.formula", error);
        }
        let parts = scalar
            .queries
            .iter()
            .map(|(name, query)| self.part(name, query));
        let parts: Vec<_> = parts.collect();
        parts.into_iter().collect()
    }

    fn part(&mut self, name: &str, part: &ScalarQuery) -> Option<Part> {
        let at = format!("scalar.queries.{name}");
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(inner) {
            self.refuse::<()>(&at, "is no name for a formula", "write one such as errors");
        }
        let query = self.metric(&format!("{at}.query"), &part.query);
        let aggregator = part.aggregator.as_deref().and_then(Aggregator::named);
        let at = format!("{at}.aggregator");
        let Some(aggregator) = aggregator else {
            let fix = "write avg, min, max, sum, last, percentile, mean, l2norm or area";
            return self.refuse(&at, "is missing, or is none", fix);
        };
        if aggregator.is_last() && part.query.contains(".as_count()") {
            let reason = "is the count of a bucket that is not over";
            return self.refuse(&at, reason, "write sum");
        }
        Some(Part {
            name: name.to_owned(),
            aggregator,
            query: query?,
        })
    }

    fn logs(&mut self, shared: &QuerySettings) -> Option<Query> {
        let logs = self.own.logs.as_ref()?;
        let search = search::narrowed(logs, self.tags);
        let search = search
            .map_err(|error| self.refuse::<()>("logs", &error.to_string(), error.fix()))
            .ok();
        let indexes = self.indexes();
        let window = self.window();
        let asked = shared.resolve(self.id, self.builder)?;
        self.suits(Kind::Logs, asked.name.as_str())?;
        let (indexes, window) = (indexes?, window?);
        let count = Ask::Count {
            search: search?,
            indexes: indexes.clone(),
            window,
        };
        Some(Query::Logs {
            asked: count.say(asked),
            count,
            newest: Ask::Newest {
                search: self.tags.in_search(),
                indexes,
                window,
            },
        })
    }

    fn indexes(&mut self) -> Option<Vec<String>> {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let is_name = |it: &String| {
            it.starts_with(|c: char| c.is_ascii_alphanumeric()) && it.chars().all(inner)
        };
        let indexes = self.own.indexes.as_deref().unwrap_or_default();
        let sound = (1..=MAX_PARTS).contains(&indexes.len()) && indexes.iter().all(is_name);
        if !sound {
            let reason = "is missing, or names no index, a pattern or too many";
            return self.refuse(
                "indexes",
                reason,
                "name the index that has the service's lines",
            );
        }
        Some(indexes.to_vec())
    }
}
