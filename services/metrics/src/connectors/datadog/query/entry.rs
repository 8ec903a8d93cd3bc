//! One entry while it is checked: what kind of query it is, and what does not belong to it.

use bigdecimal::BigDecimal;
use passport_connector_sdk::{
    Builder,
    settings::{Absent, Span},
};
use passport_evidence::quantity;

use crate::connectors::datadog::{
    ask::{Ask, Window},
    metric::{self, MetricError},
    scope::Tags,
    settings::OwnSettings,
};

/// How far back is asked where the settings don't say.
const DEFAULT_WINDOW: Span = Span::of_seconds(300);
/// Furthest that a question looks back, and that it ends before now.
const MAX_WINDOW: Span = Span::of_seconds(86_400);

/// What kind of query an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Timeseries,
    Scalar,
    Monitor,
    Health,
    Slo,
    Logs,
}

/// One entry while it is checked.
pub struct Entry<'a, 'b, 'c> {
    pub id: &'a str,
    pub own: &'a OwnSettings,
    pub tags: &'a Tags,
    pub builder: &'b mut Builder<'c>,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Timeseries,
        Self::Scalar,
        Self::Monitor,
        Self::Health,
        Self::Slo,
        Self::Logs,
    ];

    /// The kind that gives a fact.
    fn gives(self, fact: &str) -> bool {
        match fact {
            "monitor_state" => self == Self::Monitor,
            "service_health" => self == Self::Health,
            "slo_attainment" | "error_budget_remaining" => self == Self::Slo,
            "error_log_count" | "startup_failure_count" | "rollback_marker_count" => {
                self == Self::Logs
            }
            _ => matches!(self, Self::Timeseries | Self::Scalar),
        }
    }

    fn is_in(self, own: &OwnSettings) -> bool {
        match self {
            Self::Timeseries => own.timeseries.is_some(),
            Self::Scalar => own.scalar.is_some(),
            Self::Monitor => own.monitor.is_some(),
            Self::Health => own.monitors.is_some(),
            Self::Slo => own.slo.is_some(),
            Self::Logs => own.logs.is_some(),
        }
    }

    /// Keys that belong to it.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Timeseries => &["window", "settle", "volume", "absent"],
            Self::Scalar => &["probe", "window", "settle", "volume", "absent"],
            Self::Monitor => &["group"],
            Self::Health => &[],
            Self::Slo => &["window"],
            Self::Logs => &["indexes", "window", "settle"],
        }
    }
}

impl Entry<'_, '_, '_> {
    /// Reports a problem at a key of the entry, or at the entry itself.
    pub fn refuse<T>(&mut self, key: &str, reason: &str, fix: &str) -> Option<T> {
        let dot = if key.is_empty() { "" } else { "." };
        let path = format!("queries.{}{dot}{key}", self.id);
        self.builder.problem(path, reason, fix);
        None
    }

    /// What kind of query it is; keys of others are problems.
    pub fn kind(&mut self) -> Option<Kind> {
        let mut kinds = Kind::ALL.into_iter().filter(|kind| kind.is_in(self.own));
        let (Some(kind), None) = (kinds.next(), kinds.next()) else {
            let fix = "write exactly one of timeseries, scalar, monitor, monitors, slo and logs";
            return self.refuse("", "is not one kind of query", fix);
        };
        let own = self.own;
        for (key, is_set) in [
            ("probe", own.probe.is_some()),
            ("group", own.group.is_some()),
            ("indexes", own.indexes.is_some()),
            ("window", own.window.is_some()),
            ("settle", own.settle.is_some()),
            ("volume", own.volume.is_some()),
            ("absent", own.absent != Absent::Unknown),
        ] {
            if is_set && !kind.keys().contains(&key) {
                self.refuse::<()>(key, "belongs to another kind of query", "leave it out");
            }
        }
        Some(kind)
    }

    /// Whether the kind gives the fact.
    pub fn suits(&mut self, kind: Kind, fact: &str) -> Option<()> {
        match kind.gives(fact) {
            true => Some(()),
            false => {
                let fix = "see the README for the facts of each kind, or set `fact`";
                self.refuse("", "is a fact of another kind of query", fix)
            }
        }
    }

    /// When it looks.
    pub fn window(&mut self) -> Option<Window> {
        let length = self.own.window.unwrap_or(DEFAULT_WINDOW);
        let settle = self.own.settle.map_or(0, Span::as_secs);
        if length > MAX_WINDOW {
            return self.refuse("window", "is over 24h", "write at most 24h");
        }
        if settle > MAX_WINDOW.as_secs() {
            return self.refuse("settle", "is over 24h", "write a few minutes");
        }
        Some(Window {
            length: length.as_secs(),
            settle,
        })
    }

    /// A metric query, checked.
    pub fn metric(&mut self, key: &str, template: &str) -> Option<String> {
        match metric::query(template, self.tags) {
            Ok(text) => Some(text),
            Err(error) => self.refuse_metric(key, error),
        }
    }

    pub fn refuse_metric<T>(&mut self, key: &str, error: MetricError) -> Option<T> {
        self.refuse(key, &error.to_string(), error.fix())
    }

    /// The companion that shows how much there was; `Some(None)`: there is none.
    pub fn volume(&mut self, window: Window) -> Option<Option<(Ask, BigDecimal)>> {
        let Some(volume) = &self.own.volume else {
            if self.own.absent == Absent::Zero {
                let fix = "add a `volume` query that shows that there is traffic";
                let reason = "nothing there is not zero without a `volume`";
                return self.refuse("absent", reason, fix);
            }
            return Some(None);
        };
        let query = self.metric("volume.timeseries", &volume.timeseries);
        let min = quantity::from_f64(volume.min).ok().filter(|min| *min > 0);
        if min.is_none() {
            let fix = "write the least number of requests that is enough to judge";
            self.refuse::<()>("volume.min", "is not above zero", fix);
        }
        let ask = Ask::Series {
            query: query?,
            window,
        };
        Some(Some((ask, min?)))
    }
}
