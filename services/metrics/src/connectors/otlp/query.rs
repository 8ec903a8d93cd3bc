//! What is asked of the metrics.

use bigdecimal::BigDecimal;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Builder,
    query::Asked,
    settings::{Absent, NamedQuery, QueryUnit, Reduce, Span},
};
use passport_evidence::quantity;

use super::settings::QueryKeys;

/// Longest window.
const MAX_WINDOW: Span = Span::of_seconds(24 * 3_600);
/// Window of a query that names none.
const WINDOW: Span = Span::of_seconds(300);

/// One query.
#[derive(Debug, Clone)]
pub struct Query {
    /// How its number is judged.
    pub asked: Asked,
    /// Unit of the number.
    pub unit: QueryUnit,
    /// What is read.
    pub question: Question,
    /// How long back growth is read.
    pub window: TimeDelta,
    /// How long before now the window ends.
    pub settle: TimeDelta,
    /// Least volume to be judged.
    pub min_volume: Option<BigDecimal>,
    /// Whether a numerator that was never sent is zero.
    pub absent_is_zero: bool,
}

/// What is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// The newest value of a metric.
    Gauge(String),
    /// The growth of one counter as a share of another's.
    Ratio {
        /// The part.
        numerator: String,
        /// The whole.
        denominator: String,
    },
    /// The growth of a counter.
    Increase(String),
    /// A quantile of what was measured.
    Quantile {
        /// The histogram.
        histogram: String,
        /// Which quantile, 0 to 1.
        quantile: BigDecimal,
    },
    /// A quantile that the sender computed. Those of several series have no common one.
    Summary {
        /// The summary.
        summary: String,
        /// Which quantile, 0 to 1, as the sender writes it.
        quantile: f64,
    },
}

// === impl Query ===

impl Query {
    /// Checks an entry. `None` after a problem.
    pub fn resolve(
        id: &str,
        entry: &NamedQuery<QueryKeys>,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let keys = &entry.own;
        let mut report = Report {
            at: format!("queries.{id}"),
            builder,
            clean: true,
        };
        let question = report.question(keys);
        report.window(keys);
        let min_volume = report.min_volume(keys);
        if let Some(question) = &question {
            report.suits(question, keys, entry.shared.unit);
            if matches!(question, Question::Summary { .. }) && entry.shared.reduce == Reduce::Sum {
                let fix = "write `single` or `worst`";
                report.problem("reduce", "adds up quantiles, which gives none", fix);
            }
        }
        let clean = report.clean;
        let asked = entry.shared.resolve(id, builder)?;
        let span = |span: Option<Span>, default| span.map_or(default, Span::as_delta);
        clean.then_some(Self {
            asked,
            unit: entry.shared.unit,
            question: question?,
            window: span(keys.window, WINDOW.as_delta()),
            settle: span(keys.settle, TimeDelta::zero()),
            min_volume,
            absent_is_zero: keys.absent == Absent::Zero,
        })
    }

    /// How far back it looks.
    pub fn reach(&self) -> TimeDelta {
        match self.question {
            Question::Gauge(_) => self.settle,
            Question::Ratio { .. }
            | Question::Increase(_)
            | Question::Quantile { .. }
            | Question::Summary { .. } => self.window + self.settle,
        }
    }
}

/// Problems of one entry.
struct Report<'a, 'b> {
    at: String,
    builder: &'a mut Builder<'b>,
    clean: bool,
}

impl Report<'_, '_> {
    fn problem(&mut self, key: &str, reason: &str, fix: &str) {
        self.clean = false;
        let path = passport_evidence::problem::join(&self.at, key);
        self.builder.problem(path, reason, fix);
    }

    fn question(&mut self, keys: &QueryKeys) -> Option<Question> {
        let ratio = match (&keys.numerator, &keys.denominator) {
            (Some(numerator), Some(denominator)) => Some(Question::Ratio {
                numerator: numerator.clone(),
                denominator: denominator.clone(),
            }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                self.problem("", "has only one half of a ratio", "set both halves");
                return None;
            }
        };
        let quantile = self.of_distribution(keys)?;
        let kinds = [
            keys.gauge.clone().map(Question::Gauge),
            keys.increase.clone().map(Question::Increase),
            ratio,
            quantile,
        ];
        let mut kinds = kinds.into_iter().flatten();
        let only = match (kinds.next(), kinds.next()) {
            (Some(only), None) => Some(only),
            (None, _) | (Some(_), Some(_)) => None,
        };
        if only.is_none() {
            let fix = "set one of `gauge`, `numerator` with `denominator`, `increase`, `histogram` or \
                       `summary` with `quantile`";
            self.problem("", "does not say exactly one thing to read", fix);
        }
        only
    }

