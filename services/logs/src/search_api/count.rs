//! How many lines an answer tells of. Pure.

use bigdecimal::BigDecimal;
use passport_connector_sdk::{Object, query::Sample, redaction::excerpts};
use passport_evidence::{Reason, Subject};

use super::{
    answer::{Hit, Search, Total},
    body::Lines,
    field,
    reading::Found,
};

/// What was asked for beside a count.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// How many lines.
    pub excerpts: usize,
    /// Field with a line's message.
    pub message_field: &'a str,
    /// What is being released.
    pub subject: Option<&'a Subject>,
}

/// What the answer to a count says.
pub fn found(
    search: &Search,
    lines: &Lines<'_>,
    wanted: Wanted<'_>,
    plain_total: bool,
) -> Result<Found, Reason> {
    let is_partial = search.is_partial()?;
    let total = search.total(plain_total)?;
    let shown = search.lines();
    all_asked_for(shown, lines)?;
    let least = i128::try_from(shown.len()).unwrap_or(i128::MAX);
    if matches!(total, Total::Exact(number) if (0..least).contains(&number)) {
        return Err(Reason::Contradictory);
    }
    let messages = shown
        .iter()
        .filter_map(|it| message(it, wanted.message_field));
    Ok(Found {
        sample: sample(total, is_partial),
        is_partial,
        excerpts: excerpts(messages.take(wanted.excerpts), wanted.subject),
    })
}

fn message<'a>(hit: &'a Hit, field: &str) -> Option<&'a str> {
    field::shown(&hit.line, field)?.as_str()
}

/// Of an answer that lacks something, and of one that stopped counting, only a lower bound is known.
fn sample(total: Total, is_partial: bool) -> Sample {
    match total {
        Total::Exact(number) if !is_partial => Sample::Number(BigDecimal::from(number)),
        Total::Exact(number) | Total::AtLeast(number) => Sample::AtLeast(BigDecimal::from(number)),
    }
}

/// Whether lines came back that the filters should have kept out.
pub fn all_asked_for(hits: &[Object<Hit>], lines: &Lines<'_>) -> Result<(), Reason> {
    let is_other = |hit: &Hit| {
        let misses = lines.conditions().any(|it| it.is_missed_by(&hit.line));
        let at = lines.target.time_of(&hit.line);
        misses || at.is_some_and(|at| !lines.range.holds(at))
    };
    if hits.iter().any(|it| is_other(it)) {
        Err(Reason::FilterNotApplied)
    } else {
        Ok(())
    }
}
