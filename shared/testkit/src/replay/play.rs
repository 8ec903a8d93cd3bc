//! One case, played to its end.

use std::sync::Arc;
use std::time::Duration;

use passport_connector_sdk::Registry;
use passport_connector_sdk::server::Delivered;
use passport_evidence::{Outcome, Problem, SourceId, Subject};

use super::Differences;
use super::unplayed::unplayed;
use super::{deliveries, names::Names, notices, outputs::Outputs};
use crate::case::{Addresses, Case};
use crate::env::Env;
use crate::mail::MailServer;
use crate::provider::{Provider, Script, stranger};
use crate::scenario::{Bench, Trial, source_id};

/// The caller's deadline where a case names none.
const DEADLINE: Duration = Duration::from_secs(10);

/// What came of a case, before it is compared.
#[derive(Default)]
pub(super) struct Played {
    pub end: Option<End>,
    pub answers: Vec<Delivered>,
    /// The case with its addresses put in.
    pub filled: Option<Case>,
    pub requests: usize,
    /// Requests that would have changed something and that no exchange lists, as method and path.
    pub writes: Vec<String>,
    /// What is wrong with how requests were signed, where the case asks for it.
    pub unsigned: Option<String>,
    /// Why it could not be played to its end.
    pub broken: Vec<String>,
}

/// How a case ended.
pub(super) enum End {
    /// The configuration was refused.
    Refused(Vec<Problem>),
    /// The source was asked.
    Outcome(Box<Outcome>),
}

/// Plays a case. What keeps it from being played is part of what came of it.
pub(super) async fn play(case: &Case, registry: &Registry) -> Played {
    let mut played = Played::default();
    let connector = &case.connector;
    if !registry.descriptors().any(|it| it.id == connector) {
        played.broken = vec![format!("connector {connector} is not built")];
        return played;
    }
    played.broken = unplayed(&case.rules)
        .into_iter()
        .map(|rule| format!("rule {rule} is not played by this version"))
        .collect();
    if played.broken.is_empty()
        && let Err(why) = run(case, registry, &mut played).await
    {
        played.broken.push(why);
    }
    played
}

async fn run(case: &Case, registry: &Registry, played: &mut Played) -> Result<(), String> {
    let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
    let provider = script
        .at(case.now)
        .start()
        .await
        .map_err(|error| format!("the provider could not be started: {error}"))?;
    let mail = mail_server(case).await?;
    let addresses = Addresses {
        base: Some(provider.base()),
        smtp: mail.as_ref().map(MailServer::address),
    };
    let filled = case
        .at(&addresses)
        .map_err(|error| format!("the case is spoilt by its addresses: {error}"))?;
    let authority = trusted(case, &provider)?;
    let bench = bench(&filled, registry)?;
    let bench = bench.hub(|hub| hub.ca_pem = authority);
    played.filled = Some(filled.clone());
    match bench.start() {
        Err(problems) => played.end = Some(End::Refused(problems)),
        Ok(trial) => ask(&filled, &trial, played).await?,
    }
    played.requests = provider.requests().len();
    if case.rules.sigv4 {
        played.unsigned = super::signed::unsigned(case, &provider.requests());
    }
    let writes = provider.unlisted_writes().into_iter();
    played.writes = writes
        .map(|seen| format!("{} {}", seen.method, seen.path))
        .collect();
    Ok(())
}

/// The mail server of a case, if there is one in it.
pub(crate) async fn mail_server(case: &Case) -> Result<Option<MailServer>, String> {
    if !case.names_mail_server() {
        return Ok(None);
    }
    let started = MailServer::start(case.rules.smtp.clone()).await;
    let started = started.map_err(|error| format!("the mail server could not be started: {error}"));
    started.map(Some)
}

/// Whom the collector trusts: the provider's authority, or, so that the system's need not be there, one that
/// vouches for nobody.
fn trusted(case: &Case, provider: &Provider) -> Result<Option<Vec<u8>>, String> {
    let trusts = case.rules.tls.as_ref().map(|it| it.trusted);
    let authority = match (trusts, provider.authority()) {
        (Some(true), Some(authority)) => authority.to_owned(),
        (Some(_), _) => stranger().map_err(|error| error.to_string())?,
        (None, _) => return Ok(None),
    };
    Ok(Some(authority.into_bytes()))
}

async fn ask(case: &Case, trial: &Trial, played: &mut Played) -> Result<(), String> {
    played.answers = prepare(case, trial).await?;
    let outcome = trial.collect().await.map_err(|error| error.to_string())?;
    played.end = Some(End::Outcome(Box::new(outcome)));
    Ok(())
}

/// Does all that comes before the collection of a case: what was sent before it, its deliveries, its notice.
pub(crate) async fn prepare(case: &Case, trial: &Trial) -> Result<Vec<Delivered>, String> {
    notices::sent_before(case, trial).await?;
    let answers = deliver(case, trial).await?;
    notices::send(case, trial).await;
    Ok(answers)
}

/// Gives the deliveries of a case, each at its time, and then shows the case's own.
async fn deliver(case: &Case, trial: &Trial) -> Result<Vec<Delivered>, String> {
    let mut answers = Vec::new();
    for delivery in &case.deliveries {
        let delivery = deliveries::delivery(delivery, case.now)?;
        trial.clock.set(delivery.received_at);
        let by_caller = match &case.rules.caller {
            Some(caller) => deliveries::by(delivery.clone(), caller)?,
            None => delivery.clone(),
        };
        answers.push(trial.deliver(&by_caller).await);
        // Who confirms what another person delivers, delivers the same.
        if let Some(approver) = &case.rules.approver {
            trial.deliver(&deliveries::by(delivery, approver)?).await;
        }
    }
    trial.clock.set(case.now);
    Ok(answers)
}

pub(crate) fn bench(case: &Case, registry: &Registry) -> Result<Bench, String> {
    let bench = Bench::new(registry, id(case)?, case.now)
        .source(case.source.clone())
        .env(Env::from_iter(case.env.clone()))
        .subject(case.subject.as_ref().map(Subject::from))
        .deadline(case.rules.deadline.unwrap_or(DEADLINE));
    Ok(match case.rules.dns.is_empty() {
        true => bench,
        false => bench.hub(|hub| hub.resolver = Arc::new(Names(case.rules.dns.clone()))),
    })
}

fn id(case: &Case) -> Result<SourceId, String> {
    let scope = &case.scope;
    source_id(
        &scope.workspace_id,
        &scope.service,
        &scope.environment,
        "case",
    )
    .map_err(|error| format!("the scope is not well formed: {error}"))
}

// === impl Played ===

impl Played {
    /// What differs from what the case expects.
    pub(super) fn compared(self, case: &Case, log: &str) -> Differences {
        let case = self.filled.as_ref().unwrap_or(case);
        let mut differences = Differences::default();
        for why in &self.broken {
            differences.add(why.clone());
        }
        if let Some(end) = &self.end {
            super::compare::end(case, end, &mut differences);
            super::compare::requests(case, &self, &mut differences);
            deliveries::compare(case, &self.answers, &mut differences);
        }
        Outputs::of(&self, log).find_leaks(case, &mut differences);
        differences
    }
}
