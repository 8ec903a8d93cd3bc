//! Units as Datadog tells them, after the schema `MetricsQueryUnit` and the page "Metrics Units".

use bigdecimal::BigDecimal;
use passport_connector_sdk::{Object, query::Sample, settings::QueryUnit};
use passport_evidence::Reason;
use serde::Deserialize;
use serde_json::Number;

/// What is measured, and in how much of what; `null` where nothing is known of it.
pub type Units = Option<Vec<Option<Object<Unit>>>>;

/// One unit.
#[derive(Debug, Clone, Deserialize)]
pub struct Unit {
    family: Option<String>,
    name: Option<String>,
    /// How much of its family's own unit it is.
    scale_factor: Option<Number>,
}

/// By what a number is multiplied and divided to be in the unit that was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    up: BigDecimal,
    down: BigDecimal,
}

/// Families of things that are counted.
const THINGS: [&str; 10] = [
    "apm", "cache", "database", "db", "disk", "general", "logging", "memory", "network", "system",
];
const TIME: &str = "time";
const BYTES: &str = "bytes";
const PERCENTAGE: &str = "percentage";

/// How numbers that are told to be in `told` come to be in `declared`. What is of another dimension is
/// another shape than was asked for.
pub fn factor(told: &Units, declared: QueryUnit) -> Result<Factor, Reason> {
    let told = told.as_deref().unwrap_or_default();
    if told.len() > 2 {
        return Err(Reason::UnexpectedShape);
    }
    let part = |at: usize| told.get(at).and_then(Option::as_ref).map(|it| &it.0);
    let factor = match (part(0), part(1)) {
        (None, None) => Some(Factor::of(1, 1)),
        (Some(what), None) => what.alone(declared),
        (Some(what), Some(per)) => what.over(per, declared),
        (None, Some(_)) => None,
    };
    factor.ok_or(Reason::UnexpectedShape)
}

// === impl Unit ===

impl Unit {
    fn alone(&self, declared: QueryUnit) -> Option<Factor> {
        let family = self.family.as_deref()?;
        match declared {
            QueryUnit::Seconds if family == TIME => Some(Factor::by(self.scale()?)),
            QueryUnit::Milliseconds if family == TIME => {
                Some(Factor::by(self.scale()? * BigDecimal::from(1_000)))
            }
            QueryUnit::Bytes if family == BYTES => Some(Factor::by(self.scale()?)),
            QueryUnit::Ratio | QueryUnit::Percent if family == PERCENTAGE => self.share(declared),
            QueryUnit::Score if family == PERCENTAGE => self.is_named("apdex"),
            QueryUnit::Count if is_thing(family) => Some(Factor::of(1, 1)),
            QueryUnit::Ratio
            | QueryUnit::Percent
            | QueryUnit::Seconds
            | QueryUnit::Milliseconds
            | QueryUnit::Bytes
            | QueryUnit::Count
            | QueryUnit::PerSecond
            | QueryUnit::Score => None,
        }
    }

    /// Things in a time are a rate; two amounts of one dimension are a share.
    fn over(&self, per: &Self, declared: QueryUnit) -> Option<Factor> {
        let (family, of) = (self.family.as_deref()?, per.family.as_deref()?);
        let share = match (family, of) {
            (TIME, TIME) | (BYTES, BYTES) => Some(Factor {
                up: self.scale()?,
                down: per.scale()?,
            }),
            _ if is_thing(family) && is_thing(of) => Some(Factor::of(1, 1)),
            _ => None,
        };
        match declared {
            QueryUnit::PerSecond if is_thing(family) && of == TIME => Some(Factor {
                up: 1.into(),
                down: per.scale()?,
            }),
            QueryUnit::Ratio => share,
            QueryUnit::Percent => share.map(|it| Factor {
                up: it.up * BigDecimal::from(100),
                down: it.down,
            }),
            QueryUnit::Seconds
            | QueryUnit::Milliseconds
            | QueryUnit::Bytes
            | QueryUnit::Count
            | QueryUnit::PerSecond
            | QueryUnit::Score => None,
        }
    }

    /// Percent and fraction are told apart by their names, whatever their scale is counted from.
    fn share(&self, declared: QueryUnit) -> Option<Factor> {
        match (self.name.as_deref()?, declared) {
            ("percent", QueryUnit::Percent) | ("fraction", QueryUnit::Ratio) => {
                Some(Factor::of(1, 1))
            }
            ("percent", _) => Some(Factor::of(1, 100)),
            ("fraction", _) => Some(Factor::of(100, 1)),
            _ => None,
        }
    }

    fn is_named(&self, name: &str) -> Option<Factor> {
        (self.name.as_deref() == Some(name)).then(|| Factor::of(1, 1))
    }

    fn scale(&self) -> Option<BigDecimal> {
        match Sample::of_json(self.scale_factor.as_ref()) {
            Sample::Number(scale) if scale > 0 => Some(scale),
            Sample::Number(_) | Sample::AtLeast(_) | Sample::NotANumber | Sample::Missing => None,
        }
    }
}

fn is_thing(family: &str) -> bool {
    THINGS.contains(&family)
}

// === impl Factor ===

impl Factor {
    fn of(up: u32, down: u32) -> Self {
        Self {
            up: up.into(),
            down: down.into(),
        }
    }

    fn by(up: BigDecimal) -> Self {
        Self { up, down: 1.into() }
    }

    /// A number in the unit that was declared.
    pub fn apply(&self, number: &BigDecimal) -> BigDecimal {
        number * &self.up / &self.down
    }
}
