//! What stands under a source, and what is wrong with it.

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Builder,
    settings::{Span, ThresholdText},
};
use passport_evidence::Limits;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::restarts;

/// Shortest and longest window for restarts, in seconds.
const WINDOW_SECONDS: [u32; 2] = [60, 86_400];
/// Longest name of a project or service.
const MAX_NAME: usize = 200;
/// Most services that a source declares.
const MAX_SERVICES: usize = 50;

/// A Docker Compose source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the engine, or a proxy before it, listens: `unix:///run/docker-read.sock`,
    /// `https://host:2376`, or http on this machine.
    pub endpoint: String,
    /// The narrow target.
    pub scope: Scope,
    /// Containers that shall run. The engine does not know the scale of the compose file.
    #[serde(default = "one")]
    pub expected_replicas: u32,
    /// The services that the project shall have, and how many containers of each shall run. Where it is there the
    /// containers of the whole project are listed, and held against it.
    pub services: Option<BTreeMap<String, u32>>,
    /// Whether its containers are to stay up, or to end well.
    #[serde(default)]
    pub service_kind: ServiceKind,
    /// Whether running without a health check is unknown; otherwise it is a warning.
    #[serde(default = "yes")]
    pub require_healthcheck: bool,
    /// How long restarts count, one minute to one day.
    #[serde(default = "one_hour")]
    pub restart_window: Span,
    /// Whether `/info` may be read, to log whether an engine that is not filtered runs without root.
    #[serde(default)]
    pub allow_info: bool,
    /// What is wanted of the facts.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// The narrow target: one service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The Compose project.
    pub project: String,
    /// The service in it.
    pub service: String,
    /// The folder that the project was started in, where two have one name.
    pub working_dir: Option<String>,
}

/// What becomes of a service's containers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// They stay up.
    #[default]
    LongRunning,
    /// They do one thing and end.
    OneShot,
}

/// What is wanted of the facts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Restarts within the window, such as `<= 2`. Default: `<= 0`.
    pub recent_restarts: Option<ThresholdText>,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The target.
    pub scope: Scope,
    /// Containers that shall run.
    pub replicas: u32,
    /// The services that the project shall have, and how many containers of each; `None`: nobody says.
    pub services: Option<BTreeMap<String, u32>>,
    /// What becomes of them.
    pub kind: ServiceKind,
    /// Whether running without a health check is unknown.
    pub requires_healthcheck: bool,
    /// How long restarts count.
    pub restart_window: Span,
    /// How many restarts may be.
    pub restarts: Limits,
    /// Whether `/info` may be read.
    pub allow_info: bool,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

fn one_hour() -> Span {
    Span::of_seconds(3_600)
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let is_scope_sound = self.scope.check(builder);
        let are_numbers_sound = self.are_in_range(builder);
        let are_services_sound = self.are_declared(builder);
        let restarts = restarts::limits(self.thresholds.recent_restarts.as_ref(), builder)?;
        let sound = is_scope_sound && are_numbers_sound && are_services_sound;
        sound.then(|| Wanted {
            scope: self.scope.clone(),
            replicas: self.expected_replicas,
            services: self.services.clone(),
            kind: self.service_kind,
            requires_healthcheck: self.require_healthcheck,
            restart_window: self.restart_window,
            restarts,
            allow_info: self.allow_info,
        })
    }

    fn are_declared(&self, builder: &mut Builder<'_>) -> bool {
        let is_sound = self.services.as_ref().is_none_or(|all| {
            let is_one = |(name, count): (&String, &u32)| is_name(name) && *count >= 1;
            (1..=MAX_SERVICES).contains(&all.len()) && all.iter().all(is_one)
        });
        if !is_sound {
            let reason =
                "declares no services: none or too many, a name that is none, or none of one";
            let fix = "write each service with how many of it shall run, such as `{ api: 2 }`, or leave it out";
            builder.problem("services", reason, fix);
        }
        is_sound
    }

    fn are_in_range(&self, builder: &mut Builder<'_>) -> bool {
        let [shortest, longest] = WINDOW_SECONDS;
        let window = self.restart_window.as_secs();
        let checks = [
            (
                "expected_replicas",
                self.expected_replicas >= 1,
                "write 1 or more",
            ),
            (
                "restart_window",
                (shortest..=longest).contains(&window),
                "write 1m to 24h",
            ),
        ];
        for (key, _, fix) in checks.iter().filter(|(_, fits, _)| !fits) {
            builder.problem(*key, "is out of range", *fix);
        }
        checks.iter().all(|(_, fits, _)| *fits)
    }
}

// === impl Scope ===

impl Scope {
    /// Whether it names one service; problems otherwise.
    fn check(&self, builder: &mut Builder<'_>) -> bool {
        let folder = self.working_dir.as_deref();
        let checks = [
            ("scope.project", is_name(&self.project)),
            ("scope.service", is_name(&self.service)),
            ("scope.working_dir", folder.is_none_or(is_folder)),
        ];
        for (key, _) in checks.iter().filter(|(_, fits)| !fits) {
            let reason = "names no one thing: empty, a pattern, or more than its name";
            let fix = "write the exact name of one, and a folder with its whole path; a whole project is \
                       never read";
            builder.problem(*key, reason, fix);
        }
        checks.iter().all(|(_, fits)| *fits)
    }
}

/// As the Compose specification lets projects and services be named.
pub fn is_name(name: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    (1..=MAX_NAME).contains(&name.len())
        && name.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_')
        && name.chars().all(inner)
}

fn is_folder(path: &str) -> bool {
    let is_of_windows = path.get(1..3).is_some_and(|it| it == ":\\");
    (path.starts_with('/') || is_of_windows)
        && !path.contains(|it: char| it.is_control() || it == '*')
}
