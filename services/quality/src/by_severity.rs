//! What sources of scanners want of their counts, severity by severity.

use std::collections::BTreeMap;

use passport_connector_sdk::{Builder, settings::ThresholdText};
use passport_evidence::{Limits, Threshold, Unit};

/// What is wanted of the worst severities, unless a source says otherwise.
pub const NONE_AT_ALL: &str = "= 0";

/// Limits of counts by severity.
#[derive(Debug, Clone)]
pub struct Levels<S> {
    limits: BTreeMap<S, Limits>,
    /// Of any other severity.
    none: Limits,
}

/// What stands in the configuration of one severity.
#[derive(Debug, Clone, Copy)]
pub struct Level<'a, S> {
    /// Which one.
    pub severity: S,
    /// Its key.
    pub key: &'static str,
    /// What is wanted.
    pub text: &'a Option<ThresholdText>,
    /// What is wanted where nothing is said; `None`: the count is only shown.
    pub default: Option<&'static str>,
}

/// A threshold of a count below `thresholds`, or its default; without either the count is only shown. `None`
/// after a problem.
pub fn limits(
    key: &str,
    text: &Option<ThresholdText>,
    default: Option<&str>,
    builder: &mut Builder<'_>,
) -> Option<Limits> {
    let Some(text) = text.as_deref().or(default) else {
        return Some(Limits::default());
    };
    let threshold = text.parse::<Threshold>();
    match threshold.and_then(|it| it.in_unit(Unit::Count)) {
        Ok(threshold) => Some(threshold.into()),
        Err(error) => {
            let fix = "write one such as `= 0` or `<= 5`";
            builder.problem(format!("thresholds.{key}"), error.to_string(), fix);
            None
        }
    }
}

// === impl Levels ===

impl<S: Ord + Copy> Levels<S> {
    /// The limits of a fact, if no severity of it has a problem. All problems are told.
    pub fn read<'a>(
        fact: &str,
        levels: impl IntoIterator<Item = Level<'a, S>>,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let read = levels.into_iter().map(|level| {
            let key = format!("{fact}.{}", level.key);
            let limits = limits(&key, level.text, level.default, builder);
            Some((level.severity, limits?))
        });
        let read: Vec<_> = read.collect();
        Some(Self {
            limits: read.into_iter().collect::<Option<_>>()?,
            none: Limits::default(),
        })
    }

    /// The limits of a severity.
    pub fn of(&self, severity: S) -> &Limits {
        self.limits.get(&severity).unwrap_or(&self.none)
    }
}
