//! How old the advisories were that a scan was made with. A report does not tell; whoever uploads it may.

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName};
use passport_evidence::{Fact, FactName, Limits, Quantity, Reason, Unit, freshness::SKEW};

use super::{accept::Refusal, summary::Summary};

const DATABASE_AGE: FactName = FactName::fixed("database_age");

/// When Trivy's database was made: `VulnerabilityDB.UpdatedAt` of `trivy version --format json`.
const DATABASE_AT: HeaderName = HeaderName::from_static("passport-database-at");

/// What the sender says of it.
pub fn stated_at(headers: &HeaderMap) -> Result<Option<DateTime<Utc>>, Refusal> {
    let mut values = headers.get_all(DATABASE_AT).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let time = value.to_str().ok().filter(|_| values.next().is_none());
    let time = time.and_then(|text| DateTime::parse_from_rfc3339(text.trim()).ok());
    let time = time.map(|time| Some(time.to_utc()));
    time.ok_or(Refusal::DatabaseAt)
}

/// How old it was when the scan was made; `None`: nobody asks and nobody tells.
pub fn age(summary: &Summary, limits: &Limits) -> Option<Fact> {
    let unknown = |reason| {
        let fact = Fact::unknown(DATABASE_AGE, reason);
        Some(fact.wanting(limits.threshold.clone()))
    };
    let (made, scanned) = match (summary.database_at, summary.scanned_at()) {
        (None, _) if limits.threshold.is_none() => return None,
        (None, _) => return unknown(summary.flaw().unwrap_or(Reason::NoData)),
        (Some(_), None) => return unknown(Reason::NoTime),
        (Some(made), Some(scanned)) => (made, scanned),
    };
    // A scan is not made with what did not exist yet.
    if made > scanned + SKEW {
        return unknown(Reason::Contradictory);
    }
    let seconds = (scanned - made).num_seconds().max(0);
    let age = Quantity::new(seconds.into(), Unit::Seconds);
    Some(Fact::measured(DATABASE_AGE, age.into(), limits))
}
