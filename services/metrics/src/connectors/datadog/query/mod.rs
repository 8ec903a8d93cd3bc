//! One named query, checked.

mod build;
mod entry;
mod objects;

use bigdecimal::BigDecimal;
use passport_connector_sdk::{
    query::{Asked, AskedState},
    settings::QueryUnit,
};

use super::{ask::Ask, scope::Group};

/// One named query, checked, with its companions.
#[derive(Debug)]
pub enum Query {
    /// A number of metrics.
    Number(Number),
    /// The state of a monitor.
    Monitor {
        /// What it asks for.
        asked: AskedState,
        /// The read that gives it.
        ask: Ask,
        /// Which of the monitor's groups is meant; of one without groups none.
        group: Option<Group>,
    },
    /// The worst state of all monitors that are labelled as the scope.
    Health {
        /// What it asks for.
        asked: AskedState,
        /// The read that gives it.
        ask: Ask,
    },
    /// A figure of a service level objective.
    Slo {
        /// What it asks for.
        asked: Asked,
        /// The read that gives it.
        ask: Ask,
        /// Which figure.
        figure: Figure,
    },
    /// A count of log lines.
    Logs {
        /// What it asks for.
        asked: Asked,
        /// The read that counts.
        count: Ask,
        /// The read that shows that lines arrive, and when the newest did.
        newest: Ask,
    },
}

/// A number of metrics.
#[derive(Debug)]
pub struct Number {
    /// What it asks for.
    pub asked: Asked,
    /// Unit of the number.
    pub unit: QueryUnit,
    /// The read that gives it.
    pub main: Ask,
    /// The read that gives its time, where it has none of its own.
    pub probe: Option<Ask>,
    /// The read that shows how much there was to measure, and the least that is enough.
    pub volume: Option<(Ask, BigDecimal)>,
    /// Whether an empty answer is zero.
    pub absent_is_zero: bool,
}

/// A figure of a service level objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// How much of the time, or of the events, was good.
    Attainment,
    /// How much of the error budget of a window, as Datadog names it, is left.
    Budget(&'static str),
}

impl Query {
    /// Every read that it takes, the one that gives its answer first.
    pub fn asks(&self) -> Vec<&Ask> {
        match self {
            Self::Number(number) => {
                let volume = number.volume.iter().map(|(ask, _)| ask);
                [&number.main]
                    .into_iter()
                    .chain(&number.probe)
                    .chain(volume)
                    .collect()
            }
            Self::Monitor { ask, .. } | Self::Health { ask, .. } | Self::Slo { ask, .. } => {
                vec![ask]
            }
            Self::Logs { count, newest, .. } => vec![count, newest],
        }
    }

    /// The read that gives its answer.
    pub fn main(&self) -> &Ask {
        match self {
            Self::Number(number) => &number.main,
            Self::Monitor { ask, .. } | Self::Health { ask, .. } | Self::Slo { ask, .. } => ask,
            Self::Logs { count, .. } => count,
        }
    }
}
