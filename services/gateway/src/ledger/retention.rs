//! Removing what was recorded longer ago than the configuration keeps it.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use opentelemetry::metrics::{Counter, Meter};
use passport_evidence::{Clock as _, WorkspaceId};
use passport_service_kit::{clock::SystemClock, config::model};
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use super::{Records, failed};
use crate::call_error::CallError;

/// How often it is looked for what is too old.
const EVERY: Duration = Duration::from_secs(24 * 3_600);

/// How long the records of which workspaces are kept.
#[derive(Debug)]
pub(super) struct Retention {
    keep: TimeDelta,
    workspaces: Vec<WorkspaceId>,
}

// === impl Retention ===

impl Retention {
    /// `None`: all are kept for ever.
    pub fn of(settings: &model::Settings) -> Option<Self> {
        let keep = settings.gateway.keep_records?;
        let workspaces = settings.workspaces.keys();
        Some(Self {
            keep: TimeDelta::from_std(keep.0).ok()?,
            workspaces: workspaces
                .filter_map(|it| it.as_str().parse().ok())
                .collect(),
        })
    }
}

// === impl Records ===

impl Records {
    /// Looks now and every day for what is too old, by the configuration that is in use then, until these
    /// records are gone. Begun once; a replica that comes second finds nothing left.
    pub(super) fn cut_daily(&self, meter: &Meter) {
        if self.0.cutting.set(()).is_err() {
            return;
        }
        let removed = meter
            .u64_counter("passport.gateway.ledger_entries_cut")
            .with_description("Entries of ledgers that were removed for their age.")
            .build();
        removed.add(0, &[]);
        let shared = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            let mut days = interval(EVERY);
            days.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                days.tick().await;
                let Some(shared) = shared.upgrade() else {
                    return;
                };
                Self(shared).cut_old(SystemClock.now(), &removed).await;
            }
        });
    }

    /// What can't be cut now is tried again with the next day.
    async fn cut_old(&self, now: DateTime<Utc>, removed: &Counter<u64>) {
        let Some(retention) = self.0.retention.load_full() else {
            return;
        };
        // Nothing is older than the calendar.
        let Some(than) = now.checked_sub_signed(retention.keep) else {
            return;
        };
        for workspace in &retention.workspaces {
            match self.cut_one(workspace, than, now).await {
                Ok(0) => {}
                Ok(entries) => {
                    removed.add(entries, &[]);
                    info!(%workspace, entries, "a ledger was cut");
                }
                Err(error) => warn!(%workspace, "a ledger was not cut: {error}"),
            }
        }
    }

    async fn cut_one(
        &self,
        workspace: &WorkspaceId,
        than: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, CallError> {
        let ledger = self.ledger().await?;
        let cut = Box::pin(ledger.cut_older(workspace, than, now)).await;
        cut.map_err(failed)
    }
}
