//! Runs of one GitHub Actions workflow: asked for, or told of by signed webhooks.

mod attested;
mod breadth;
mod choose;
mod client;
mod delivered;
mod descriptor;
mod detect;
mod facts;
mod jobs;
mod lists;
mod model;
mod pages;
mod protection;
mod pull;
mod settings;
mod states;
mod webhook;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Accepted, Answer, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery,
    Kept, Observation, Question, Rejected, Sending, credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{Descriptor, Fact, MaxAge, Reason, Subject};

use client::{Client, Selector};
use delivered::Told;
use facts::Found;
use protection::Gate;
use pull::Asked;
use settings::{Mode, Settings, Wanted};
use webhook::Inbox;

use crate::asked::Post;

/// The kind.
pub struct GithubActions;

struct Source {
    wanted: Wanted,
    /// `None`: only webhooks are taken.
    client: Option<Client>,
    /// Webhooks that are taken, and deployments that are answered.
    post: Post<Inbox, Gate>,
}

/// Webhooks are kept for at least so long: a failed run must outlive the freshness of an older one.
const KEPT_AT_LEAST: TimeDelta = TimeDelta::days(7);
/// How long a run that goes on may be relied on to do so, in seconds.
const GOES_ON: u64 = 120;
/// How long a run may be relied on to be a branch's newest, in seconds.
const IS_NEWEST: u64 = 3_600;

impl ConnectorKind for GithubActions {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = descriptor::DESCRIPTOR;
    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let secrets = settings.signing(builder);
        let answering = settings.answering(builder);
        let client = match settings.mode {
            Mode::Ingest => (!settings.asks_in_vain(builder)).then_some(None),
            Mode::Pull => {
                let auth = builder.auth(settings.token().as_ref());
                builder.client(settings.endpoint(), auth).map(Some)
            }
        };
        let max_age = builder.max_age()?;
        let (wanted, secrets, client) = (wanted?, secrets?, client?);
        let answering = answering?;
        let scope = wanted.scope.clone();
        let inbox = secrets.map(|secrets| Inbox {
            scope: scope.clone(),
            secrets,
            mode: settings.mode,
            keep_for: (max_age.as_delta() * 2).max(KEPT_AT_LEAST),
            gate: answering.as_ref().map(|it| it.gate.clone()),
        });
        // What did not change costs nothing of the calls that GitHub allows in an hour.
        let client = client.map(|provider| Client {
            provider: provider.asking_for_changes(),
            scope,
        });
        Some(Box::new(Source {
            wanted,
            client,
            post: Post { inbox, answering },
        }))
    }
}

// === impl Source ===

impl Source {
    async fn pulled(
        &self,
        client: &Client,
        request: &CollectRequest,
    ) -> Result<Observation, CollectError> {
        let subject = request.subject.as_ref();
        let revision = choose::revision(subject);
        let Some(selector) = self.selector(revision.as_deref(), subject) else {
            return Ok(self.nothing(Reason::NoSubject, None));
        };
        let (asked, breadth) = pull::ask(client, &self.wanted, selector, request).await?;
        let mut observation = match asked {
            Asked::Nothing(Reason::NoData) => self.nothing(Reason::NoData, Some(facts::NO_RUN)),
            Asked::Nothing(reason) => self.nothing(reason, None),
            Asked::Run(found) => {
                let facts = facts::of_run(&found, &self.wanted, subject, request.now);
                Observation::pulled(facts).lasting(lasts(&found, selector))
            }
        };
        observation
            .facts
            .extend(self.breadth(client, breadth, request));
        Ok(observation)
    }

    fn breadth(
        &self,
        client: &Client,
        told: Option<Breadth>,
        request: &CollectRequest,
    ) -> Option<Fact> {
        let breadth = match client.provider.has_credential() {
            true => told?,
            false => Breadth::NoneSent,
        };
        Some(breadth.fact(request.now))
    }

    fn nothing(&self, reason: Reason, shown: Option<&str>) -> Observation {
        Observation::pulled(facts::nothing(&self.wanted, reason, shown))
    }

    fn told(&self, request: &CollectRequest, kept: &Kept) -> Observation {
        let subject = request.subject.as_ref();
        let revision = choose::revision(subject);
        let nothing = |reason| (facts::nothing(&self.wanted, reason, None), None);
        let (mut facts, lasts) = match self.selector(revision.as_deref(), subject) {
            None => nothing(Reason::NoSubject),
            Some(selector) => match Told::of(kept).found(revision.as_deref(), &self.wanted) {
                None => nothing(Reason::NoData),
                Some(found) => {
                    let facts = facts::of_run(&found, &self.wanted, subject, request.now);
                    (facts, lasts(&found, selector))
                }
            },
        };
        facts.push(Breadth::NoneSent.fact(request.now));
        Observation::delivered(facts).lasting(lasts)
    }

    /// Which runs are meant. A revision that is no full commit id must not be answered with the branch's
    /// newest run.
    fn selector<'a>(
        &self,
        revision: Option<&'a str>,
        subject: Option<&Subject>,
    ) -> Option<Selector<'a>> {
        let is_named = subject.is_some_and(|it| it.revision.is_some());
        match revision {
            Some(sha) => Some(Selector::Revision(sha)),
            None => (self.wanted.scope.branch.is_some() && !is_named).then_some(Selector::Branch),
        }
    }
}

/// How long a run may be relied on, where that is less than the source says.
fn lasts(found: &Found, selector: Selector<'_>) -> Option<MaxAge> {
    match (jobs::is_completed(&found.run), selector) {
        (false, _) => MaxAge::from_secs(GOES_ON),
        (true, Selector::Branch) => MaxAge::from_secs(IS_NEWEST),
        (true, Selector::Revision(_)) => None,
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        match &self.client {
            Some(client) => self.pulled(client, request).await,
            None => Ok(self.told(request, kept)),
        }
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = match &self.client {
            Some(client) => breadth::ask(client, request).await?,
            None => Breadth::NoneSent,
        };
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        self.post.accept(delivery)
    }

    fn question(&self, delivery: &Delivery) -> Option<Question> {
        self.post.question(delivery)
    }

    async fn answer(
        &self,
        handle: &[u8],
        answer: &Answer,
        sending: &Sending<'_>,
    ) -> Result<(), CollectError> {
        self.post.answer(handle, answer, sending).await
    }
}
