//! From a signed webhook to what is kept of it. Pure.

use std::borrow::Cow;

use chrono::TimeDelta;
use http::{HeaderMap, HeaderName, StatusCode, header::CONTENT_TYPE};
use passport_connector_sdk::{
    Accepted, Delivery, Rejected, SenderReply,
    signature::{HexSignature, SigningSecrets},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::{
    choose,
    model::{CheckSuite, Deployment, DeploymentStatus, Job, Repository, Run},
    protection::{self, Gate, NotAsked},
    settings::{Mode, ScopeSettings},
};
use crate::asked::{self, Asked};

const EVENT: HeaderName = HeaderName::from_static("x-github-event");
const SIGNATURE: HexSignature = HexSignature {
    header: HeaderName::from_static("x-hub-signature-256"),
    prefix: "sha256=",
};
/// Events that are read.
const READ: [&str; 5] = [
    "workflow_run",
    "workflow_job",
    "check_suite",
    "deployment_status",
    protection::EVENT,
];
const FORM: &str = "application/x-www-form-urlencoded";

/// What is kept of a webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A run of the workflow.
    Run(Run),
    /// A job of some run of the repository.
    Job(Job),
    /// A suite of checks of the repository.
    Suite(CheckSuite),
    /// A status of a deployment to the environment.
    Deployment(Deployment, DeploymentStatus),
}

/// Why a webhook that is well signed is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("no one X-GitHub-Event header")]
    Event,
    #[error("not the JSON that GitHub documents for this event")]
    Form,
    /// Told like a wrong signature: who knows the secret of one repository learns of no other.
    #[error("about another repository than this source's")]
    OtherRepository,
    #[error("about another workflow than this source's")]
    OtherWorkflow,
    #[error(transparent)]
    NotAsked(NotAsked),
}

#[derive(Deserialize)]
struct RunPayload {
    workflow_run: Run,
    repository: Repository,
}

#[derive(Deserialize)]
struct JobPayload {
    workflow_job: Job,
    repository: Repository,
}

#[derive(Deserialize)]
struct SuitePayload {
    check_suite: CheckSuite,
    repository: Repository,
}

#[derive(Deserialize)]
struct DeploymentPayload {
    deployment: Deployment,
    deployment_status: DeploymentStatus,
    repository: Repository,
}

/// What a source takes.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Whose webhooks.
    pub scope: ScopeSettings,
    /// What they are signed with.
    pub secrets: SigningSecrets,
    /// Where GitHub is asked, nothing of a webhook is kept.
    pub mode: Mode,
    /// How long what is kept is of use.
    pub keep_for: TimeDelta,
    /// Which deployments it answers for.
    pub gate: Option<Gate>,
}

// === impl Inbox ===

impl asked::Inbox for Inbox {
    /// First the signature, over the bytes as they came, and only then the text.
    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        self.secrets.verify(delivery, &SIGNATURE)?;
        let event = event(&delivery.headers).map_err(Refusal::rejected)?;
        let found = self.read(event, delivery).map_err(Refusal::rejected)?;
        let kept = found.filter(|_| self.mode == Mode::Ingest);
        let records = kept.iter().filter_map(|it| serde_json::to_vec(it).ok());
        Ok(Accepted {
            idempotency_key: key(event, &delivery.body),
            records: records.map(Into::into).collect(),
            keep_for: self.keep_for,
            reply: SenderReply::text(StatusCode::ACCEPTED, "taken"),
        })
    }

    fn question(&self, delivery: &Delivery) -> Option<Asked> {
        let is_asked = event(&delivery.headers) == Ok(protection::EVENT);
        let asked = is_asked.then(|| self.asked(delivery));
        asked?.ok().flatten()
    }
}