    /// What a `quantile` is of; an inner `None`: none is asked for.
    fn of_distribution(&mut self, keys: &QueryKeys) -> Option<Option<Question>> {
        let wanted = keys.quantile;
        match (&keys.histogram, &keys.summary) {
            (Some(histogram), None) => Some(Some(Question::Quantile {
                histogram: histogram.clone(),
                quantile: self.quantile(wanted)?,
            })),
            (None, Some(summary)) => {
                self.quantile(wanted)?;
                Some(Some(Question::Summary {
                    summary: summary.clone(),
                    quantile: wanted?,
                }))
            }
            (None, None) if wanted.is_none() => Some(None),
            (None, None) => {
                let fix = "set `histogram` or `summary`";
                self.problem("quantile", "stands without a distribution", fix);
                None
            }
            (Some(_), Some(_)) => {
                let fix = "set either `histogram` or `summary`";
                self.problem("", "names two distributions", fix);
                None
            }
        }
    }

    fn quantile(&mut self, wanted: Option<f64>) -> Option<BigDecimal> {
        let wanted = wanted.filter(|it| (0.0..=1.0).contains(it));
        let exact = wanted.and_then(|it| quantity::from_f64(it).ok());
        if exact.is_none() {
            self.problem(
                "quantile",
                "is not between 0 and 1",
                "write one such as 0.95",
            );
        }
        exact
    }

    fn window(&mut self, keys: &QueryKeys) {
        if keys.window.is_some_and(|window| window > MAX_WINDOW) {
            self.problem("window", "is over 24h", "write a shorter one");
        }
        if keys.settle.is_some_and(|settle| settle > MAX_WINDOW) {
            self.problem("settle", "is over 24h", "write a shorter one");
        }
    }

    fn min_volume(&mut self, keys: &QueryKeys) -> Option<BigDecimal> {
        let wanted = keys.min_volume?;
        let exact = quantity::from_f64(wanted).ok().filter(|_| wanted > 0.0);
        if exact.is_none() {
            self.problem("min_volume", "is not above 0", "write one such as 100");
        }
        exact
    }

    /// Keys and units that only some kinds have.
    fn suits(&mut self, question: &Question, keys: &QueryKeys, unit: QueryUnit) {
        let is_ratio = matches!(question, Question::Ratio { .. });
        let is_share = matches!(unit, QueryUnit::Ratio | QueryUnit::Percent);
        let is_rate = matches!(unit, QueryUnit::PerSecond | QueryUnit::Score);
        if is_ratio && !is_share {
            self.problem("unit", "is no share", "write `ratio` or `percent`");
        }
        if matches!(question, Question::Increase(_)) && (is_share || is_rate) {
            self.problem("unit", "is nothing that a counter counts", "write `count`");
        }
        if keys.absent == Absent::Zero && !(is_ratio && keys.min_volume.is_some()) {
            let fix = "use it with `numerator`, `denominator` and `min_volume` only";
            self.problem("absent", "is `zero` with nothing to show that it is", fix);
        }
        if matches!(question, Question::Gauge(_)) {
            for (key, set) in [
                ("window", keys.window.is_some()),
                ("min_volume", keys.min_volume.is_some()),
            ] {
                if set {
                    self.problem(key, "means nothing for a gauge", "leave it out");
                }
            }
        }
        if question.metrics().any(|name| name.trim().is_empty()) {
            self.problem("", "names no metric", "write the metric's exact name");
        }
    }
}

// === impl Question ===

impl Question {
    /// Names of the metrics that it reads.
    pub fn metrics(&self) -> impl Iterator<Item = &String> {
        let (one, other) = match self {
            Self::Gauge(metric) | Self::Increase(metric) => (metric, None),
            Self::Ratio {
                numerator,
                denominator,
            } => (numerator, Some(denominator)),
            Self::Quantile { histogram, .. } => (histogram, None),
            Self::Summary { summary, .. } => (summary, None),
        };
        std::iter::once(one).chain(other)
    }
}
