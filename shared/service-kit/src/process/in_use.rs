//! Which configuration is in use.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge, Meter},
};
use passport_evidence::json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

/// Tells which configuration is in use. A clone tells the same.
#[derive(Clone)]
pub struct InUse {
    now: Arc<ArcSwap<Configuration>>,
    loaded_at: Gauge<i64>,
    reloads: Counter<u64>,
}

/// The configuration that is in use, and whether a newer one was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// `sha256:` and the digest of the whole file: the same for files that say the same.
    pub digest: String,
    /// Since when it is in use.
    #[serde(serialize_with = "as_text")]
    pub since: DateTime<Utc>,
    /// The file as it stands now, where it can't be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}

/// A file that was not taken; the log names its problems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RefusedConfiguration")]
pub struct Refusal {
    /// When it was refused.
    #[serde(serialize_with = "as_text")]
    pub at: DateTime<Utc>,
    /// How many problems it has.
    pub problems: usize,
}

fn as_text<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&json::time(*at))
}

// === impl InUse ===

impl InUse {
    /// The configuration of this digest, from now on.
    pub fn new(digest: &str, now: DateTime<Utc>, meter: &Meter) -> Self {
        let in_use = Self {
            now: Arc::new(ArcSwap::from_pointee(Configuration::of(digest, now))),
            loaded_at: meter
                .i64_gauge("passport.configuration.loaded")
                .with_description(
                    "When the configuration in use was loaded, in seconds of Unix time.",
                )
                .build(),
            reloads: meter
                .u64_counter("passport.configuration.reloads")
                .with_description("Files that were read while the process ran, by outcome.")
                .build(),
        };
        for outcome in ["taken", "refused"] {
            in_use.reloads.add(0, &[KeyValue::new("outcome", outcome)]);
        }
        in_use.loaded_at.record(now.timestamp(), &[]);
        in_use
    }

    /// What is in use now.
    pub fn now(&self) -> Arc<Configuration> {
        self.now.load_full()
    }

    pub(super) fn taken(&self, digest: &str, now: DateTime<Utc>) {
        self.now.store(Arc::new(Configuration::of(digest, now)));
        self.loaded_at.record(now.timestamp(), &[]);
        self.reloads.add(1, &[KeyValue::new("outcome", "taken")]);
    }

    pub(super) fn refused(&self, problems: usize, now: DateTime<Utc>) {
        let refused = Some(Refusal { at: now, problems });
        let stays = Configuration::clone(&self.now.load());
        self.now.store(Arc::new(Configuration { refused, ..stays }));
        self.reloads.add(1, &[KeyValue::new("outcome", "refused")]);
    }
}

// === impl Configuration ===

impl Configuration {
    fn of(digest: &str, since: DateTime<Utc>) -> Self {
        Self {
            digest: format!("sha256:{digest}"),
            since,
            refused: None,
        }
    }
}