impl Inbox {
    /// `None`: an event that says nothing to this source.
    fn read(&self, event: &str, delivery: &Delivery) -> Result<Option<Event>, Refusal> {
        match event {
            "workflow_run" => {
                let told: RunPayload = payload(delivery)?;
                self.of_repository(&told.repository)?;
                self.of_repository(&told.workflow_run.repository)?;
                match choose::is_in_scope(&told.workflow_run, &self.scope) {
                    true => Ok(Some(Event::Run(told.workflow_run))),
                    false => Err(Refusal::OtherWorkflow),
                }
            }
            "workflow_job" => {
                let told: JobPayload = payload(delivery)?;
                self.of_repository(&told.repository)?;
                Ok(Some(Event::Job(told.workflow_job)))
            }
            "check_suite" => {
                let told: SuitePayload = payload(delivery)?;
                self.of_repository(&told.repository)?;
                Ok(Some(Event::Suite(told.check_suite)))
            }
            "deployment_status" => {
                let told: DeploymentPayload = payload(delivery)?;
                self.of_repository(&told.repository)?;
                let environment = self.scope.deployment_environment.as_ref();
                let is_ours = environment == Some(&told.deployment.environment);
                let kept = Event::Deployment(told.deployment, told.deployment_status);
                Ok(is_ours.then_some(kept))
            }
            protection::EVENT => self.asked(delivery).map(|_| None),
            _ => Ok(None),
        }
    }

    /// The webhook of an app tells of every environment: another than the source's asks nothing.
    fn asked(&self, delivery: &Delivery) -> Result<Option<Asked>, Refusal> {
        let Some(gate) = &self.gate else {
            return Ok(None);
        };
        match gate.asked(&json(delivery)?) {
            Ok(asked) => Ok(Some(asked)),
            Err(NotAsked::OtherAction | NotAsked::OtherEnvironment) => Ok(None),
            Err(NotAsked::OtherRepository) => Err(Refusal::OtherRepository),
            Err(error @ (NotAsked::Unreadable | NotAsked::OtherCallback)) => {
                Err(Refusal::NotAsked(error))
            }
        }
    }

    fn of_repository(&self, told: &Repository) -> Result<(), Refusal> {
        match choose::is_repository(&told.full_name, &self.scope) {
            true => Ok(()),
            false => Err(Refusal::OtherRepository),
        }
    }
}

fn event(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(EVENT).iter();
    let value = values.next().filter(|_| values.next().is_none());
    let word = value.and_then(|it| it.to_str().ok());
    word.filter(|it| !it.is_empty()).ok_or(Refusal::Event)
}

fn payload<T: DeserializeOwned>(delivery: &Delivery) -> Result<T, Refusal> {
    let json = json(delivery)?;
    serde_json::from_slice(&json).map_err(|_| Refusal::Form)
}

/// The JSON itself, or the field `payload` of a form.
fn json(delivery: &Delivery) -> Result<Cow<'_, [u8]>, Refusal> {
    let media_type = delivery.headers.get(CONTENT_TYPE);
    let media_type = media_type
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    if !media_type.starts_with(FORM) {
        return Ok(Cow::Borrowed(&delivery.body));
    }
    let mut fields = form_urlencoded::parse(&delivery.body).filter(|(key, _)| key == "payload");
    let (_, json) = fields.next().ok_or(Refusal::Form)?;
    match fields.next() {
        None => Ok(Cow::Owned(json.into_owned().into_bytes())),
        Some(_) => Err(Refusal::Form),
    }
}

/// The same event with the same bytes is the same delivery, under whatever `X-GitHub-Delivery` it
/// comes: that header is not signed, so that a replay could give itself a new one. Nor is the event's:
/// all that say nothing to a source are one.
fn key(event: &str, body: &[u8]) -> String {
    let event = match READ.contains(&event) {
        true => event,
        false => "other",
    };
    let digest = Sha256::new().chain_update(event).chain_update([0]);
    hex::encode(digest.chain_update(body).finalize())
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        let status = match self {
            Self::Event | Self::Form | Self::NotAsked(NotAsked::Unreadable) => {
                StatusCode::BAD_REQUEST
            }
            Self::OtherWorkflow | Self::NotAsked(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::OtherRepository => return Rejected::unauthorized(),
        };
        let why = self.to_string().into_bytes();
        Rejected::with(SenderReply::new(status, "text/plain; charset=utf-8", why))
    }
}
