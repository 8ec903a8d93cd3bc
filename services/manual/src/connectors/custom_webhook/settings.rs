//! What stands under a source, and what is wrong with it.

mod address;
mod mapping;

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Builder,
    secrets::SecretRef,
    settings::{Span, ThresholdText},
};
use passport_evidence::FactName;
use schemars::JsonSchema;
use serde::Deserialize;

pub use address::check as check_address;
pub use mapping::{Mapping, MappingSettings};

/// Longest that anything of such a source may be relied on.
pub const LONGEST_LIFE: Span = Span::of_seconds(900);

/// Most facts that may be sent.
const MAX_FACTS: usize = 50;

/// A source of a customer's own system.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether an endpoint is polled, or evidence is sent here.
    pub mode: Mode,
    /// The health endpoint, as a whole: `https://health.example.com/ready`.
    pub endpoint: Option<String>,
    /// `GET` (default), or `HEAD` where only the status is looked at.
    pub method: Option<String>,
    /// Headers that the endpoint wants, each value by reference.
    pub headers: Option<BTreeMap<String, SecretRef>>,
    /// Statuses of a healthy endpoint. Default: 200.
    pub expected_status: Option<Vec<u16>>,
    /// How the endpoint says how it is.
    pub format: Option<Format>,
    /// Numbers in its answer. At most 20.
    pub mappings: Option<Vec<MappingSettings>>,
    /// What is wanted of the endpoint.
    pub thresholds: Option<Thresholds>,
    /// How long its answer may take. Default and maximum: 5s.
    pub timeout: Option<Span>,
    /// How what is sent is signed.
    pub scheme: Option<Scheme>,
    /// The secrets it may be signed with; 1 to 5.
    pub signing_secrets: Option<Vec<SecretRef>>,
    /// Where the signature stands. For the scheme `hmac`.
    pub hmac: Option<HmacSettings>,
    /// Names of the facts that may be sent. 1 to 50.
    pub facts: Option<Vec<String>>,
    /// Longest life that a sender may claim. Default and maximum: 15m.
    pub max_age_cap: Option<Span>,
}

/// How a source comes to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It asks.
    Pull,
    /// It takes what is sent and never makes a request.
    Ingest,
}

/// How an endpoint says how it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Format {
    /// Spring Boot Actuator.
    #[serde(rename = "actuator")]
    Actuator,
    /// `application/health+json`.
    #[serde(rename = "health+json")]
    HealthJson,
    /// ASP.NET Core health checks.
    #[serde(rename = "aspnet")]
    Aspnet,
    /// Only the numbers that `mappings` lead to.
    #[serde(rename = "mapped")]
    Mapped,
    /// Only its HTTP status.
    #[serde(rename = "status_only")]
    StatusOnly,
}

/// What is wanted of an endpoint.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Of how long its answer takes. Default: nothing.
    pub endpoint_latency: Option<ThresholdText>,
}

/// How what is sent is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// As the Standard Webhooks specification says.
    StandardWebhooks,
    /// HMAC-SHA256 in a header of the sender's own.
    Hmac,
}

/// Where a signature stands, and in which form.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HmacSettings {
    /// The header. Default: `X-Signature`.
    pub header: Option<String>,
    /// Its form. Default: `hex`.
    pub encoding: Encoding,
    /// What stands in front. Default: `sha256=`.
    pub prefix: Option<String>,
    /// The header with the Unix seconds that are signed too, in front of the body with a dot between.
    pub timestamp_header: Option<String>,
}

/// The form of a signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Hexadecimal, lower case.
    #[default]
    Hex,
    /// Base64 with padding.
    Base64,
}

// === impl Settings ===

impl Settings {
    /// Whether keys are given that mean nothing in this mode.
    pub fn says_too_much(&self, builder: &mut Builder<'_>) -> bool {
        let of_pull = [
            ("endpoint", self.endpoint.is_some()),
            ("method", self.method.is_some()),
            ("headers", self.headers.is_some()),
            ("expected_status", self.expected_status.is_some()),
            ("format", self.format.is_some()),
            ("mappings", self.mappings.is_some()),
            ("thresholds", self.thresholds.is_some()),
            ("timeout", self.timeout.is_some()),
        ];
        let is_signed = self.scheme == Some(Scheme::Hmac) || self.mode == Mode::Pull;
        let of_ingest = [
            ("scheme", self.scheme.is_some()),
            ("signing_secrets", self.signing_secrets.is_some()),
            ("facts", self.facts.is_some()),
            ("max_age_cap", self.max_age_cap.is_some()),
            ("hmac", self.hmac.is_some()),
        ];
        let of_hmac = [("hmac", self.hmac.is_some() && !is_signed)];
        let given: Vec<_> = match self.mode {
            Mode::Ingest => of_pull.into_iter().chain(of_hmac).collect(),
            Mode::Pull => of_ingest.into_iter().collect(),
        };
        let mut any = false;
        for (key, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
            let fix = "leave it out, or change `mode` or `scheme`";
            builder.problem(key, "means nothing in this mode", fix);
            any = true;
        }
        any
    }

    /// Names of the facts that may be sent, or a problem.
    pub fn fact_names(&self, builder: &mut Builder<'_>) -> Option<Vec<FactName>> {
        let names = self.facts.as_deref().unwrap_or_default();
        if !(1..=MAX_FACTS).contains(&names.len()) {
            let fix = "name the 1 to 50 facts that may be sent";
            builder.problem("facts", "is missing, names none, or too many", fix);
            return None;
        }
        let read: Option<Vec<_>> = names.iter().map(|it| FactName::new(it).ok()).collect();
        let reserved = |all: &Vec<FactName>| all.iter().any(is_reserved);
        match read.filter(|all| !reserved(all)) {
            Some(read) => Some(read),
            None => {
                let reason = "has one that is no name of a fact, or is one of the connector's own";
                builder.problem(
                    "facts",
                    reason,
                    "write each in snake_case, such as smoke_test",
                );
                None
            }
        }
    }

    /// Longest life that a sender may claim, or a problem.
    pub fn cap(&self, builder: &mut Builder<'_>) -> Option<Span> {
        let cap = self.max_age_cap.unwrap_or(LONGEST_LIFE);
        if cap > LONGEST_LIFE {
            builder.problem("max_age_cap", "is over 15m", "write at most 15m");
            return None;
        }
        Some(cap)
    }
}

/// Whether a name means something already.
pub fn is_reserved(name: &FactName) -> bool {
    let known = ["endpoint_health", "endpoint_latency", "credential_scope"];
    known.contains(&name.as_str())
}
