//! From what was kept of the message and of reports to the facts. Pure.

pub mod accepted;
pub mod delivered;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use passport_connector_sdk::{CollectError, CollectRequest, Kept, NoticeState, Observation};
use passport_evidence::{Fact, FactName, Reason};

use super::{inbox, message, sent::Sent, settings::Wanted};

const ACCEPTED: FactName = FactName::fixed("notification_accepted");
const DELIVERED: FactName = FactName::fixed("notification_delivered");
/// No message takes longer to be handed over: whoever began it has ended.
const LONGEST: TimeDelta = TimeDelta::minutes(5);

/// What became of the message about a release.
enum Message {
    /// The server was told of it.
    Sent(Sent),
    /// It is being handed over.
    Begun,
    /// Nothing is known, for this reason.
    Unknown(Reason),
    /// The source sends none.
    None,
}

/// What a source knows of a release.
///
/// # Errors
/// No recipient was judged when the message was sent.
pub fn observe(
    wanted: &Wanted,
    request: &CollectRequest,
    kept: &Kept,
) -> Result<Observation, CollectError> {
    let message = message(wanted, request, kept)?;
    let now = request.now.with_nanosecond(0);
    let (mut facts, mut rests_on_reports) = (Vec::new(), false);
    for (at, mailbox) in wanted.recipients.iter().enumerate() {
        let (both, observed_at) = match &message {
            Message::Sent(sent) => {
                let outcomes = inbox::reported(kept, &sent.message_id, mailbox);
                let report = delivered::deciding(outcomes);
                rests_on_reports |= report.is_some();
                let end = sent.end(mailbox);
                let reported_at = report.as_ref().map(|it| it.at);
                let both = [
                    accepted::fact(end.as_ref()),
                    delivered::fact(end.as_ref(), report.as_ref()),
                ];
                (both, reported_at.or(Some(sent.accepted_at)))
            }
            Message::Begun => (both(|it| Fact::pending(it, Reason::InProgress)), now),
            Message::Unknown(reason) => (both(|it| Fact::unknown(it, *reason)), now),
            Message::None => {
                let none = both(|it| Fact::not_applicable(it, Reason::NotConfigured));
                (none, now)
            }
        };
        let item = format!("recipient-{}", at.saturating_add(1));
        facts.extend(both.map(|it| it.about(item.as_str()).observed(observed_at)));
    }
    Ok(match rests_on_reports {
        true => Observation::delivered(facts),
        false => Observation::pulled(facts),
    })
}

fn both(fact: impl Fn(FactName) -> Fact) -> [Fact; 2] {
    [ACCEPTED, DELIVERED].map(fact)
}

fn message(
    wanted: &Wanted,
    request: &CollectRequest,
    kept: &Kept,
) -> Result<Message, CollectError> {
    if !wanted.notifies {
        return Ok(Message::None);
    }
    let subject = request.subject.as_ref();
    let Some(subject) = subject.filter(|it| message::names(it)) else {
        return Ok(Message::Unknown(Reason::NoSubject));
    };
    let Some(noticed) = kept.noticed(subject) else {
        return Ok(Message::Unknown(Reason::NoData));
    };
    Ok(match &noticed.state {
        NoticeState::Begun if is_new(noticed.at, request.now) => Message::Begun,
        NoticeState::Begun => Message::Unknown(Reason::Unavailable),
        NoticeState::Unsent(code) | NoticeState::Uncertain(code) => {
            return Err(CollectError::new(*code));
        }
        NoticeState::Answered(said) => match serde_json::from_value(said.clone()) {
            Ok(sent) => Message::Sent(sent),
            Err(_) => Message::Unknown(Reason::UnexpectedShape),
        },
    })
}

fn is_new(begun_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(begun_at) < LONGEST
}
