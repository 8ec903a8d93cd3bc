//! What is kept of the reports in the end.

use std::collections::BTreeSet;

use anyhow::Result;
use passport_evidence::{Clock as _, SourceId};
use passport_service_kit::clock::SystemClock;
use passport_store::{Deliveries, Limits, Location};

use super::checked::SCAN;
use crate::configuration::scope;
use crate::numbered;

/// The numbers of all reports that are kept there.
pub(super) async fn numbers(at: &Location) -> Result<BTreeSet<u64>> {
    let deliveries = Deliveries::open(at, Limits::default()).await?;
    let source = SourceId {
        scope: serde_json::from_value(scope())?,
        name: SCAN.parse()?,
    };
    let held = deliveries.held(&source, SystemClock.now()).await?;
    let records = held.records.iter();
    records
        .map(|record| numbered::number(&record.body))
        .collect()
}
