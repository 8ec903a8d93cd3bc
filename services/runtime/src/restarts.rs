//! Restarts within a window. What a runtime counts and dates often gives no more than bounds.

use passport_connector_sdk::{Builder, settings::ThresholdText};
use passport_evidence::{Fact, FactName, Limits, Quantity, Threshold, Unit, Value, Verdict};

const NO_RESTARTS: &str = "<= 0";

/// At least and at most so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    /// So many for certain.
    pub low: u64,
    /// No more than this.
    pub high: u64,
}

// === impl Bounds ===

impl Bounds {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.low = self.low.saturating_add(other.low);
        self.high = self.high.saturating_add(other.high);
    }

    /// Too many is what the lower bound says; few enough what the upper one does, which then is shown.
    pub fn judge(self, name: FactName, limits: &Limits) -> Fact {
        let [low, high] = [self.low, self.high].map(Quantity::count);
        let meets = |it: &Quantity| {
            let threshold = limits.threshold.as_ref();
            threshold.is_some_and(|wanted| wanted.judge(&it.clone().into()) == Verdict::Met)
        };
        let value = match (self.low == self.high, meets(&high)) {
            (true, _) => Value::Exact(low),
            (false, true) => Value::Exact(high),
            (false, false) => Value::AtLeast(low),
        };
        Fact::measured(name, value, limits)
    }
}

/// What a source wants of `recent_restarts`. Only a limit from above can be met by what is known.
pub fn limits(text: Option<&ThresholdText>, builder: &mut Builder<'_>) -> Option<Limits> {
    let text = text.map_or(NO_RESTARTS, |it| it);
    let parsed = text.parse::<Threshold>();
    let parsed = parsed.and_then(|it| it.in_unit(Unit::Count));
    let reason = match parsed {
        Ok(threshold) if threshold.wants_less() == Some(true) => return Some(threshold.into()),
        Ok(_) => "is no limit from above".to_owned(),
        Err(error) => error.to_string(),
    };
    let fix = "write one such as `<= 0` or `< 3`";
    builder.problem("thresholds.recent_restarts", reason, fix);
    None
}
