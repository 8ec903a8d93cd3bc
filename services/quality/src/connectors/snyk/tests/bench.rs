//! A source by itself, without a collector around it.

use std::{sync::Mutex, time::Duration};

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Builder, CollectRequest, Connector, ConnectorKind, Hub, Registry};
use passport_evidence::Descriptor;
use passport_testkit::scenario::source_id;
use serde_json::Value;
use tokio::time::Instant;

use crate::connectors::snyk::{Settings, Snyk};

pub const ORG: &str = "0c0ffee0-0000-4000-8000-000000000001";
pub const PROJECT: &str = "0c0ffee0-0000-4000-8000-0000000000a1";

/// The last source that was built, for whoever built it.
static BUILT: Mutex<Option<Box<dyn Connector>>> = Mutex::new(None);
/// Keeps two tests from taking each other's source.
static BUILDING: Mutex<()> = Mutex::new(());

/// The kind under test, whose sources are handed out.
struct Shown;

impl ConnectorKind for Shown {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Snyk::DESCRIPTOR;
    const DETECT: Option<passport_connector_sdk::detect::Detect> = Snyk::DETECT;

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        *BUILT.lock().unwrap() = Snyk::build(settings, builder);
        None
    }
}

/// The connector of a source that stands so in the configuration.
pub fn build(source: &Value, hub: &Hub) -> Box<dyn Connector> {
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "scan").unwrap();
    let alone = BUILDING.lock().unwrap();
    let built = Registry::default().with::<Shown>().build(id, source, hub);
    let connector = BUILT.lock().unwrap().take();
    drop(alone);
    connector.unwrap_or_else(|| panic!("not built: {:?}", built.err()))
}

/// 2026-05-03T09:30:00Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

/// A request of this moment.
pub fn request() -> CollectRequest {
    CollectRequest {
        now: now(),
        subject: None,
        deadline: Instant::now() + Duration::from_secs(10),
    }
}

/// Picks among choices, the same ones for the same seed.
pub struct Dice(pub u64);

impl Dice {
    /// One of the choices.
    pub fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        // A step of xorshift64*.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let thrown = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        all[thrown as usize % all.len()].clone()
    }
}
