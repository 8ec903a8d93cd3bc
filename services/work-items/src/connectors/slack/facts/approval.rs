//! Who decided on the open request, and whether they may.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::ActorIds;
use passport_evidence::{
    Actors, Fact, FactName, Limits, Meaning, Quantity, Reason, Role, StateTable, Unit, Value,
};

use crate::connectors::slack::{
    inbox::{Act, Click, Inbox},
    posted::Posted,
    settings::{Approval, Wanted},
};

const DECISION: FactName = FactName::fixed("approval_decision");
const AUTHENTICITY: FactName = FactName::fixed("approval_authenticity");
const DECLINED: &str = "declined";
const SIGNED: &str = "signed";
const REJECTED: &str = "rejected";

const STATES: StateTable = StateTable::new(&[
    (DECLINED, Meaning::Failed(Reason::BadState)),
    (SIGNED, Meaning::Passed),
    (REJECTED, Meaning::Warning(Reason::Degraded)),
]);

/// What is judged.
pub struct Asked<'a> {
    /// Who may approve.
    pub approval: &'a Approval,
    /// What turns persons into ids, and what was turned away.
    pub inbox: &'a Inbox,
    /// The message with the request, if Slack took it.
    pub open: Option<&'a Posted>,
    /// Why there is none.
    pub why_none: Reason,
    /// The workspace.
    pub team: &'a str,
    /// What was clicked, and when that came in.
    pub clicks: &'a [(Click, DateTime<Utc>)],
    /// Makes ids of those who decided.
    pub ids: &'a ActorIds,
    /// The moment of collection.
    pub now: DateTime<Utc>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Until when the request may be answered; `None`: none is open.
    pub open_until: Option<DateTime<Utc>>,
    /// The oldest decision that counts.
    pub last_at: Option<DateTime<Utc>>,
    state: State,
    /// Persons who approved.
    count: usize,
    /// Deliveries that were turned away.
    rejected: usize,
    /// Who decided and who asked.
    actors: Actors,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// There is no request, for this reason.
    None(Reason),
    /// It may be answered.
    Open,
    /// It may no more.
    Expired,
    /// Somebody who may declined.
    Declined,
}

/// What was decided on the open request.
pub fn decided(asked: &Asked<'_>) -> Decided {
    let none = |reason| Decided {
        open_until: None,
        last_at: None,
        state: State::None(reason),
        count: 0,
        rejected: asked.rejected(),
        actors: Actors::default(),
    };
    let Some(open) = asked.open else {
        return none(asked.why_none);
    };
    let (Some(id), Some(expires_at)) = (&open.id, open.expires_at) else {
        return none(Reason::NoData);
    };
    let on_it = asked.clicks.iter().filter(|(click, came_at)| {
        click.request == *id && click.at < expires_at && *came_at < expires_at
    });
    let mut approved = BTreeSet::new();
    let mut times = Vec::new();
    let mut is_declined = false;
    let requester = asked.approval.requester.as_deref();
    let mut persons: Vec<_> = requester
        .map(|it| (Role::Requester, Some(it)))
        .into_iter()
        .collect();
    for (click, _) in on_it {
        let person = asked.person(click, open);
        match click.act {
            // A decline stands, though who made it may no more, or the key of that time is gone.
            Act::Decline if click.allowed || person.is_some() => {
                is_declined = true;
                persons.push((Role::Decliner, person));
                times.push(click.at);
            }
            Act::Approve if click.allowed => {
                approved.extend(person);
                persons.extend(person.map(|it| (Role::Approver, Some(it))));
                times.extend(person.map(|_| click.at));
            }
            Act::Approve | Act::Decline => {}
        }
    }
    let is_open = asked.now < expires_at;
    let state = match (is_declined, is_open) {
        (true, _) => State::Declined,
        (false, true) => State::Open,
        (false, false) => State::Expired,
    };
    Decided {
        open_until: is_open.then_some(expires_at),
        last_at: times.into_iter().min(),
        state,
        count: approved.len(),
        rejected: asked.rejected(),
        actors: asked.ids.told(persons),
    }
}

/// The facts about approval.
pub fn facts(wanted: &Wanted, decided: Option<&Decided>) -> [Fact; 2] {
    match (&wanted.approval, decided) {
        (Some(approval), Some(decided)) => [decided.decision(approval), decided.authenticity()],
        _ => [DECISION, AUTHENTICITY].map(|it| Fact::not_applicable(it, Reason::NotConfigured)),
    }
}

// === impl Asked ===

impl<'a> Asked<'a> {
    /// The person who clicked, if it is one of those who may approve now, and not who asked: neither as the
    /// source says nor as it was when the request was posted.
    fn person(&self, click: &Click, open: &Posted) -> Option<&'a str> {
        let is = |person: &str| self.inbox.actors.is(&click.actor, self.team, person);
        let asked_then = open.requester.as_deref();
        let asked_now = self.approval.requester.as_deref();
        if asked_then == Some(click.actor.as_str()) {
            return None;
        }
        let mut persons = self.approval.approvers.iter().map(String::as_str);
        persons.find(|it| {
            Some(*it) != asked_now
                && Some(*it) != asked_then
                && is(it)
                && !asked_then.is_some_and(|id| self.inbox.actors.is(id, self.team, it))
        })
    }

    fn rejected(&self) -> usize {
        self.inbox.rejections.within(self.approval.ttl, self.now)
    }
}

// === impl Decided ===

impl Decided {
    fn decision(&self, approval: &Approval) -> Fact {
        self.judged(approval).involving(self.actors.clone())
    }

    fn judged(&self, approval: &Approval) -> Fact {
        let limits = Limits::from(approval.wanted.clone());
        let count = Value::Exact(Quantity::new((self.count as u64).into(), Unit::Count));
        let fact = match self.state {
            State::None(reason) => {
                return Fact::unknown(DECISION, reason).wanting(limits.threshold);
            }
            State::Declined => Fact::state(DECISION, DECLINED, &STATES),
            State::Expired => Fact::unknown(DECISION, Reason::Expired),
            State::Open if self.count < approval.least as usize => {
                Fact::pending(DECISION, Reason::AwaitingApproval)
            }
            State::Open => return Fact::measured(DECISION, count, &limits),
        };
        fact.showing(count).wanting(limits.threshold)
    }

    fn authenticity(&self) -> Fact {
        match (self.rejected, self.last_at) {
            (0, None) => Fact::unknown(AUTHENTICITY, Reason::NoData),
            (0, Some(_)) => Fact::state(AUTHENTICITY, SIGNED, &STATES),
            (some, _) => {
                let shown = format!("{some} {REJECTED}");
                Fact::state(AUTHENTICITY, REJECTED, &STATES).showing(shown.as_str())
            }
        }
    }
}
