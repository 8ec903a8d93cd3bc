//! A source by itself, without a collector around it.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, Connector, Hub};
use passport_testkit::connector;
use serde_json::Value;

use crate::connectors::snyk::Snyk;

pub const ORG: &str = "0c0ffee0-0000-4000-8000-000000000001";
pub const PROJECT: &str = "0c0ffee0-0000-4000-8000-0000000000a1";

/// The connector of a source that stands so in the configuration.
pub fn build(source: &Value, hub: &Hub) -> Box<dyn Connector> {
    connector::built::<Snyk>(source, hub).unwrap()
}

/// 2026-05-03T09:30:00Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

/// A request of this moment.
pub fn request() -> CollectRequest {
    connector::request(now())
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
