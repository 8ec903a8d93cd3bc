//! The fields of the engine's answers that are read, as the Docker Engine API reference names them. Nothing
//! of a container's environment, command or output is.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use serde::Deserialize;

use passport_connector_sdk::Object;

/// For so long a container that ended may be about to be started again by its policy: while one is
/// restarted by hand nothing else shows it.
const RESTART_GRACE: TimeDelta = TimeDelta::seconds(10);
/// Policies that start whatever ended.
const RESTARTING_POLICIES: [&str; 2] = ["always", "unless-stopped"];

/// A container of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    pub id: String,
    /// Each with a slash before it.
    pub names: Option<Vec<String>>,
    pub labels: Option<BTreeMap<String, String>>,
    /// The one word for how it is.
    pub state: Option<String>,
}

/// A container by itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Container {
    pub id: String,
    /// Id of the image.
    pub image: String,
    pub state: Object<State>,
    /// Restarts by its policy since it was last started by hand.
    pub restart_count: Option<u64>,
    pub config: Option<Object<Config>>,
    pub host_config: Option<Object<HostConfig>>,
    /// With a containerd image store: the manifest of this platform.
    pub image_manifest_descriptor: Option<Object<Manifest>>,
}

/// How a container is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct State {
    /// The one word for it. `Running` beside it is true while it restarts, too.
    pub status: Option<String>,
    /// Whether it was ended for the memory that it took.
    #[serde(rename = "OOMKilled")]
    pub oom_killed: Option<bool>,
    pub exit_code: Option<i64>,
    /// In the year 1: never.
    pub started_at: Option<DateTime<Utc>>,
    /// In the year 1: never.
    pub finished_at: Option<DateTime<Utc>>,
    pub health: Option<Object<Health>>,
}

/// What its health check says.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Health {
    /// Empty where there is no check.
    pub status: Option<String>,
    /// The last few runs, the newest at the end.
    pub log: Option<Vec<Object<HealthRun>>>,
}

/// A run of a health check. Its output is not read.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthRun {
    pub end: Option<DateTime<Utc>>,
}

/// What a container was created with.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Config {
    pub healthcheck: Option<Object<HealthCheck>>,
}

/// Times in nanoseconds; zero is the engine's default.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthCheck {
    pub interval: Option<i64>,
    pub timeout: Option<i64>,
}

/// What a container was created with on its host.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HostConfig {
    pub restart_policy: Option<Object<RestartPolicy>>,
}

/// What the engine does with a container that ended.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RestartPolicy {
    pub name: Option<String>,
}

/// A manifest of an image.
#[derive(Debug, Clone, Deserialize)]
pub struct Manifest {
    pub digest: Option<String>,
}

/// An image.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Image {
    pub id: String,
    /// Each as `repository@digest`. Empty where it was built here and never pushed or pulled.
    pub repo_digests: Option<Vec<String>>,
}

/// What an engine says of its host, and little of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Info {
    pub security_options: Option<Vec<String>>,
}

// === impl Listed ===

impl Listed {
    /// A label that Compose sets, by the end of its name.
    pub fn label(&self, name: &str) -> Option<&str> {
        let labels = self.labels.as_ref()?;
        let label = labels.get(&format!("com.docker.compose.{name}"))?;
        Some(label)
    }

    /// Whether it is meant by an id or a name.
    pub fn is_called(&self, reference: &str) -> bool {
        let mut names = self.names.iter().flatten();
        self.id == reference || names.any(|it| it.trim_start_matches('/') == reference)
    }
}

// === impl Container ===

impl Container {
    /// When it last ended; the year 1 stands for never.
    pub fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.state.finished_at.filter(|it| it.year() > 1)
    }

    /// Whether it ended a moment ago and its policy starts whatever ended.
    pub fn may_be_restarted(&self, now: DateTime<Utc>) -> bool {
        let policy = self.host_config.as_ref();
        let policy = policy.and_then(|it| it.restart_policy.as_ref());
        let policy = policy.and_then(|it| it.name.as_deref());
        let ended = self.state.finished_at;
        let is_lately = ended.is_some_and(|it| {
            let ago = now.signed_duration_since(it);
            -RESTART_GRACE < ago && ago < RESTART_GRACE
        });
        let status = self.state.status.as_deref();
        matches!(status, Some("exited" | "stopped"))
            && policy.is_some_and(|it| RESTARTING_POLICIES.contains(&it))
            && is_lately
    }
}
