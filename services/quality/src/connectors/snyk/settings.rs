//! What stands under a source, and what is wrong with it.

use passport_connector_sdk::{Builder, secrets::SecretRef, settings::ThresholdText};
use schemars::JsonSchema;
use serde::Deserialize;

use super::severity::Severity;
use crate::by_severity::{self, Level, NONE_AT_ALL};

mod scope;

pub use scope::{ScopeSettings, Target};

/// Where Snyk's default region is asked.
const SNYK: &str = "https://api.snyk.io";
/// The version whose answers are read.
const VERSION: &str = "2024-10-15";

/// A Snyk source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether Snyk is asked, or uploaded output of its command is taken.
    #[serde(default)]
    pub mode: Mode,
    /// The API. Default `https://api.snyk.io`; other regions have their own.
    pub endpoint: Option<String>,
    /// Token of a service account of one organization. Needed where Snyk is asked.
    pub credential: Option<SecretRef>,
    /// How the token is shown. Default: `token`.
    pub auth: Option<Scheme>,
    /// The version of the API that is asked for, a date. Default `2024-10-15`.
    pub api_version: Option<String>,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// What the pipeline tests with. The output does not tell.
    pub declared: Option<Declared>,
    /// What is wanted of the counts.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// How a source comes to know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It asks.
    #[default]
    Pull,
    /// It takes uploads and never makes a request.
    Ingest,
}

/// How a token is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// An API key.
    #[default]
    Token,
    /// An access token of OAuth.
    Bearer,
}

/// What the pipeline says that it tests with.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// The least severity that `--severity-threshold` lets through; `low` where it is not given.
    pub severity_threshold: Option<Severity>,
}

/// What is wanted of the counts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Issues of security by severity. Default: critical and high `= 0`, the others only shown.
    pub security_issues: BySeverity,
    /// Issues of licences by severity. Default: not told.
    pub license_issues: BySeverity,
}

/// What is wanted of each severity.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BySeverity {
    /// Of critical ones.
    pub critical: Option<ThresholdText>,
    /// Of high ones.
    pub high: Option<ThresholdText>,
    /// Of medium ones.
    pub medium: Option<ThresholdText>,
    /// Of low ones.
    pub low: Option<ThresholdText>,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Of security.
    pub security: Levels,
    /// Of licences.
    pub license: Levels,
}

/// Limits by severity.
pub type Levels = by_severity::Levels<Severity>;

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let Thresholds {
            security_issues,
            license_issues,
        } = &self.thresholds;
        let security = security_issues.levels("security_issues", Some(NONE_AT_ALL), builder);
        let license = license_issues.levels("license_issues", None, builder);
        Some(Wanted {
            security: security?,
            license: license?,
        })
    }

    /// The API that is asked.
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_deref().unwrap_or(SNYK)
    }

    /// The version of the API that is asked for, or a problem.
    pub fn version(&self, builder: &mut Builder<'_>) -> Option<String> {
        let version = self.api_version.as_deref().unwrap_or(VERSION);
        if chrono::NaiveDate::parse_from_str(version, "%Y-%m-%d").is_err() || version.len() != 10 {
            let fix = "write one such as 2024-10-15; only released versions are asked for";
            builder.problem("api_version", "is no date of a version", fix);
            return None;
        }
        Some(version.to_owned())
    }

    /// The reference to the token, or a problem.
    pub fn token(&self, builder: &mut Builder<'_>) -> Option<&SecretRef> {
        if self.credential.is_none() {
            let fix =
                "name the token of a service account of the organization: { env: SNYK_TOKEN }";
            builder.problem(
                "credential",
                "is missing, and Snyk answers nobody without",
                fix,
            );
        }
        self.credential.as_ref()
    }

    /// Whether keys are given that mean nothing in this mode.
    pub fn says_too_much(&self, builder: &mut Builder<'_>) -> bool {
        let of_pull = [
            ("endpoint", self.endpoint.is_some()),
            ("credential", self.credential.is_some()),
            ("auth", self.auth.is_some()),
            ("api_version", self.api_version.is_some()),
        ];
        let of_ingest = [("declared", self.declared.is_some())];
        let (given, fix) = match self.mode {
            Mode::Ingest => (&of_pull[..], "leave it out, or set `mode: pull`"),
            Mode::Pull => (&of_ingest[..], "leave it out, or set `mode: ingest`"),
        };
        let mut any = false;
        for (key, _) in given.iter().filter(|(_, is_given)| *is_given) {
            builder.problem(*key, "means nothing in this mode", fix);
            any = true;
        }
        any
    }
}

// === impl BySeverity ===

impl BySeverity {
    /// The limits of each severity, if none of them has a problem. Of the two worst there may be a default.
    fn levels(
        &self,
        fact: &str,
        default: Option<&'static str>,
        builder: &mut Builder<'_>,
    ) -> Option<Levels> {
        let levels = Severity::ALL.map(|severity| {
            let (text, default) = match severity {
                Severity::Critical => (&self.critical, default),
                Severity::High => (&self.high, default),
                Severity::Medium => (&self.medium, None),
                Severity::Low => (&self.low, None),
            };
            let key = severity.as_str();
            Level {
                severity,
                key,
                text,
                default,
            }
        });
        Levels::read(fact, levels, builder)
    }
}

// === impl Wanted ===

impl Wanted {
    /// Whether anything is wanted of a severity.
    pub fn judges(&self, severity: Severity) -> bool {
        let mut all = [&self.security, &self.license].into_iter();
        all.any(|it| it.of(severity).threshold.is_some())
    }
}
