//! From what was read of a flag to facts. Pure.

mod approvals;
mod changed;
mod evaluation;
mod guarded;
pub mod required;
mod scheduled;
mod served;
mod share;
mod targeting;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Reason, freshness::CREDENTIAL_SCOPE};

use super::{
    client::Read,
    collect::Found,
    wanted::{Intent, Wanted},
};
use served::Serving;

/// Name of the fact about what is served.
pub const FLAG_TARGETING: FactName = FactName::fixed("flag_targeting");
/// Name of the fact about to how many it is.
pub const FLAG_ROLLOUT_PERCENTAGE: FactName = FactName::fixed("flag_rollout_percentage");
/// Name of the fact about whether anybody asks.
pub const FLAG_EVALUATION_STATUS: FactName = FactName::fixed("flag_evaluation_status");
/// Name of the fact about a guarded rollout.
pub const GUARDED_ROLLOUT: FactName = FactName::fixed("guarded_rollout");
/// Name of the fact about approvals.
pub const PENDING_APPROVALS: FactName = FactName::fixed("pending_approvals");
/// Name of the fact about whether changes need an approval.
pub const APPROVAL_REQUIRED: FactName = FactName::fixed("approval_required");
/// Name of the fact about changes that were made lately.
pub const FLAG_CHANGED: FactName = FactName::fixed("flag_changed");
/// Name of the fact about changes to come.
pub const SCHEDULED_CHANGES: FactName = FactName::fixed("scheduled_changes");

/// The facts of a flag.
pub fn of(found: &Found, environment: &str, wanted: &Wanted, now: DateTime<Utc>) -> Vec<Fact> {
    let serving = Serving::of(found, environment, wanted);
    let of_flag = [
        targeting::fact(&serving, wanted),
        share::fact(&serving, wanted),
    ];
    let of_flag = of_flag.map(|it| it.observed(Some(found.flags_at)));
    let others = [
        observed(&found.status, |it| evaluation::fact(it, wanted, now)),
        match &found.guarded {
            Some(read) => observed(read, guarded::fact),
            None => guarded::not_asked().observed(Some(found.flags_at)),
        },
        observed(&found.approvals, |it| approvals::fact(it, wanted)),
        observed(&found.scheduled, |it| scheduled::fact(it, wanted, now)),
    ];
    let changed = wanted.changed_within.map(|within| {
        let fact = changed::fact(&found.flag, environment, within, now);
        fact.observed(Some(found.flags_at))
    });
    let all = of_flag.into_iter().chain(others);
    all.chain(changed).collect()
}

/// A fact that is as old as the answer that it rests on.
pub fn observed<T>(
    read: &Result<Read<T>, Reason>,
    fact: impl Fn(Result<&T, Reason>) -> Fact,
) -> Fact {
    match read {
        Ok((found, at)) => fact(Ok(found)).observed(Some(*at)),
        Err(reason) => fact(Err(*reason)),
    }
}

/// The facts of a flag that could not be read.
pub fn unread(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let limited = [
        (FLAG_ROLLOUT_PERCENTAGE, &wanted.share),
        (PENDING_APPROVALS, &wanted.approvals),
        (SCHEDULED_CHANGES, &wanted.scheduled),
    ];
    let limited =
        limited.map(|(name, limits)| Fact::unknown(name, reason).wanting(limits.threshold.clone()));
    let plain = [FLAG_TARGETING, FLAG_EVALUATION_STATUS].map(|it| Fact::unknown(it, reason));
    let guarded = match wanted.asks_guarded {
        true => Fact::unknown(GUARDED_ROLLOUT, reason),
        false => guarded::not_asked(),
    };
    let changed = wanted.changed_within;
    let changed = changed.map(|_| Fact::unknown(FLAG_CHANGED, reason));
    let all = plain.into_iter().chain(limited).chain([guarded]);
    all.chain(changed).collect()
}

/// The facts of a flag that does not exist, though others of its project do.
pub fn absent(wanted: &Wanted, at: Option<DateTime<Utc>>) -> Vec<Fact> {
    let facts = unread(wanted, Reason::NoData).into_iter();
    let facts = facts.map(|it| match *it.name() == FLAG_TARGETING {
        true if wanted.intent != Intent::Any => targeting::absent(),
        true | false => it,
    });
    facts.map(|it| it.observed(at)).collect()
}

/// The facts where no flag could be read, though it was asked for.
pub fn nothing(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let of_flags = wanted.flags.iter().flat_map(|key| {
        let facts = unread(wanted, reason).into_iter();
        facts.map(|it| match wanted.has_items {
            true => it.about(key.clone()),
            false => it,
        })
    });
    let of_token = Fact::unknown(CREDENTIAL_SCOPE, reason);
    let required = wanted.asks_required;
    let required = required.then(|| Fact::unknown(APPROVAL_REQUIRED, reason));
    of_flags.chain([of_token]).chain(required).collect()
}
