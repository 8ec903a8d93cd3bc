//! A source that is fed by hand: what it takes and says, without a collector around it.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use passport_connector_sdk::{CollectRequest, Connector, Delivery, Hub, Kept, Record};
use passport_evidence::{Fact, Status, Subject};
use passport_testkit::connector;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{runtime::Runtime, time::Instant};

use crate::connectors::github_actions::GithubActions;

pub const REPOSITORY: &str = "acme/checkout-api";
pub const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
pub const PATH: &str = ".github/workflows/release.yml";
const SECRET: &str = "not-a-real-secret";

/// A source that only takes webhooks.
pub struct Fed {
    connector: Box<dyn Connector>,
    subject: Option<Subject>,
    runtime: Runtime,
}

/// The connector of a source that stands so in the configuration.
pub fn build(source: &Value, hub: &Hub) -> Box<dyn Connector> {
    connector::built::<GithubActions>(source, hub).unwrap()
}

/// 2026-05-03T09:30:00Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

/// The scope of `release.yml` of the repository.
pub fn scope() -> Value {
    json!({"owner": "acme", "repo": "checkout-api", "workflow": "release.yml"})
}

/// A webhook of this event, correctly signed.
pub fn signed(event: &str, body: &str) -> Delivery {
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let digits = hex::encode(mac.chain_update(body).finalize().into_bytes());
    let headers = [
        ("x-github-event", event.to_owned()),
        ("x-hub-signature-256", format!("sha256={digits}")),
        ("content-type", "application/json".to_owned()),
    ];
    let headers = headers.map(|(name, value)| {
        let value = HeaderValue::from_str(&value).unwrap();
        (HeaderName::from_static(name), value)
    });
    Delivery {
        headers: HeaderMap::from_iter(headers),
        body: body.to_owned().into(),
        received_at: now(),
    }
}

/// The payload of a run of the workflow for the commit, all of it green.
pub fn run() -> Value {
    json!({
        "action": "completed",
        "workflow_run": {
            "id": 9_001_001, "run_attempt": 1, "path": PATH, "workflow_id": 5501,
            "head_sha": REVISION, "head_branch": "main", "event": "push",
            "status": "completed", "conclusion": "success",
            "updated_at": "2026-05-03T09:12:40Z", "check_suite_id": 77_001,
            "repository": {"full_name": REPOSITORY},
            "head_repository": {"full_name": REPOSITORY},
        },
        "repository": {"full_name": REPOSITORY},
    })
}

/// The payload of the job `build` of that run.
pub fn job() -> Value {
    json!({
        "action": "completed",
        "workflow_job": {
            "id": 1, "run_id": 9_001_001, "run_attempt": 1, "head_sha": REVISION,
            "name": "build", "status": "completed", "conclusion": "success",
            "completed_at": "2026-05-03T09:12:31Z",
        },
        "repository": {"full_name": REPOSITORY},
    })
}

/// The payload of the suite that the run reports to.
pub fn suite() -> Value {
    json!({
        "action": "completed",
        "check_suite": {
            "id": 77_001, "head_sha": REVISION, "status": "completed", "conclusion": "success",
            "updated_at": "2026-05-03T09:12:41Z",
        },
        "repository": {"full_name": REPOSITORY},
    })
}

/// The payload of a deployment of the commit to production.
pub fn deployment() -> Value {
    json!({
        "action": "created",
        "deployment": {"id": 501, "sha": REVISION, "environment": "production"},
        "deployment_status": {
            "id": 601, "state": "success", "created_at": "2026-05-03T09:15:00Z",
        },
        "repository": {"full_name": REPOSITORY},
    })
}

/// A payload with another value at a pointer.
pub fn with(mut payload: Value, pointer: &str, value: Value) -> Value {
    *payload.pointer_mut(pointer).unwrap() = value;
    payload
}

/// How a fact came out.
pub fn status(facts: &[Fact], name: &str) -> Option<Status> {
    let found = facts.iter().find(|it| it.name().as_str() == name);
    found.map(Fact::status)
}

// === impl Fed ===

impl Fed {
    /// A source of this scope, for a commit, with one required job.
    pub fn of(scope: Value, revision: &str) -> Self {
        let source = json!({
            "connector": "github-actions", "mode": "ingest", "scope": scope,
            "required_jobs": ["build"], "signing_secrets": [{"env": "HOOK"}],
        });
        let connector = build(&source, &connector::hub(&[("HOOK", SECRET)]));
        let subject = Subject {
            revision: Some(revision.to_owned()),
            ..Subject::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread();
        Self {
            connector,
            subject: Some(subject),
            runtime: { runtime }.build().unwrap(),
        }
    }

    /// What is kept of a webhook, or with which status it is refused.
    pub fn take(&self, event: &str, payload: &str) -> Result<Vec<Record>, StatusCode> {
        let accepted = self.connector.accept(&signed(event, payload));
        let accepted = accepted.map_err(|rejected| rejected.reply.status)?;
        let records = accepted.records.into_iter();
        let record = |body| Record {
            received_at: now(),
            body,
        };
        Ok(records.map(record).collect())
    }

    /// What makes a webhook the same as one before it.
    pub fn key(&self, event: &str, payload: &str) -> String {
        let accepted = self.connector.accept(&signed(event, payload));
        accepted.unwrap().idempotency_key
    }

    /// What it says where this is kept.
    pub fn says(&self, records: Vec<Record>) -> Vec<Fact> {
        let request = CollectRequest {
            now: now(),
            subject: self.subject.clone(),
            deadline: Instant::now(),
        };
        let kept = Kept {
            records,
            first_delivery_at: Some(now()),
            ..Kept::default()
        };
        let observed = self.connector.collect(&request, &kept);
        self.runtime.block_on(observed).unwrap().facts
    }
}
