//! From what was kept of the message and of the clicks to the facts. Pure.

mod approval;
mod notification;

use chrono::{DateTime, Timelike, Utc};
use passport_connector_sdk::{CollectError, CollectRequest, Kept, NoticeState, Observation};
use passport_evidence::{FailureCode, MaxAge, Reason};

use self::approval::Decided;
use super::{
    inbox::{Click, Inbox},
    names,
    posted::Posted,
    settings::{Mode, Wanted},
};

/// What became of the message about a release.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Slack took it, in the channel that was meant.
    Taken(Posted),
    /// Slack refused it, with this code.
    Refused(String, Posted),
    /// It is asked for again: Slack throttled.
    Throttled,
    /// Nothing is known, for this reason.
    Unknown(Reason, Posted),
}

/// What a source knows of a release.
///
/// # Errors
/// No answer came when the message was sent.
pub fn observe(
    wanted: &Wanted,
    inbox: Option<&Inbox>,
    request: &CollectRequest,
    kept: &Kept,
) -> Result<Observation, CollectError> {
    let (message, sent_at) = message(wanted, request, kept)?;
    let clicks: Vec<_> = clicks(kept).collect();
    let open = match &message {
        Message::Taken(posted) => Some(posted),
        Message::Refused(..) | Message::Throttled | Message::Unknown(..) => None,
    };
    let why_none = match &message {
        Message::Unknown(reason, _) => *reason,
        Message::Taken(_) | Message::Refused(..) | Message::Throttled => Reason::NoData,
    };
    let asked = wanted.approval.as_ref().zip(inbox);
    let decided = asked.map(|(approval, inbox)| {
        approval::decided(&approval::Asked {
            approval,
            inbox,
            open,
            why_none,
            team: &wanted.team,
            clicks: &clicks,
            ids: &wanted.actors,
            now: request.now,
        })
    });
    let at = observed_at(decided.as_ref(), &message, sent_at, request.now);
    let facts = notification::facts(wanted, &message).into_iter();
    let facts = facts.chain(approval::facts(wanted, decided.as_ref()));
    let mut facts: Vec<_> = facts.map(|it| it.observed(at)).collect();
    facts.extend(notification::breadth(wanted, &message).map(|it| it.fact(sent_at)));
    let lasts = lasts(wanted, decided.as_ref(), at);
    let observation = match decided.as_ref().and_then(|it| it.last_at) {
        Some(_) => Observation::delivered(facts),
        None => Observation::pulled(facts),
    };
    Ok(observation.lasting(Some(lasts)))
}

/// What became of the message, and when that was written down.
fn message(
    wanted: &Wanted,
    request: &CollectRequest,
    kept: &Kept,
) -> Result<(Message, Option<DateTime<Utc>>), CollectError> {
    let unknown = |reason| Message::Unknown(reason, Posted::default());
    let subject = request.subject.as_ref();
    let Some(subject) = subject.filter(|it| super::message::names(it)) else {
        return Ok((unknown(Reason::NoSubject), None));
    };
    let Some(noticed) = kept.noticed(subject) else {
        return Ok((unknown(Reason::NoData), None));
    };
    let message = match &noticed.state {
        NoticeState::Begun => unknown(Reason::Unavailable),
        NoticeState::Unsent(FailureCode::Throttled) => Message::Throttled,
        NoticeState::Unsent(_) | NoticeState::Uncertain(_) if !wanted.notifies => {
            unknown(Reason::Unavailable)
        }
        NoticeState::Unsent(code) | NoticeState::Uncertain(code) => {
            return Err(CollectError::new(*code));
        }
        NoticeState::Answered(said) => match serde_json::from_value::<Posted>(said.clone()) {
            Ok(posted) => answered(posted, wanted),
            Err(_) => unknown(Reason::UnexpectedShape),
        },
    };
    Ok((message, noticed.at.with_nanosecond(0)))
}

fn answered(posted: Posted, wanted: &Wanted) -> Message {
    if let Some(code) = &posted.refused {
        return Message::Refused(names::shown_code(code).to_owned(), posted);
    }
    if let Some(reason) = &posted.unclear {
        let reason = Reason::from_code(reason).unwrap_or(Reason::UnexpectedShape);
        return Message::Unknown(reason, posted);
    }
    if posted.channel.as_ref() != Some(&wanted.channel) {
        return Message::Unknown(Reason::OtherSubject, posted);
    }
    let stamp = posted.posted_ts.as_deref();
    match (stamp.and_then(names::seconds), posted.by_webhook) {
        (Some(_), false) => Message::Taken(posted),
        (None, true) if stamp.is_none() => Message::Taken(posted),
        _ => Message::Unknown(Reason::UnexpectedShape, posted),
    }
}

/// Clicks that were kept, each with the moment when it came in.
fn clicks(kept: &Kept) -> impl Iterator<Item = (Click, DateTime<Utc>)> {
    let records = kept.records.iter();
    records.filter_map(|it| Some((serde_json::from_slice(&it.body).ok()?, it.received_at)))
}

/// The oldest decision that counts; else when the message was posted; else when Slack answered; else now.
fn observed_at(
    decided: Option<&Decided>,
    message: &Message,
    sent_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let clicked = decided.and_then(|it| it.last_at);
    let posted = match message {
        Message::Taken(posted) => posted.posted_ts.as_deref().and_then(names::seconds),
        Message::Refused(..) | Message::Throttled | Message::Unknown(..) => None,
    };
    let posted = posted.and_then(|it| DateTime::from_timestamp(it, 0));
    let answered = match message {
        Message::Taken(_) | Message::Refused(..) => sent_at,
        Message::Throttled | Message::Unknown(..) => None,
    };
    clicked
        .or(posted)
        .or(answered)
        .or_else(|| now.with_nanosecond(0))
}

/// No longer than an open request may be answered.
fn lasts(wanted: &Wanted, decided: Option<&Decided>, at: Option<DateTime<Utc>>) -> MaxAge {
    let end = decided.and_then(|it| it.open_until);
    let left = end.zip(at).map(|(end, at)| (end - at).num_seconds().max(1));
    let left = left.and_then(|it| MaxAge::from_secs(u64::try_from(it).ok()?));
    left.map_or(wanted.lasts, |it| it.min(wanted.lasts))
}

/// Whether messages are sent by a bot.
fn is_by_bot(wanted: &Wanted) -> bool {
    wanted.mode == Mode::WebApi
}
