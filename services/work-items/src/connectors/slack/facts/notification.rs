//! Whether people were told.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

use super::{Message, is_by_bot};
use crate::connectors::slack::{breadth::Told, settings::Wanted};

const ACCEPTED: FactName = FactName::fixed("notification_accepted");
const DELIVERED: FactName = FactName::fixed("notification_delivered");
const SLACK: &str = "slack ts";
const WEBHOOK: &str = "webhook";
const REFUSED: &str = "refused";

const TAKEN: StateTable = StateTable::new(&[
    (WEBHOOK, Meaning::Passed),
    (REFUSED, Meaning::Failed(Reason::BadState)),
]);
/// Who may see the channel sees what Slack stamped; an incoming webhook proves nothing.
const SEEN: StateTable = StateTable::new(&[
    (SLACK, Meaning::Passed),
    (WEBHOOK, Meaning::Unknown(Reason::NoData)),
    (REFUSED, Meaning::Failed(Reason::BadState)),
]);

/// Whether Slack took the message, and whether it is seen. A source that sends none says nothing of one that
/// it sent before its settings were changed.
pub fn facts(wanted: &Wanted, message: &Message) -> [Fact; 2] {
    if !wanted.notifies {
        return [ACCEPTED, DELIVERED].map(|name| Fact::not_applicable(name, Reason::NotConfigured));
    }
    match message {
        Message::Taken(posted) => match &posted.posted_ts {
            Some(ts) => [stamped(ts), Fact::state(DELIVERED, SLACK, &SEEN)],
            None => [
                Fact::state(ACCEPTED, WEBHOOK, &TAKEN),
                Fact::state(DELIVERED, WEBHOOK, &SEEN),
            ],
        },
        Message::Refused(code, _) => [
            Fact::state(ACCEPTED, REFUSED, &TAKEN).showing(code.as_str()),
            Fact::state(DELIVERED, REFUSED, &SEEN).showing(code.as_str()),
        ],
        Message::Throttled => {
            [ACCEPTED, DELIVERED].map(|name| Fact::pending(name, Reason::InProgress))
        }
        Message::Unknown(reason, _) => {
            [ACCEPTED, DELIVERED].map(|name| Fact::unknown(name, *reason))
        }
    }
}

/// A stamp of Slack's in the channel that was meant is what is wanted, and its own threshold.
fn stamped(ts: &str) -> Fact {
    let shown = format!("{SLACK}={ts}");
    let wanted = Threshold::equals(&shown);
    Fact::measured(ACCEPTED, shown.as_str().into(), &wanted.into())
}

/// What Slack's answer said of the token.
pub fn breadth<'a>(wanted: &Wanted, message: &'a Message) -> Option<&'a Told> {
    let posted = match message {
        Message::Taken(posted) | Message::Refused(_, posted) | Message::Unknown(_, posted) => {
            posted
        }
        Message::Throttled => return None,
    };
    posted.breadth.as_ref().filter(|_| is_by_bot(wanted))
}
