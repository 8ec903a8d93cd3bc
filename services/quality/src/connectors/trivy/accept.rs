//! From an upload to what is kept of it.

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, StatusCode};
use passport_connector_sdk::{Accepted, Delivery, Rejected, SenderReply};
use sha2::{Digest, Sha256};

use super::report::{self, Unusable};

/// Most bytes of an upload.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// When the scan ended, for reports that carry no time.
const OBSERVED_AT: HeaderName = HeaderName::from_static("passport-observed-at");

/// Why an upload is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("over 32 MiB")]
    TooLarge,
    #[error("Passport-Observed-At is not one RFC 3339 time")]
    ObservedAt,
    #[error("{0}")]
    Report(#[from] Unusable),
}

/// Judges an upload.
pub fn accept(
    delivery: &Delivery,
    artifact: &str,
    keep_for: TimeDelta,
) -> Result<Accepted, Rejected> {
    let record = record(delivery, artifact).map_err(Refusal::rejected)?;
    Ok(Accepted {
        idempotency_key: key(delivery),
        records: vec![record.into()],
        keep_for,
        reply: SenderReply::text(StatusCode::ACCEPTED, "the report is kept"),
    })
}

fn record(delivery: &Delivery, artifact: &str) -> Result<Vec<u8>, Refusal> {
    if delivery.body.len() > MAX_BYTES {
        return Err(Refusal::TooLarge);
    }
    let stated_at = stated_at(&delivery.headers)?;
    let mut summary = report::read(&delivery.body, artifact)?;
    summary.stated_at = stated_at;
    serde_json::to_vec(&summary).map_err(|_| Refusal::Report(Unusable::Form))
}

fn stated_at(headers: &HeaderMap) -> Result<Option<DateTime<Utc>>, Refusal> {
    let mut values = headers.get_all(OBSERVED_AT).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let time = value.to_str().ok().filter(|_| values.next().is_none());
    let time = time.and_then(|text| DateTime::parse_from_rfc3339(text.trim()).ok());
    time.map(|time| Some(time.to_utc()))
        .ok_or(Refusal::ObservedAt)
}

/// The same bytes under the same header are the same upload.
fn key(delivery: &Delivery) -> String {
    let mut digest = Sha256::new();
    for value in delivery.headers.get_all(OBSERVED_AT) {
        digest.update(value.as_bytes());
    }
    // No header value holds this byte.
    digest.update([0]);
    digest.update(&delivery.body);
    hex::encode(digest.finalize())
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        let status = match self {
            Self::TooLarge | Self::Report(Unusable::TooMany) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ObservedAt | Self::Report(Unusable::Json) => StatusCode::BAD_REQUEST,
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
