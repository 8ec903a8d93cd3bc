//! Pipelines of one GitLab project.

mod artifacts;
mod breadth;
mod choose;
mod client;
mod descriptor;
mod detect;
mod downstream;
mod facts;
mod follow;
mod jobs;
mod measures;
mod model;
mod pages;
mod pull;
mod settings;
mod states;
mod status_check;
mod webhook;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::TimeDelta;
use http::HeaderName;
use passport_connector_sdk::{
    Accepted, Answer, Auth, Builder, CollectError, CollectRequest, Connector, ConnectorKind,
    Delivery, Kept, Observation, Question, ReadError, Rejected, Sending, commit, detect::Detect,
};
use passport_evidence::{Descriptor, FailureCode, MaxAge, Reason, Subject};

use client::{Client, Selector};
use facts::Found;
use pull::Asked;
use settings::{Settings, Wanted};
use status_check::Check;
use webhook::Inbox;

use crate::asked::Post;

/// The kind.
pub struct GitlabCi;

struct Source {
    wanted: Wanted,
    client: Client,
    /// Webhooks that are taken, and merge requests that are answered.
    post: Post<Inbox, Check>,
}

/// Takes every kind of access token ("REST API authentication").
const TOKEN: HeaderName = HeaderName::from_static("private-token");
/// The same delivery is known again for at least so long.
const KNOWN_AT_LEAST: TimeDelta = TimeDelta::days(7);
/// How long a pipeline that goes on may be relied on to do so, in seconds.
const GOES_ON: u64 = 120;
/// How long a pipeline may be relied on to be a ref's newest, in seconds.
const IS_NEWEST: u64 = 3_600;

impl ConnectorKind for GitlabCi {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = descriptor::DESCRIPTOR;
    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let secrets = settings.signing(builder);
        let project = wanted.as_ref().map(|it| &it.project);
        let answering = settings.answering(project, builder);
        let endpoint = settings.endpoint(builder);
        let auth = Auth::Header(TOKEN, builder.secret(&settings.credential));
        let provider = endpoint.and_then(|it| builder.client(it, auth));
        let max_age = builder.max_age()?;
        let (wanted, secrets, provider) = (wanted?, secrets?, provider?);
        let answering = answering?;
        let inbox = secrets.map(|secrets| Inbox {
            project: wanted.project.clone(),
            secrets,
            keep_for: (max_age.as_delta() * 2).max(KNOWN_AT_LEAST),
            check: answering.as_ref().map(|it| it.gate.clone()),
        });
        // GitLab tags its answers. One that did not change is not sent again, though it counts.
        let provider = provider.asking_for_changes();
        Some(Box::new(Source {
            wanted,
            client: Client { provider },
            post: Post { inbox, answering },
        }))
    }
}

// === impl Source ===

impl Source {
    async fn pulled(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let subject = request.subject.as_ref();
        let revision = commit::revision(subject);
        let Some(selector) = self.selector(revision.as_deref(), subject) else {
            return Ok(self.nothing(Reason::NoSubject, None));
        };
        let observation = match pull::ask(&self.client, &self.wanted, selector, request).await? {
            Asked::Nothing(Reason::NoData) => {
                self.nothing(Reason::NoData, Some(facts::NO_PIPELINE))
            }
            Asked::Nothing(reason) => self.nothing(reason, None),
            Asked::Pipeline(found) => {
                let facts = facts::of_pipeline(&found, &self.wanted, subject, request.now);
                Observation::pulled(facts).lasting(lasts(&found, selector))
            }
        };
        Ok(observation)
    }

    fn nothing(&self, reason: Reason, shown: Option<&str>) -> Observation {
        Observation::pulled(facts::nothing(&self.wanted, reason, shown))
    }

    /// Which pipelines are meant. A revision that is no full commit id must not be answered with
    /// the ref's newest pipeline.
    fn selector<'a>(
        &self,
        revision: Option<&'a str>,
        subject: Option<&Subject>,
    ) -> Option<Selector<'a>> {
        let is_named = subject.is_some_and(|it| it.revision.is_some());
        match revision {
            Some(sha) => Some(Selector::Revision(sha)),
            None => (self.wanted.git_ref.is_some() && !is_named).then_some(Selector::Ref),
        }
    }
}

/// How long a pipeline may be relied on, where that is less than the source says.
fn lasts(found: &Found, selector: Selector<'_>) -> Option<MaxAge> {
    match (facts::is_going_on(&found.pipeline), selector) {
        (true, _) => MaxAge::from_secs(GOES_ON),
        (false, Selector::Ref) => MaxAge::from_secs(IS_NEWEST),
        (false, Selector::Revision(_)) => None,
    }
}

fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _kept: &Kept,
    ) -> Result<Observation, CollectError> {
        let mut observation = self.pulled(request).await?;
        let breadth = breadth::ask(&self.client, request).await.map_err(failed)?;
        let breadth = breadth.map(|it| it.fact(request.now));
        observation.facts.extend(breadth);
        Ok(observation)
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let newest = self.client.any_pipeline(&self.wanted, request).await;
        let newest = newest.map_err(failed)?;
        let project = self.wanted.project.id_or(newest.map(|it| it.project_id));
        let breadth = breadth::check(&self.client, project, request).await;
        let breadth = breadth.map_err(failed)?;
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
