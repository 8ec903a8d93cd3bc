//! From how a probe ended, or from a person's word, to facts. Pure.

mod answer;
mod kept;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    credential_scope::Breadth,
    provider::{Distrust, Probed},
};
use passport_evidence::{
    Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Status, Subject, Threshold,
    Unit, Value, freshness::SKEW,
};

use super::{certificate, declared::Declaration, probe::Wanted, settings::DeclaredState};
use kept::Kept;

/// Name of the fact about the target.
const STATE: FactName = FactName::fixed("declared_target_state");
/// Name of the fact about its version.
const VERSION: FactName = FactName::fixed("declared_version");
/// Name of the fact about its certificate.
const CERTIFICATE: FactName = FactName::fixed("tls_certificate");

/// What a person can say. None of it passes.
const WORDS: StateTable = StateTable::new(&[
    ("healthy", Meaning::Warning(Reason::SelfDeclared)),
    ("degraded", Meaning::Failed(Reason::SelfDeclared)),
    ("down", Meaning::Failed(Reason::SelfDeclared)),
    ("maintenance", Meaning::Pending(Reason::SelfDeclared)),
]);

/// How a connection can end that gave no answer.
const ENDINGS: StateTable = StateTable::new(&[
    ("connected", Meaning::Warning(Reason::NotConfigured)),
    ("no_answer", Meaning::Failed(Reason::BadState)),
]);

/// What a certificate is that is not accepted.
const DISTRUSTED: StateTable = StateTable::new(&[
    ("expired", Meaning::Failed(Reason::Expired)),
    ("another_name", Meaning::Failed(Reason::BadState)),
    ("not_trusted", Meaning::Failed(Reason::BadState)),
]);

/// How a probe ended.
#[derive(Debug)]
pub enum Outcome {
    /// With an answer, whatever its status.
    Answered(Probed),
    /// With a connection, where no more was wanted.
    Connected,
    /// It was there and did not answer: refused, reset, too late, cut, or no HTTP.
    Broken,
    /// The answer is over the limit.
    TooLarge,
    /// The two do not agree on TLS.
    NoTls,
    /// The certificate is not accepted: nothing was sent.
    Distrusted(Distrust),
}

/// The facts of a probe: always the same three, in the same order.
pub fn of(
    outcome: &Outcome,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let version = |reason| answer::unread_version(wanted, subject, reason);
    let [state, version] = match outcome {
        Outcome::Answered(answer) => answer::facts(answer, wanted, subject),
        Outcome::Connected => [ending("connected"), version(Reason::Unavailable)],
        Outcome::Broken => [ending("no_answer"), version(Reason::Unavailable)],
        Outcome::TooLarge => [unknown(Reason::Incomplete), version(Reason::Incomplete)],
        Outcome::NoTls | Outcome::Distrusted(_) => {
            [unknown(Reason::Unavailable), version(Reason::Unavailable)]
        }
    };
    // What a store on the way has kept is as old as that. The certificate is always that of the connection.
    let kept = match outcome {
        Outcome::Answered(answer) => Kept::of(&answer.headers),
        Outcome::Connected
        | Outcome::Broken
        | Outcome::TooLarge
        | Outcome::NoTls
        | Outcome::Distrusted(_) => Kept::Live,
    };
    let certificate = certificate(outcome, wanted, now).observed(Some(now));
    vec![
        kept.dated(state, now),
        kept.dated(version, now),
        certificate,
    ]
}

/// The worse of two facts of one name.
pub fn worse(one: Fact, other: Fact) -> Fact {
    Fact::fold(one.name().clone(), &[one, other])
}

/// Nothing that could be too much is sent.
pub fn no_credential() -> Fact {
    Breadth::NoneSent.fact(DateTime::UNIX_EPOCH)
}

/// The facts of a person's word.
pub fn of_word(declaration: &Declaration, now: DateTime<Utc>) -> Vec<Fact> {
    let word = match declaration.state {
        DeclaredState::Healthy => "healthy",
        DeclaredState::Degraded => "degraded",
        DeclaredState::Down => "down",
        DeclaredState::Maintenance => "maintenance",
    };
    let state = if now >= declaration.expires_at {
        unknown(Reason::Expired)
    } else if declaration.declared_at - now > SKEW {
        unknown(Reason::Future)
    } else {
        Fact::state(STATE, word, &WORDS)
    };
    let facts = [
        state,
        Fact::not_applicable(VERSION, Reason::NotConfigured),
        Fact::not_applicable(CERTIFICATE, Reason::Informational),
    ];
    let at = Some(declaration.declared_at);
    let facts = facts.map(|it| it.observed(at)).into_iter();
    facts.chain([no_credential()]).collect()
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(STATE, reason)
}

fn ending(word: &str) -> Fact {
    Fact::state(STATE, word, &ENDINGS)
}

/// The certificate of the host itself: no redirect is followed to another.
fn certificate(outcome: &Outcome, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    if !wanted.is_https {
        return Fact::not_applicable(CERTIFICATE, Reason::Informational);
    }
    let threshold = wanted.lasts.threshold.clone();
    let unread = |reason| Fact::unknown(CERTIFICATE, reason).wanting(threshold.clone());
    let distrusted = |word| Fact::state(CERTIFICATE, word, &DISTRUSTED).wanting(threshold.clone());
    match outcome {
        Outcome::Answered(answer) => match answer.certificate.as_deref() {
            Some(shown) => match certificate::not_after(shown) {
                Some(ends) => days(ends, &wanted.lasts, now),
                None => unread(Reason::UnexpectedShape),
            },
            None => unread(Reason::NoData),
        },
        Outcome::Distrusted(Distrust::Expired) => distrusted("expired"),
        Outcome::Distrusted(Distrust::AnotherName) => distrusted("another_name"),
        Outcome::Distrusted(Distrust::Untrusted) => distrusted("not_trusted"),
        Outcome::Connected | Outcome::Broken | Outcome::TooLarge | Outcome::NoTls => {
            unread(Reason::Unavailable)
        }
    }
}

/// Fewer days than wanted are a warning: it is valid until its last moment. A warning about a number
/// meets the threshold that it shows, so that the one that it misses stands behind it.
fn days(ends: DateTime<Utc>, wanted: &Limits, now: DateTime<Utc>) -> Fact {
    let left = ends.signed_duration_since(now).num_days();
    let left = Value::from(Quantity::new(left.into(), Unit::Days));
    let fact = Fact::measured(CERTIFICATE, left.clone(), wanted);
    if fact.status() == Status::Passed {
        return fact;
    }
    let valid = Limits {
        threshold: ">= 0d".parse::<Threshold>().ok(),
        warn_threshold: wanted.threshold.clone(),
    };
    Fact::measured(CERTIFICATE, left, &valid)
}
