//! Pipelines of one GitLab project.

mod breadth;
mod choose;
mod client;
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
    Delivery, Kept, Observation, Question, ReadError, Rejected, Sending, commit,
    credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode, MaxAge, Reason,
    Subject,
};

use client::{Client, Selector};
use facts::Found;
use pull::Asked;
use settings::{Settings, Wanted};
use status_check::Answering;
use webhook::Inbox;

/// The kind.
pub struct GitlabCi;

struct Source {
    wanted: Wanted,
    client: Client,
    /// `None`: no webhook is taken.
    inbox: Option<Inbox>,
    /// `None`: no merge request is answered.
    answering: Option<Answering>,
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

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "gitlab-ci",
        display_name: "GitLab CI",
        category: Category::CiCd,
        status: ConnectorStatus::EvidenceIngest,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Ingest, Capability::Detect],
        credential: "project access token: role Reporter, scope `read_api`, with an end; the \
                     secret token or signing token of a webhook; to answer external status checks a \
                     token with `api`",
        evidence: "the pipeline of the commit, its jobs, the pipelines that it started, tests, \
                   coverage and deployment",
        minimum_scope: "one project",
        avoid: "tokens with `api`, of a group or a person; tokens without an end",
        facts: &[
            FactDescriptor::new(
                "pipeline_status",
                "the pipeline's own verdict",
                Some("= success"),
            ),
            FactDescriptor::new(
                "required_jobs",
                "how many of the required jobs succeeded",
                None,
            ),
            FactDescriptor::new(
                "job_status",
                "a job that is not green; the item is its name",
                Some("= success"),
            ),
            FactDescriptor::new(
                "downstream_pipelines",
                "how many of the bridges, and of what they started, succeeded",
                None,
            ),
            FactDescriptor::new("pipeline_id", "which pipeline was judged", None),
            FactDescriptor::new("source_sha", "commit of the pipeline", None),
            FactDescriptor::new(
                "deployment_status",
                "newest deployment of the commit; the item is the environment",
                Some("= success"),
            ),
            FactDescriptor::new("test_report", "failed and broken tests", Some("= 0")),
            FactDescriptor::new("coverage", "coverage of the pipeline", None),
        ],
        default_max_age_seconds: 86_400,
    };

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
            check: answering.as_ref().map(|it| it.check.clone()),
        });
        Some(Box::new(Source {
            wanted,
            client: Client { provider },
            inbox,
            answering,
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
        let read = self.client.can_read(&self.wanted, request).await;
        read.map_err(failed)?;
        let breadth = breadth::ask(&self.client, request).await.map_err(failed)?;
        let breadth = breadth.unwrap_or(Breadth::Unverifiable);
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match &self.inbox {
            Some(inbox) => inbox.accept(delivery),
            None => Err(Rejected::not_supported()),
        }
    }

    fn question(&self, delivery: &Delivery) -> Option<Question> {
        let asked = self.inbox.as_ref()?.question(delivery)?;
        Some(asked.question(self.answering.as_ref()?.patience))
    }

    async fn answer(
        &self,
        handle: &[u8],
        answer: &Answer,
        sending: &Sending<'_>,
    ) -> Result<(), CollectError> {
        match &self.answering {
            Some(answering) => answering.answer(handle, answer, sending).await,
            None => Err(CollectError::new(FailureCode::NotSupported)),
        }
    }
}
