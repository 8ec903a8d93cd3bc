//! What stands under a source, and which of it belongs together.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    Builder,
    secrets::SecretRef,
    settings::{Span, ThresholdText},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::expectation::ExpectedJson;

/// Longest name of a target.
const MAX_TARGET: usize = 200;

/// A source about a target without an API of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether the target is probed, and how, or declared by a person.
    pub mode: Mode,
    /// The narrow target.
    pub scope: Scope,
    /// What is probed: `https://host` of an http_probe, `tcp://host:port` of a tcp_connect.
    pub endpoint: Option<String>,
    /// Networks, of those that the operator allows, in which a target that is not public may lie.
    #[serde(default)]
    pub allow_addresses: Vec<String>,
    /// Sent along with an http_probe; each value is a reference to a secret.
    #[serde(default)]
    pub headers: BTreeMap<String, SecretRef>,
    /// How the target is asked, of an http_probe.
    pub probe: Option<ProbeSettings>,
    /// What a person states, of a declared_state.
    pub declaration: Option<DeclarationSettings>,
    /// What is wanted of the facts.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// What a source rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One request to a health endpoint.
    HttpProbe,
    /// A connection, and nothing sent over it.
    TcpConnect,
    /// A person's statement.
    DeclaredState,
}

/// The narrow target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// One target; a name for people.
    pub target: String,
}

/// How a target is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeSettings {
    /// Path of the health endpoint.
    pub path: String,
    /// The method.
    #[serde(default)]
    pub method: Method,
    /// Statuses that are good.
    #[serde(default = "ok")]
    pub expected_status: Vec<u16>,
    /// What the JSON body has to say; all of it.
    #[serde(default)]
    pub expect_json: Vec<ExpectedJson>,
    /// What the body has to contain.
    pub expect_body_contains: Option<String>,
    /// Where the JSON body names the version.
    pub version_pointer: Option<String>,
    /// For the whole of a probe, at most 10s.
    #[serde(default = "three_seconds")]
    pub timeout: Span,
    /// Most bytes of a body, at most 65536.
    #[serde(default = "most_bytes")]
    pub max_body_bytes: u32,
    /// 2: two probes a second apart must agree.
    #[serde(default = "once")]
    pub confirm: u8,
}

/// How a target is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Method {
    /// With its body.
    #[default]
    #[serde(rename = "GET")]
    Get,
    /// For its status alone.
    #[serde(rename = "HEAD")]
    Head,
}

/// What a person states.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclarationSettings {
    /// How the target is.
    pub state: DeclaredState,
    /// Who says so. Kept here, never in evidence.
    pub actor: String,
    /// Why nothing better is to be had, at least 10 characters. Never in evidence.
    pub reason: String,
    /// When it was so.
    pub declared_at: DateTime<Utc>,
    /// When it ends, at most a day later.
    pub expires_at: DateTime<Utc>,
    /// A ticket or the like. Never in evidence.
    #[serde(rename = "reference")]
    pub _reference: Option<String>,
}

/// How a target is, by a person's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclaredState {
    /// As it shall be.
    Healthy,
    /// Worse than it shall be.
    Degraded,
    /// Not there.
    Down,
    /// Not there on purpose.
    Maintenance,
}

/// What is wanted of the facts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Fewest days that the certificate has to last, such as `>= 14d`. Default: `>= 7d`.
    pub tls_certificate: Option<ThresholdText>,
}

fn ok() -> Vec<u16> {
    vec![200]
}

fn three_seconds() -> Span {
    Span::of_seconds(3)
}

fn most_bytes() -> u32 {
    65_536
}

fn once() -> u8 {
    1
}

// === impl Settings ===

impl Settings {
    /// Whether only keys of the source's mode are there; problems otherwise.
    pub fn names_one_way(&self, builder: &mut Builder<'_>) -> bool {
        let is_declared = self.mode == Mode::DeclaredState;
        let is_http = self.mode == Mode::HttpProbe;
        let has_headers = !self.headers.is_empty();
        let checks = [
            ("endpoint", self.endpoint.is_some(), !is_declared),
            ("probe", self.probe.is_some(), is_http),
            ("headers", has_headers, is_http),
            ("declaration", self.declaration.is_some(), is_declared),
        ];
        let needless = checks
            .iter()
            .filter(|(_, is_there, may_be)| *is_there && !may_be);
        let needless: Vec<_> = needless.map(|(key, ..)| *key).collect();
        for key in &needless {
            let fix = "remove it, or write the mode that it belongs to";
            builder.problem(*key, "means nothing in this mode", fix);
        }
        needless.is_empty()
    }
}

// === impl Scope ===

impl Scope {
    /// Whether it names one target; a problem otherwise.
    pub fn check(&self, builder: &mut Builder<'_>) -> bool {
        let name = &self.target;
        let is_one = (1..=MAX_TARGET).contains(&name.len())
            && name.trim() == name
            && !name.contains(|it: char| it.is_control() || it == '*');
        if !is_one {
            let fix = "name exactly one, such as checkout-api@edge-box";
            builder.problem("scope.target", "is no single target", fix);
        }
        is_one
    }
}
