//! Uploaded output of Snyk's command: what is taken, what is kept, what it says.

mod judge;
mod output;
mod read;
mod summary;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use http::StatusCode;
use passport_connector_sdk::{Accepted, Delivery, Rejected, SenderReply};

use crate::upload;
pub use judge::Judge;
use read::Unusable;

/// Why an upload is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("{0}")]
    Upload(#[from] upload::Refusal),
    #[error("{0}")]
    Output(#[from] Unusable),
}

/// Judges an upload.
pub fn accept(
    delivery: &Delivery,
    projects: &BTreeSet<String>,
    keep_for: TimeDelta,
) -> Result<Accepted, Rejected> {
    let record = record(delivery, projects).map_err(Refusal::rejected)?;
    Ok(Accepted {
        idempotency_key: upload::key(delivery),
        records: vec![record.into()],
        keep_for,
        reply: SenderReply::text(StatusCode::ACCEPTED, "the output is kept"),
    })
}

fn record(delivery: &Delivery, projects: &BTreeSet<String>) -> Result<Vec<u8>, Refusal> {
    upload::check_size(delivery)?;
    let stated_at = upload::stated_at(&delivery.headers)?;
    let mut summary = read::read(&delivery.body, projects)?;
    summary.stated_at = stated_at;
    serde_json::to_vec(&summary).map_err(|_| Refusal::Output(Unusable::Form))
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        let status = match self {
            Self::Upload(refusal) => refusal.status(),
            Self::Output(Unusable::TooMany) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Output(Unusable::Json) => StatusCode::BAD_REQUEST,
            Self::Output(Unusable::Form | Unusable::OtherProject) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        let why = self.to_string().into_bytes();
        Rejected::with(SenderReply::new(status, "text/plain; charset=utf-8", why))
    }
}
