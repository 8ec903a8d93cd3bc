//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use passport_connector_sdk::{
    Builder,
    secrets::SecretRef,
    settings::{Span, ThresholdText},
};
use passport_evidence::{Limits, Quantity, Threshold, Unit, Verdict};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::wanted::{Intent, Wanted};

const ENDPOINT: &str = "https://app.launchdarkly.com";
/// Most flags of one source.
const MAX_FLAGS: usize = 20;
/// Longest key.
const MAX_KEY: usize = 256;
/// Shortest and longest time within which a change is told, in seconds: a minute, 30 days.
const CHANGED_SECONDS: [u32; 2] = [60, 2_592_000];
const WHOLE: &str = ">= 100%";
const NONE: &str = "= 0";

/// A LaunchDarkly source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Default: `https://app.launchdarkly.com`. Federal and EU instances have hosts of their own.
    #[serde(default = "endpoint")]
    pub endpoint: String,
    /// Service token that may view the one project.
    pub credential: SecretRef,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Whether the flags shall be on.
    pub intent: Intent,
    /// What shall be served: a variation's value, or its `_id`. Needed unless the intent is `any`.
    pub expected_variation: Option<Value>,
    /// How long ago a flag may have been evaluated last.
    #[serde(default = "one_day")]
    pub max_last_requested: Span,
    /// How far ahead scheduled changes count.
    #[serde(default = "one_day")]
    pub scheduled_window: Span,
    /// Within which time a change of a flag in the environment is a warning, 1m to 30d. Default: none is told.
    pub changed_within: Option<Span>,
    /// Whether changes of flags in the environment shall need an approval. Default: it is not asked.
    #[serde(default)]
    pub approval_required: bool,
    /// Where the state of a guarded rollout comes from.
    #[serde(default)]
    pub guarded_rollout: GuardedSource,
    /// What is wanted of the facts.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// The narrow target: flags of one environment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Key of the project.
    pub project: String,
    /// Key of the environment.
    pub environment: String,
    /// Key of the one flag.
    pub flag: Option<String>,
    /// Keys of several flags, at most 20.
    pub flags: Option<Vec<String>>,
}

/// Where the state of a guarded rollout comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuardedSource {
    /// The filter of the list of flags.
    #[default]
    ListFilter,
    /// Nowhere: it is not asked for.
    Off,
}

/// What is wanted of the facts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Share that gets what is expected. Default: `>= 100%`.
    pub flag_rollout_percentage: Option<ThresholdText>,
    /// Open approval requests. Default: `= 0`.
    pub pending_approvals: Option<ThresholdText>,
    /// Changes that are due. Default: `= 0`.
    pub scheduled_changes: Option<ThresholdText>,
}

fn endpoint() -> String {
    ENDPOINT.to_owned()
}

fn one_day() -> Span {
    Span::of_seconds(86_400)
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let flags = self.scope.flags(builder);
        let expected = self.expected(builder);
        let limits = self.thresholds.limits(builder);
        let is_span_sound = self.is_in_range(builder);
        let (flags, [share, approvals, scheduled]) = (flags?, limits?);
        is_span_sound.then_some(())?;
        Some(Wanted {
            has_items: self.scope.flags.is_some(),
            flags,
            intent: self.intent,
            expected: expected?,
            max_last_requested: self.max_last_requested,
            scheduled_window: self.scheduled_window,
            changed_within: self.changed_within,
            asks_required: self.approval_required,
            asks_guarded: self.guarded_rollout == GuardedSource::ListFilter,
            share,
            approvals,
            scheduled,
        })
    }

    fn is_in_range(&self, builder: &mut Builder<'_>) -> bool {
        let [shortest, longest] = CHANGED_SECONDS;
        let within = |it: Span| (shortest..=longest).contains(&it.as_secs());
        let is_sound = self.changed_within.is_none_or(within);
        if !is_sound {
            builder.problem("changed_within", "is out of range", "write 1m to 30d");
        }
        is_sound
    }

    fn expected(&self, builder: &mut Builder<'_>) -> Option<Value> {
        let expected = self.expected_variation.clone();
        let is_missing = expected.is_none() && self.intent != Intent::Any;
        if is_missing {
            let fix = "write the value that shall be served, or the variation's _id";
            builder.problem("expected_variation", "is missing", fix);
        }
        (!is_missing).then(|| expected.unwrap_or(Value::Null))
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    fn flags(&self, builder: &mut Builder<'_>) -> Option<Vec<String>> {
        let mut sound = true;
        let mut check = |key: &str, fits: bool| {
            if !fits {
                let reason = "names no one thing: empty, a pattern, or more than its key";
                let fix = "write the exact key; a whole project or environment is never read";
                builder.problem(format!("scope.{key}"), reason, fix);
                sound = false;
            }
        };
        check("project", is_key(&self.project));
        check("environment", is_key(&self.environment));
        let flags = match (&self.flag, &self.flags) {
            (Some(flag), None) => {
                check("flag", is_key(flag));
                vec![flag.clone()]
            }
            (None, Some(flags)) => {
                let different: BTreeSet<_> = flags.iter().collect();
                let are_few = (1..=MAX_FLAGS).contains(&flags.len());
                let are_one_each = different.len() == flags.len();
                check(
                    "flags",
                    are_few && are_one_each && flags.iter().all(|it| is_key(it)),
                );
                flags.clone()
            }
            (Some(_), Some(_)) | (None, None) => {
                check("flag", false);
                Vec::new()
            }
        };
        sound.then_some(flags)
    }
}

/// Letters, digits, dots, underscores and hyphens ("Flag keys"); none leads up a path.
fn is_key(key: &str) -> bool {
    let inner = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'_' | b'-');
    let has_name = key.bytes().any(|it| it != b'.');
    (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(inner) && has_name
}

// === impl Thresholds ===

impl Thresholds {
    /// For the share, the approvals and the scheduled changes. A share of nothing is never enough; no
    /// request and no change always are.
    fn limits(&self, builder: &mut Builder<'_>) -> Option<[Limits; 3]> {
        let share = self.flag_rollout_percentage.as_deref().unwrap_or(WHOLE);
        let approvals = self.pending_approvals.as_deref().unwrap_or(NONE);
        let scheduled = self.scheduled_changes.as_deref().unwrap_or(NONE);
        let nothing = (Unit::Percent, "0%", Verdict::Missed);
        let zero = (Unit::Count, "0", Verdict::Met);
        let share = limits("flag_rollout_percentage", share, nothing, builder);
        let approvals = limits("pending_approvals", approvals, zero, builder);
        let scheduled = limits("scheduled_changes", scheduled, zero, builder);
        Some([share?, approvals?, scheduled?])
    }
}

fn limits(
    fact: &str,
    text: &str,
    (unit, none, verdict): (Unit, &str, Verdict),
    builder: &mut Builder<'_>,
) -> Option<Limits> {
    let parsed = text.parse::<Threshold>();
    let parsed = parsed.and_then(|it| it.in_unit(unit));
    let of_none = |it: &Threshold| Quantity::parse(none).map(|none| it.judge(&none.into()));
    let reason = match parsed {
        Ok(threshold) if of_none(&threshold) == Ok(verdict) => return Some(threshold.into()),
        Ok(_) => format!("is the wrong way round for {none}"),
        Err(error) => error.to_string(),
    };
    let fix = "write one such as `>= 50%` for a share, `= 0` or `<= 1` for a count";
    builder.problem(format!("thresholds.{fact}"), reason, fix);
    None
}
