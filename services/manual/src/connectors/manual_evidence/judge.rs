//! From statements to facts. Pure.

use chrono::{DateTime, SecondsFormat, Utc};
use passport_connector_sdk::CollectRequest;
use passport_evidence::{Actors, Fact, MaxAge, Meaning, Reason, StateTable, Subject};

use super::{
    choose::{Chosen, chosen, is_about},
    kept::Statement,
    kind::Kind,
    rate,
    settings::Rules,
};

/// What a statement amounts to. Only one that two persons stand behind, and that names what it rests
/// on, is more than somebody's word.
const STATES: StateTable = StateTable::new(&[
    ("attested", Meaning::Passed),
    ("attested_by_one", Meaning::Warning(Reason::SelfDeclared)),
    ("waived", Meaning::Warning(Reason::SelfDeclared)),
    ("approved", Meaning::Warning(Reason::SelfDeclared)),
    ("unconfirmed", Meaning::Pending(Reason::AwaitingApproval)),
    ("not_begun", Meaning::Pending(Reason::OutsideWindow)),
    ("expired", Meaning::Unknown(Reason::Expired)),
    ("revoked", Meaning::Failed(Reason::BadState)),
    ("other_release", Meaning::Unknown(Reason::OtherSubject)),
    ("no_release", Meaning::Unknown(Reason::NoSubject)),
]);

/// What statements say of a release.
pub struct Judged {
    /// Each as a fact.
    pub facts: Vec<Fact>,
    /// Until when all of them stand.
    pub lasts: Option<MaxAge>,
}

/// Judges the statements that count. All of them stand until the first of them ends.
pub fn judge(statements: &[Statement], rules: &Rules, request: &CollectRequest) -> Judged {
    let (subject, now) = (request.subject.as_ref(), request.now);
    let chosen = chosen(statements, subject, now);
    let all: Vec<&Statement> = chosen
        .iter()
        .flat_map(|it| &it.statements)
        .copied()
        .collect();
    let first = first_to_end(&all, subject, now);
    let time = |it: &Statement| {
        let is_over = |first: &&Statement| it.holds(now) || !first.holds(now);
        let first = first.filter(is_over).filter(|_| it.has_begun(now));
        first.map(|it| it.created_at)
    };
    let judged = |it: &&Statement| fact(it, state(it, subject, now)).observed(time(it));
    let mut facts: Vec<_> = chosen
        .iter()
        .filter_map(|it| together(it, it.statements.iter().map(judged).collect()))
        .collect();
    let observed_at = first.map_or(now, |it| it.created_at);
    facts.extend(
        rate::fact(statements, rules, subject, now).map(|it| it.observed(Some(observed_at))),
    );
    Judged {
        facts,
        lasts: first.and_then(|it| life(it, now)),
    }
}

/// What the statements about each digest of a release say of all of it: as much as the weakest of them, and
/// nothing good where one is missing.
fn together(chosen: &Chosen<'_>, facts: Vec<Fact>) -> Option<Fact> {
    let first = facts.first()?;
    let item = first.item().unwrap_or_default().to_owned();
    let actors = facts.iter().map(|it| it.actors().clone());
    let actors = actors.fold(Actors::default(), Actors::joined);
    let fact = Fact::fold(first.name().clone(), &facts).about(item);
    let fact = fact.involving(actors);
    Some(match chosen.is_part {
        true => fact.doubt(Reason::Incomplete),
        false => fact,
    })
}

/// Of the statements about this release that hold now the one that ends first, else of any, else the
/// one that ended last.
fn first_to_end<'a>(
    chosen: &[&'a Statement],
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Option<&'a Statement> {
    let holding = || chosen.iter().filter(|it| it.holds(now));
    let ours = holding().filter(|it| is_about(it, subject));
    let first = ours.min_by_key(|it| (it.expires_at, it.created_at));
    let any = || holding().min_by_key(|it| (it.expires_at, it.created_at));
    let begun = || chosen.iter().filter(|it| it.has_begun(now));
    let last = || begun().max_by_key(|it| it.expires_at);
    first.or_else(any).or_else(last).copied()
}

/// How long a statement lasts: until it expires, or is to be revoked before that.
fn life(statement: &Statement, now: DateTime<Utc>) -> Option<MaxAge> {
    let revoked = statement.revoked_at.filter(|it| *it > now);
    let ends = revoked.map_or(statement.expires_at, |it| it.min(statement.expires_at));
    let life = ends - statement.created_at;
    MaxAge::from_secs(u64::try_from(life.num_seconds()).ok()?.max(1))
}

fn state(statement: &Statement, subject: Option<&Subject>, now: DateTime<Utc>) -> &'static str {
    let has_release = subject.is_some_and(|it| !it.artifact_digests.is_empty());
    let is_whole = statement.is_confirmed && statement.has_digest;
    match statement {
        _ if !has_release => "no_release",
        it if !is_about(it, subject) => "other_release",
        it if it.is_revoked(now) => "revoked",
        it if now >= it.expires_at => "expired",
        it if !it.has_begun(now) => "not_begun",
        it if !it.is_active(now) => "unconfirmed",
        it => match it.kind {
            Kind::Waiver => "waived",
            Kind::EmergencyApproval => "approved",
            Kind::Attestation | Kind::ExternalScan if is_whole => "attested",
            Kind::Attestation | Kind::ExternalScan => "attested_by_one",
        },
    }
}

fn fact(statement: &Statement, state: &str) -> Fact {
    let until = statement
        .expires_at
        .to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let fact = Fact::state(statement.kind.fact(), state, &STATES);
    let fact = match state {
        "waived" => fact.showing(format!("waived until {until}").as_str()),
        "approved" => fact.showing(format!("approved until {until}").as_str()),
        "attested_by_one" => fact.showing("attested"),
        _ => fact,
    };
    let fact = fact.about(statement.fact.as_str());
    let fact = match state {
        // Who speaks of another release has nothing to do with this one.
        "other_release" | "no_release" => fact,
        _ => fact.involving(statement.actors.clone()),
    };
    match &statement.link {
        Some(link) => fact.linked(link.clone()),
        None => fact,
    }
}
