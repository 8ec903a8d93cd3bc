//! Whether waivers are becoming the normal way. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

use super::{kept::Statement, kind::Kind, settings::Rules};

const NAME: FactName = FactName::fixed("manual_evidence_rate");

const TABLE: StateTable = StateTable::new(&[("many", Meaning::Warning(Reason::ThresholdMissed))]);

/// A warning where more waivers are active than the source allows, or one fact was waived again;
/// nothing otherwise.
pub fn fact(statements: &[Statement], rules: &Rules, now: DateTime<Utc>) -> Option<Fact> {
    let waivers = || statements.iter().filter(|it| it.kind == Kind::Waiver);
    let active = waivers().filter(|it| it.is_active(now)).count();
    let mut by_fact: BTreeMap<&FactName, usize> = BTreeMap::new();
    let agreed = waivers().filter(|it| it.is_confirmed && !it.is_revoked(now) && it.has_begun(now));
    agreed.for_each(|it| *by_fact.entry(&it.fact).or_default() += 1);
    let is_again = by_fact.values().any(|it| *it > 1);
    let most = rules.max_active_waivers;
    let is_many = u32::try_from(active).map_or(true, |it| it > most);
    let threshold = format!("<= {most}").parse::<Threshold>().ok();
    (is_many || is_again).then(|| {
        // Shown as a word: a figure that misses its threshold would be a failure, and this is none.
        let fact = Fact::state(NAME, "many", &TABLE);
        fact.showing(active.to_string().as_str()).wanting(threshold)
    })
}
