//! Which round of approval counts. Pure.

use passport_evidence::Reason;

use crate::connectors::jira::{
    client::Listed,
    model::{Person, Round, Ticket},
    pull::{NoRounds, Seen},
};

/// The type of projects whose tickets are requests.
const SERVICE_DESK: &str = "service_desk";

/// Why there is no round to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRound {
    /// The project has no approvals at all.
    OtherProject,
    /// Nothing can be said.
    Unknown(Reason),
}

/// The round that began last.
pub struct Latest<'a> {
    /// The round.
    pub round: &'a Round,
    /// Whether a later one may have been left out.
    pub is_whole: bool,
}

/// The round of a ticket that began last.
///
/// # Errors
/// There is none, or it can't be told which.
pub fn latest(seen: &Seen) -> Result<Latest<'_>, NoRound> {
    let listed = match &seen.rounds {
        None => return Err(NoRound::Unknown(Reason::NotConfigured)),
        Some(Err(no)) => return Err(no_round(*no, &seen.ticket)),
        Some(Ok(listed)) => listed,
    };
    let round = newest(listed).map_err(NoRound::Unknown)?;
    Ok(Latest {
        round,
        is_whole: listed.is_whole,
    })
}

fn newest(listed: &Listed<Round>) -> Result<&Round, Reason> {
    let rows = listed.rows.as_slice();
    let [first, others @ ..] = rows else {
        return Err(match listed.is_whole {
            true => Reason::NoData,
            false => Reason::Incomplete,
        });
    };
    if others.is_empty() {
        return Ok(first);
    }
    let began: Option<Vec<_>> = rows
        .iter()
        .map(|it| Some(it.created_date.as_ref()?.millis))
        .collect();
    let began = began.ok_or(Reason::UnexpectedShape)?;
    let last = began.iter().max().ok_or(Reason::NoData)?;
    let mut newest = rows.iter().zip(&began).filter(|(_, it)| *it == last);
    match (newest.next(), newest.next()) {
        (Some((round, _)), None) => Ok(round),
        (_, _) => Err(Reason::Ambiguous),
    }
}

fn no_round(no: NoRounds, ticket: &Ticket) -> NoRound {
    let project = ticket.fields.project.required();
    let kind = project.ok().and_then(|it| it.kind.as_deref());
    let is_other = kind.is_some_and(|it| it != SERVICE_DESK);
    match no {
        NoRounds::NoRequest | NoRounds::Unread(Reason::Denied) if is_other => NoRound::OtherProject,
        NoRounds::NoRequest => NoRound::Unknown(Reason::NoData),
        NoRounds::Unread(reason) => NoRound::Unknown(reason),
    }
}

/// Whether two persons are one; `None` where they have no id of the same kind.
pub fn is_same(one: &Person, other: &Person) -> Option<bool> {
    let pairs = [(&one.account, &other.account), (&one.key, &other.key)];
    let pairs = pairs.into_iter().filter_map(|(one, other)| {
        let (one, other) = (one.as_ref()?, other.as_ref()?);
        (!one.is_empty() && !other.is_empty()).then_some(one == other)
    });
    pairs.reduce(|one, other| one || other)
}
