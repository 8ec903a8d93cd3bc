//! What a collector keeps deliveries in.

use std::{path::Path, sync::Arc, time::Duration};

use passport_connector_sdk::keep::{DurableKeeper, Keeper, MemoryKeeper};
use passport_evidence::Clock;
use passport_service_kit::{config::model, own_secret, process::Fault};
use passport_store::{BadLocation, Deliveries, InTheClear, Limits, Location};
use tokio::time::{MissedTickBehavior, interval};

use crate::Lineage;

/// Where files are kept when the configuration does not say.
const DEFAULT_FOLDER: &str = "passport-data";

/// Time between two removals of what has expired.
const TIDY_EVERY: Duration = Duration::from_secs(600);

/// The collector's database; where none of its sources takes deliveries, nothing is opened.
pub(crate) async fn keeper(
    is_needed: bool,
    settings: &model::Store,
    collector: &'static str,
    lineage: &Lineage,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Keeper>, Fault> {
    if !is_needed {
        return Ok(Arc::new(MemoryKeeper::default()));
    }
    if let Some(keeper) = lineage.keeper(collector) {
        return Ok(keeper);
    }
    let at = location(settings, collector)?;
    let opened = Deliveries::open(&at, Limits::default()).await;
    let deliveries = opened.map_err(|error| {
        Fault::unanswered(
            format!("collector {collector} has nowhere to keep deliveries: {error}"),
            "mend that, or name another place under `store`",
        )
    })?;
    tokio::spawn(tidy(deliveries.clone(), Arc::clone(clock)));
    let keeper: Arc<dyn Keeper> = Arc::new(DurableKeeper::new(deliveries));
    lineage.keeps(collector, &keeper);
    Ok(keeper)
}

/// Where files are kept, where they are.
pub(crate) fn folder(settings: &model::Store) -> &Path {
    let folder = settings.folder.as_deref();
    folder.unwrap_or(Path::new(DEFAULT_FOLDER))
}

fn location(settings: &model::Store, collector: &str) -> Result<Location, Fault> {
    let Some(postgres) = &settings.postgres else {
        return Ok(Location::in_folder(folder(settings), collector));
    };
    let url = own_secret::read(postgres)
        .map_err(|error| unusable(&error, "put the database's URL there"))?;
    let in_the_clear = match settings.allow_plain_postgres {
        true => InTheClear::Allowed,
        false => InTheClear::Refused,
    };
    let at = Location::in_postgres_with(url, collector, in_the_clear);
    at.map_err(|error| match error {
        BadLocation::InTheClear => unusable(
            &error,
            "mend the URL, or set `store.allow_plain_postgres: true` where the network itself is \
             trusted",
        ),
        BadLocation::NotAUrl | BadLocation::NotPostgres | BadLocation::NoDatabase => {
            unusable(&error, "mend what `store.postgres` refers to")
        }
    })
}

fn unusable(error: &dyn std::error::Error, next: &str) -> Fault {
    Fault::wrong(format!("store.postgres: {error}"), next)
}

/// Space is all that depends on it, so that a failure waits for the next time.
async fn tidy(deliveries: Deliveries, clock: Arc<dyn Clock>) {
    let mut ticks = interval(TIDY_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match deliveries.forget_expired(clock.now()).await {
            Ok(forgotten) => tracing::debug!(forgotten, "expired deliveries removed"),
            Err(error) => tracing::warn!(%error, "expired deliveries not removed"),
        }
    }
}

#[cfg(test)]
mod tests;
