//! What a number is compared with: itself, as of before.

use bigdecimal::BigDecimal;
use passport_connector_sdk::{
    Builder,
    query::{Asked, Tolerance},
    settings::Span,
};
use passport_evidence::{Dimension, Quantity, Threshold, Unit};

use super::{release::Releases, settings::BaselineSettings, template::Labels};

/// Longest time ago.
const MAX_BEFORE: Span = Span::of_seconds(30 * 86_400);

/// What a number is compared with.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// As of how many seconds ago.
    pub ago: u32,
    /// How much worse it may be.
    pub tolerance: Tolerance,
    /// Which releases ran, where that is asked.
    pub releases: Option<Releases>,
}

impl Baseline {
    /// Checks the entry's key.
    pub fn build(
        settings: &BaselineSettings,
        asked: Option<&Asked>,
        (probe, labels): (Option<&str>, &Labels),
        at: &impl Fn(&str) -> String,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let releases = settings.release.as_ref();
        let releases = releases.map(|it| Releases::build(it, probe, labels, at, builder));
        let mut refuse = |key: &str, reason: &str, fix: &str| {
            builder.problem(at(&format!("baseline{key}")), reason, fix);
        };
        let before = settings.before;
        let soon = before.as_secs() == 0 || before > MAX_BEFORE;
        if soon {
            refuse(
                ".before",
                "is not above zero and at most 30d",
                "write one such as 1d",
            );
        }
        let share = amount(&settings.tolerance, Unit::Ratio);
        if share.is_none() {
            refuse(".tolerance", "is no share", "write one such as 10%, or 0%");
        }
        let asked = asked?;
        let slack = match &settings.slack {
            None => Some(BigDecimal::from(0)),
            Some(text) => amount(text, asked.unit),
        };
        if slack.is_none() {
            let reason = "is no amount of the query's dimension";
            refuse(".slack", reason, "write one such as 5ms or 0.1%");
        }
        let threshold = asked.limits.threshold.as_ref();
        let directed = threshold.and_then(Threshold::wants_less).is_some();
        if !directed {
            let reason = "stands beside no threshold that says which way is better";
            refuse("", reason, "set `threshold` to one such as `< 500ms`");
        }
        let tolerance = Tolerance {
            share: share?,
            amount: slack?,
        };
        let releases = match releases {
            None => None,
            Some(releases) => Some(releases?),
        };
        (directed && !soon).then_some(Self {
            ago: before.as_secs(),
            tolerance,
            releases,
        })
    }
}

/// An amount, not below zero, in a unit. A bare number is one only of what is counted.
fn amount(text: &str, unit: Unit) -> Option<BigDecimal> {
    let found = Quantity::parse(text).ok()?;
    let bare = found.dimension() == Dimension::Count;
    let same = found.dimension() == unit.dimension();
    let is_score = bare && unit.dimension() == Dimension::Score;
    if !same && !is_score {
        return None;
    }
    let found = if same {
        found.number_in(unit)?
    } else {
        found.number().clone()
    };
    (found >= 0).then_some(found)
}
