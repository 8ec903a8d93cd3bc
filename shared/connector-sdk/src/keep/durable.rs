//! Deliveries in the collector's database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use passport_evidence::SourceId;
use passport_store::{Deliveries, Held, HeldRecord, NewDelivery, Stored};

use super::{KeepError, Keeper, Keeping, until};
use crate::kind::{Accepted, Kept, Record};

/// Keeps deliveries in the collector's database: what it acknowledges outlives the process.
#[derive(Debug, Clone)]
pub struct DurableKeeper(Deliveries);

impl DurableKeeper {
    /// Keeps deliveries there.
    pub fn new(deliveries: Deliveries) -> Self {
        Self(deliveries)
    }
}

#[async_trait]
impl Keeper for DurableKeeper {
    fn is_durable(&self) -> bool {
        true
    }

    async fn keep(
        &self,
        source: &SourceId,
        accepted: &Accepted,
        received_at: DateTime<Utc>,
    ) -> Result<Keeping, KeepError> {
        let delivery = NewDelivery {
            source: source.clone(),
            key: accepted.idempotency_key.clone(),
            records: accepted.records.clone(),
            received_at,
            keep_until: until(received_at, accepted),
        };
        Ok(match self.0.keep(delivery).await? {
            Stored::New => Keeping::New,
            Stored::Duplicate => Keeping::Duplicate,
        })
    }

    async fn taken(&self, source: &SourceId) -> Result<u64, KeepError> {
        Ok(self.0.taken(source).await?)
    }

    async fn check(&self) -> Result<(), KeepError> {
        Ok(self.0.check().await?)
    }

    async fn kept(&self, source: &SourceId, now: DateTime<Utc>) -> Result<Kept, KeepError> {
        Ok(self.0.held(source, now).await?.into())
    }
}

impl From<Held> for Kept {
    fn from(held: Held) -> Self {
        Self {
            records: held.records.into_iter().map(Record::from).collect(),
            first_delivery_at: held.first_delivery_at,
            ..Self::default()
        }
    }
}

impl From<HeldRecord> for Record {
    fn from(held: HeldRecord) -> Self {
        Self {
            received_at: held.received_at,
            body: held.body,
        }
    }
}
