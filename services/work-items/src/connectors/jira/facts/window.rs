//! Whether the change may happen now. Pure.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{WINDOW, told};
use crate::connectors::jira::{
    model::{Own, Ticket},
    wanted::Wanted,
};

/// How Jira writes a moment: without a colon in the offset.
const FORMAT: &str = "%Y-%m-%dT%H:%M:%S%.f%z";

const STATES: StateTable = StateTable::new(&[
    ("before", Meaning::Pending(Reason::OutsideWindow)),
    ("after", Meaning::Failed(Reason::OutsideWindow)),
]);

type Window = (DateTime<Utc>, DateTime<Utc>);

/// The fact.
pub fn fact(ticket: &Ticket, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let (start, end) = match window(ticket, wanted) {
        None => return Fact::not_applicable(WINDOW, Reason::NotConfigured),
        Some(Err(reason)) => return Fact::unknown(WINDOW, reason),
        Some(Ok(window)) => window,
    };
    let shown = |it: DateTime<Utc>| it.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let shown = format!("{}/{}", shown(start), shown(end));
    if now < start {
        Fact::state(WINDOW, "before", &STATES).showing(shown.as_str())
    } else if is_over(end, now) {
        Fact::state(WINDOW, "after", &STATES).showing(shown.as_str())
    } else {
        told(WINDOW, &shown)
    }
}

/// When a window that is open now ends.
pub fn open_until(ticket: &Ticket, wanted: &Wanted, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (start, end) = window(ticket, wanted)?.ok()?;
    (start <= now && !is_over(end, now)).then_some(end)
}

/// The last second counts as over: evidence lasts a second at least.
fn is_over(end: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    end - now < TimeDelta::seconds(1)
}

fn window(ticket: &Ticket, wanted: &Wanted) -> Option<Result<Window, Reason>> {
    let (start, end) = wanted.window.as_ref()?;
    Some(read(ticket, start, end))
}

fn read(ticket: &Ticket, start: &str, end: &str) -> Result<Window, Reason> {
    let (start, end) = (moment(ticket, start)?, moment(ticket, end)?);
    let (start, end) = start.zip(end).ok_or(Reason::NoData)?;
    match start < end {
        true => Ok((start, end)),
        false => Err(Reason::Contradictory),
    }
}

/// What a field holds; `None`: nothing.
fn moment(ticket: &Ticket, field: &str) -> Result<Option<DateTime<Utc>>, Reason> {
    let found = ticket
        .fields
        .own
        .get(field)
        .ok_or(Reason::UnexpectedShape)?;
    let text = match found.told()? {
        None => return Ok(None),
        Some(Own::Option(_)) => return Err(Reason::UnexpectedShape),
        Some(Own::Text(text)) => text,
    };
    let parsed = DateTime::parse_from_str(text, FORMAT);
    let parsed = parsed.or_else(|_| DateTime::parse_from_rfc3339(text));
    let parsed = parsed.map_err(|_| Reason::UnexpectedShape)?;
    Ok(Some(parsed.to_utc()))
}
