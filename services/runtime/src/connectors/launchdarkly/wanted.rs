//! What a source wants, once its settings were checked.

use passport_connector_sdk::settings::Span;
use passport_evidence::{Limits, Reason};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::flag::Variation;

/// Whether flags shall be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Intent {
    /// On.
    On,
    /// Off.
    Off,
    /// Either: what is served is only shown.
    Any,
}

/// What a source wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whether facts say which flag they are about.
    pub has_items: bool,
    /// Keys of the flags.
    pub flags: Vec<String>,
    /// Whether they shall be on.
    pub intent: Intent,
    /// What they shall serve.
    pub expected: Value,
    /// How long ago they may have been evaluated last.
    pub max_last_requested: Span,
    /// How far ahead scheduled changes count.
    pub scheduled_window: Span,
    /// Within which time a change of a flag is told; `None`: none is.
    pub changed_within: Option<Span>,
    /// Whether it is asked if changes need an approval.
    pub asks_required: bool,
    /// Whether guarded rollouts are asked for.
    pub asks_guarded: bool,
    /// Share that gets what is expected.
    pub share: Limits,
    /// Open approval requests.
    pub approvals: Limits,
    /// Changes that are due.
    pub scheduled: Limits,
}

// === impl Wanted ===

impl Wanted {
    /// Which of a flag's variations is expected: that of the value, else that of the id; none, where the
    /// flag has no such. Variations differ, so that two of one value leave open which is meant.
    pub fn expected_of<'a>(
        &self,
        variations: impl Iterator<Item = &'a Variation>,
    ) -> Result<Option<usize>, Reason> {
        let all: Vec<_> = variations.collect();
        let at = |fits: &dyn Fn(&Variation) -> bool| {
            let found = all.iter().enumerate().filter(|(_, it)| fits(it));
            found.map(|(at, _)| at).collect::<Vec<_>>()
        };
        let by_value = at(&|it| is_same(&it.value, &self.expected));
        let found = match by_value.is_empty() {
            true => at(&|it| it.id.is_some() && it.id.as_deref() == self.expected.as_str()),
            false => by_value,
        };
        match found.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            [_, _, ..] => Err(Reason::Ambiguous),
        }
    }
}

/// One number may be written in several ways.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            // Large whole numbers that differ may be one as floating ones.
            let is_floating = one.is_f64() || other.is_f64();
            one == other || (is_floating && one.as_f64() == other.as_f64())
        }
        (_, _) => one == other,
    }
}
