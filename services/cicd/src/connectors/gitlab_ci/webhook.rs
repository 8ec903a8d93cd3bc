//! A webhook says that something changed: the next collection asks anew, and nothing of it is kept.
//! Pure.

use chrono::TimeDelta;
use http::{HeaderName, StatusCode};
use passport_connector_sdk::{
    Accepted, Delivery, Rejected, SenderReply,
    signature::{HexSignature, SigningSecrets},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    settings::Project,
    status_check::{self, Check, NotAsked},
};
use crate::asked::{self, Asked};

const TOKEN: HeaderName = HeaderName::from_static("x-gitlab-token");
const SIGNATURE: HexSignature = HexSignature {
    header: HeaderName::from_static(status_check::SIGNATURE),
    prefix: "",
};

/// Why a webhook that shows a secret is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("not the JSON that GitLab documents for pipeline, job and deployment events")]
    Form,
    /// Told like a wrong secret: who knows that of one project learns of no other.
    #[error("about another project than this source's")]
    OtherProject,
    #[error(transparent)]
    NotAsked(NotAsked),
}

/// What is read of an event ("Webhook events").
#[derive(Deserialize)]
struct Event {
    /// Which event it is.
    object_kind: String,
    /// Whose it is. Older servers leave it out of a job's.
    project: Option<EventProject>,
    /// Its id, in a job's event.
    project_id: Option<u64>,
}

#[derive(Deserialize)]
struct EventProject {
    id: u64,
    path_with_namespace: String,
}

/// What a source takes.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Whose webhooks.
    pub project: Project,
    /// What they show, or are signed with.
    pub secrets: SigningSecrets,
    /// How long the same delivery is known again.
    pub keep_for: TimeDelta,
    /// Which merge requests it answers for.
    pub check: Option<Check>,
}

// === impl Inbox ===

impl asked::Inbox for Inbox {
    /// First the secret or signature, over the bytes as they came, and only then the text.
    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match is_of_check(delivery) {
            true => {
                self.secrets.verify(delivery, &SIGNATURE)?;
                self.asked(delivery).map_err(Refusal::rejected)?;
            }
            false => {
                self.secrets.verify_token_or_standard(delivery, &TOKEN)?;
                self.read(&delivery.body).map_err(Refusal::rejected)?;
            }
        }
        Ok(Accepted {
            idempotency_key: hex::encode(Sha256::digest(&delivery.body)),
            records: Vec::new(),
            keep_for: self.keep_for,
            reply: SenderReply::text(StatusCode::ACCEPTED, "taken"),
        })
    }

    fn question(&self, delivery: &Delivery) -> Option<Asked> {
        let asked = is_of_check(delivery).then(|| self.asked(delivery));
        asked?.ok().flatten()
    }
}

impl Inbox {
    fn asked(&self, delivery: &Delivery) -> Result<Option<Asked>, Refusal> {
        let Some(check) = &self.check else {
            return Ok(None);
        };
        match check.asked(&delivery.body) {
            Ok(asked) => Ok(Some(asked)),
            Err(NotAsked::OtherCheck) => Ok(None),
            Err(NotAsked::OtherProject) => Err(Refusal::OtherProject),
            Err(error @ NotAsked::Unreadable) => Err(Refusal::NotAsked(error)),
        }
    }

    /// Events that say nothing to this source are taken too: GitLab switches off a webhook that is
    /// often refused.
    fn read(&self, body: &[u8]) -> Result<(), Refusal> {
        let event: Event = serde_json::from_slice(body).map_err(|_| Refusal::Form)?;
        let is_read = matches!(&*event.object_kind, "pipeline" | "build" | "deployment");
        let is_told = event.project.is_some() || event.project_id.is_some();
        match (is_told, is_read) {
            (true, _) if self.is_ours(&event) => Ok(()),
            (true, _) => Err(Refusal::OtherProject),
            (false, true) => Err(Refusal::Form),
            (false, false) => Ok(()),
        }
    }

    fn is_ours(&self, event: &Event) -> bool {
        let project = event.project.as_ref();
        match &self.project {
            Project::Id(own) => {
                let told = [project.map(|it| it.id), event.project_id];
                told.into_iter().flatten().all(|it| it == *own)
            }
            Project::Path(own) => {
                project.is_some_and(|it| it.path_with_namespace.eq_ignore_ascii_case(own))
            }
        }
    }
}

/// Only external status checks are signed so; webhooks show a token or are signed otherwise.
fn is_of_check(delivery: &Delivery) -> bool {
    delivery.headers.contains_key(&SIGNATURE.header)
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        match self {
            Self::Form | Self::NotAsked(_) => {
                let why = self.to_string().into_bytes();
                let media_type = "text/plain; charset=utf-8";
                Rejected::with(SenderReply::new(StatusCode::BAD_REQUEST, media_type, why))
            }
            Self::OtherProject => Rejected::unauthorized(),
        }
    }
}
