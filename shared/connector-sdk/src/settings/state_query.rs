//! Named queries whose answer is a state.

use passport_evidence::{FactName, Threshold, Value, Verdict};

use super::{QuerySettings, Reduce, named_query::item};
use crate::{kind::Builder, query::AskedState};

impl QuerySettings {
    /// Checks the entry of an id whose answer is a state, of which `good` is the one that passes. `None`
    /// after a problem.
    pub fn resolve_state(
        &self,
        id: &str,
        good: &str,
        builder: &mut Builder<'_>,
    ) -> Option<AskedState> {
        let (name, default) = self.fact(id, builder)?;
        self.refuse_keys_of_numbers(id, builder);
        let wanted = match self.threshold.as_deref().or(default) {
            None | Some("none") => None,
            Some(text) => Some(wanted(text, good).or_else(|| refuse(id, good, builder))?),
        };
        Some(asked(name, id, wanted))
    }

    fn refuse_keys_of_numbers(&self, id: &str, builder: &mut Builder<'_>) {
        for (key, is_set) in [
            ("domain", self.domain.is_some()),
            ("warn_threshold", self.warn_threshold.is_some()),
            ("reduce", self.reduce != Reduce::Single),
            ("expect_series", self.expect_series.is_some()),
        ] {
            if is_set {
                let path = format!("queries.{id}.{key}");
                builder.problem(
                    path,
                    "belongs to numbers, and this is a state",
                    "leave it out",
                );
            }
        }
    }
}

fn asked(name: FactName, id: &str, wanted: Option<Threshold>) -> AskedState {
    let item = item(&name, id);
    AskedState { name, item, wanted }
}

/// A threshold that the good state meets: no other state ever passes.
fn wanted(text: &str, good: &str) -> Option<Threshold> {
    let threshold = text.parse::<Threshold>().ok()?.of_words().ok()?;
    (threshold.judge(&Value::from(good)) == Verdict::Met).then_some(threshold)
}

fn refuse<T>(id: &str, good: &str, builder: &mut Builder<'_>) -> Option<T> {
    let reason = "is no threshold that the one good state meets";
    builder.problem(
        format!("queries.{id}.threshold"),
        reason,
        format!("write `= {good}`"),
    );
    None
}
