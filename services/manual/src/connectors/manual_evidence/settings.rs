//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use passport_connector_sdk::{Builder, secrets::SecretRef, settings::Span};
use passport_evidence::FactName;
use schemars::JsonSchema;
use serde::Deserialize;

use super::kind::Kind;

/// Longest that a statement may last.
pub const LONGEST_LIFE: Span = Span::of_seconds(72 * 3_600);

/// Most facts that persons may speak about.
const MAX_FACTS: usize = 50;

/// Waivers at once that are not yet too many, where the settings do not say.
const ACTIVE_WAIVERS: u32 = 3;

/// A source of what persons state.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Kinds that are taken: waiver, attestation, emergency_approval, external_scan. Default: all.
    pub kinds: Option<Vec<String>>,
    /// Names of the facts that persons may speak about. 1 to 50.
    pub facts: Vec<String>,
    /// Longest that a statement may last. Default and maximum: 72h; an emergency approval 4h.
    pub max_life: Option<Span>,
    /// Waivers at once that are not yet too many. Default: 3.
    pub max_active_waivers: Option<u32>,
    /// Key of the ids that persons have in what is kept, in place of the process's own (`persons.key`). One of both
    /// has to be there.
    pub actor_key: Option<SecretRef>,
}

/// What may be stated, checked.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Kinds that are taken.
    pub kinds: BTreeSet<Kind>,
    /// Facts that may be spoken about.
    pub facts: BTreeSet<FactName>,
    /// Longest that a statement may last.
    pub max_life: TimeDelta,
    /// Waivers at once that are not yet too many.
    pub max_active_waivers: u32,
}

// === impl Settings ===

impl Settings {
    /// What may be stated, or problems.
    pub fn check(&self, builder: &mut Builder<'_>) -> Option<Rules> {
        let kinds = self.kinds(builder);
        let facts = self.facts(builder);
        let max_life = self.max_life.unwrap_or(LONGEST_LIFE);
        let is_short = max_life <= LONGEST_LIFE;
        if !is_short {
            let reason = "is over 72h, and what holds for longer is no exception";
            builder.problem("max_life", reason, "write at most 72h");
        }
        let rules = Rules {
            kinds: kinds?,
            facts: facts?,
            max_life: max_life.as_delta(),
            max_active_waivers: self.max_active_waivers.unwrap_or(ACTIVE_WAIVERS),
        };
        is_short.then_some(rules)
    }

    fn kinds(&self, builder: &mut Builder<'_>) -> Option<BTreeSet<Kind>> {
        let Some(words) = &self.kinds else {
            return Some(Kind::ALL.into());
        };
        if words.is_empty() {
            builder.problem("kinds", "names none", "leave it out for all, or name some");
            return None;
        }
        let read = words.iter().enumerate().map(|(at, word)| {
            let kind = Kind::read(word);
            if kind.is_none() {
                let known = Kind::ALL.map(Kind::as_str).join(", ");
                let fix = format!("use {known}");
                builder.problem(format!("kinds[{at}]"), "is no kind of statement", fix);
            }
            kind
        });
        let read: Vec<_> = read.collect();
        read.into_iter().collect()
    }

    fn facts(&self, builder: &mut Builder<'_>) -> Option<BTreeSet<FactName>> {
        if !(1..=MAX_FACTS).contains(&self.facts.len()) {
            let fix = "name 1 to 50 facts, such as crash_free_sessions";
            builder.problem("facts", "names none, or too many", fix);
            return None;
        }
        let names = self.facts.iter().map(|it| FactName::new(it).ok());
        let names: Option<BTreeSet<_>> = names.collect();
        if names.is_none() {
            let reason = "has one that is no name of a fact; persons speak about named facts only";
            builder.problem("facts", reason, "write each in snake_case");
        }
        names
    }
}
