//! From an upload to what is kept of it.

use chrono::TimeDelta;
use http::StatusCode;
use passport_connector_sdk::{Accepted, Delivery, Rejected, SenderReply};

use super::{
    database,
    report::{self, Unusable},
};
use crate::upload;

/// Why an upload is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{0}")]
    Upload(#[from] upload::Refusal),
    #[error("{0}")]
    Report(#[from] Unusable),
    #[error("Passport-Database-At is not one RFC 3339 time")]
    DatabaseAt,
}

/// Judges an upload.
pub fn accept(
    delivery: &Delivery,
    artifact: &str,
    keep_for: TimeDelta,
) -> Result<Accepted, Rejected> {
    let record = record(delivery, artifact).map_err(Refusal::rejected)?;
    Ok(Accepted {
        idempotency_key: upload::key(delivery),
        records: vec![record.into()],
        keep_for,
        reply: SenderReply::text(StatusCode::ACCEPTED, "the report is kept"),
    })
}

fn record(delivery: &Delivery, artifact: &str) -> Result<Vec<u8>, Refusal> {
    upload::check_size(delivery)?;
    let stated_at = upload::stated_at(&delivery.headers)?;
    let database_at = database::stated_at(&delivery.headers)?;
    let mut summary = report::read(&delivery.body, artifact)?;
    summary.stated_at = stated_at;
    summary.database_at = database_at;
    serde_json::to_vec(&summary).map_err(|_| Refusal::Report(Unusable::Form))
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        let status = match self {
            Self::Upload(refusal) => refusal.status(),
            Self::Report(Unusable::TooMany) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::DatabaseAt | Self::Report(Unusable::Json) => StatusCode::BAD_REQUEST,
            Self::Report(
                Unusable::Form
                | Unusable::Key
                | Unusable::OtherScanner
                | Unusable::OtherArtifact
                | Unusable::Time
                | Unusable::Digest,
            ) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let why = self.to_string().into_bytes();
        Rejected::with(SenderReply::new(status, "text/plain; charset=utf-8", why))
    }
}
