//! Whether waivers are becoming the normal way. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Subject, Threshold};

use super::{choose::is_about, kept::Statement, kind::Kind, settings::Rules};

const NAME: FactName = FactName::fixed("manual_evidence_rate");

const TABLE: StateTable = StateTable::new(&[("many", Meaning::Warning(Reason::ThresholdMissed))]);

/// A warning where more waivers are active than the source allows, or one fact was waived again;
/// nothing otherwise.
pub fn fact(
    statements: &[Statement],
    rules: &Rules,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Option<Fact> {
    let waivers = || statements.iter().filter(|it| it.kind == Kind::Waiver);
    let active = waivers().filter(|it| it.is_active(now));
    let active: usize = by_fact(active, subject).into_values().sum();
    let agreed = waivers().filter(|it| it.is_confirmed && !it.is_revoked(now) && it.has_begun(now));
    let is_again = by_fact(agreed, subject).into_values().any(|it| it > 1);
    let most = rules.max_active_waivers;
    let is_many = u32::try_from(active).map_or(true, |it| it > most);
    let threshold = format!("<= {most}").parse::<Threshold>().ok();
    (is_many || is_again).then(|| {
        // Shown as a word: a figure that misses its threshold would be a failure, and this is none.
        let fact = Fact::state(NAME, "many", &TABLE);
        fact.showing(active.to_string().as_str()).wanting(threshold)
    })
}

/// How many there are of each fact. Those about the digests of the release that is asked about are one: a
/// release of several digests wants as many statements.
fn by_fact<'a>(
    waivers: impl Iterator<Item = &'a Statement>,
    subject: Option<&Subject>,
) -> BTreeMap<&'a FactName, usize> {
    let mut of_digests: BTreeMap<(&FactName, &str), usize> = BTreeMap::new();
    let mut counts: BTreeMap<&FactName, usize> = BTreeMap::new();
    for it in waivers {
        match is_about(it, subject) {
            true => *of_digests.entry((&it.fact, &it.release)).or_default() += 1,
            false => *counts.entry(&it.fact).or_default() += 1,
        }
    }
    let mut most: BTreeMap<&FactName, usize> = BTreeMap::new();
    for ((fact, _), count) in of_digests {
        let known = most.entry(fact).or_default();
        *known = count.max(*known);
    }
    for (fact, count) in most {
        *counts.entry(fact).or_default() += count;
    }
    counts
}
