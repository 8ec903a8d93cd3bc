//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use passport_connector_sdk::{Builder, settings::ThresholdText};
use passport_evidence::{Limits, Threshold, Unit};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{artifact, severity::Severity};
use crate::by_severity::{self, Level, NONE_AT_ALL};

/// Settings of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whose reports are taken.
    pub scope: ScopeSettings,
    /// What the pipeline scans with. A report does not tell, so that without this no zero is more
    /// than a warning.
    #[serde(default)]
    pub declared: Declared,
    /// What is wanted of the counts.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// Whose reports are taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Name of the image without tag and digest, or the path or repository that is scanned, as it
    /// is given to Trivy; of what `trivy k8s` scans `NAMESPACE/KIND/NAME`.
    pub artifact: String,
}

/// What the pipeline says that it scans with. What is left out is not known.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// What `--severity` lets through; all five where it is not given to Trivy.
    pub severities: Option<BTreeSet<Severity>>,
    /// Whether `--ignore-unfixed` is given.
    pub ignore_unfixed: Option<bool>,
    /// Whether a `.trivyignore` is in use.
    pub ignore_file: Option<bool>,
    /// What `--scanners` names.
    pub scanners: Option<BTreeSet<Scanner>>,
}

/// What Trivy looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scanner {
    /// Known vulnerabilities of packages.
    Vuln,
    /// Secrets in files.
    Secret,
    /// Configuration that is not safe.
    Misconfig,
    /// Licences of packages.
    License,
}

/// What is wanted of the counts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Vulnerabilities by severity.
    pub vulnerabilities: BySeverity,
    /// Misconfigurations by severity.
    pub misconfigurations: BySeverity,
    /// Secrets in files. Default: `= 0`.
    pub secrets: Option<ThresholdText>,
    /// How old the advisories may have been at the scan, such as `<= 48h`. Default: only shown, where it is told.
    pub database_age: Option<ThresholdText>,
}

/// What is wanted of each severity. Default: critical and high `= 0`, the others only shown.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BySeverity {
    /// Default: `= 0`.
    pub critical: Option<ThresholdText>,
    /// Default: `= 0`.
    pub high: Option<ThresholdText>,
    /// Default: only shown.
    pub medium: Option<ThresholdText>,
    /// Default: only shown.
    pub low: Option<ThresholdText>,
    /// Default: only shown.
    pub unknown: Option<ThresholdText>,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Of vulnerabilities.
    pub vulnerabilities: Levels,
    /// Of misconfigurations.
    pub misconfigurations: Levels,
    /// Of secrets.
    pub secrets: Limits,
    /// Of the age of advisories.
    pub database_age: Limits,
}

/// Limits by severity.
pub type Levels = by_severity::Levels<Severity>;

/// Longest name of an artifact.
const MAX_NAME: usize = 512;

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn check(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        if !is_one_artifact(&self.scope.artifact) {
            builder.problem(
                "scope.artifact",
                "is not the name of one artifact without tag and digest",
                "write it as images.example.com/acme/checkout-api, or as the path that is scanned",
            );
        }
        let Thresholds {
            vulnerabilities,
            misconfigurations,
            secrets,
            database_age,
        } = &self.thresholds;
        let vulnerabilities = vulnerabilities.levels("vulnerabilities", builder);
        let misconfigurations = misconfigurations.levels("misconfigurations", builder);
        let secrets = by_severity::limits("secrets", secrets, Some(NONE_AT_ALL), builder);
        let database_age = age(database_age.as_deref(), builder);
        Some(Wanted {
            vulnerabilities: vulnerabilities?,
            misconfigurations: misconfigurations?,
            secrets: secrets?,
            database_age: database_age?,
        })
    }
}

/// A threshold of a duration; without one it is only shown. `None` after a problem.
fn age(text: Option<&str>, builder: &mut Builder<'_>) -> Option<Limits> {
    let Some(text) = text else {
        return Some(Limits::default());
    };
    let threshold = text.parse::<Threshold>();
    match threshold.and_then(|it| it.in_unit(Unit::Seconds)) {
        Ok(threshold) => Some(threshold.into()),
        Err(error) => {
            let fix = "write one such as `<= 48h`";
            builder.problem("thresholds.database_age", error.to_string(), fix);
            None
        }
    }
}

fn is_one_artifact(name: &str) -> bool {
    let odd = |it: char| it.is_control() || it.is_whitespace() || it == '*';
    (1..=MAX_NAME).contains(&name.len()) && !name.contains(odd) && artifact::bare(name) == name
}

// === impl BySeverity ===

impl BySeverity {
    /// The limits of each severity, if none of them has a problem.
    fn levels(&self, fact: &str, builder: &mut Builder<'_>) -> Option<Levels> {
        let levels = Severity::ALL.map(|severity| {
            let (text, default) = match severity {
                Severity::Critical => (&self.critical, Some(NONE_AT_ALL)),
                Severity::High => (&self.high, Some(NONE_AT_ALL)),
                Severity::Medium => (&self.medium, None),
                Severity::Low => (&self.low, None),
                Severity::Unknown => (&self.unknown, None),
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

// === impl Declared ===

impl Declared {
    /// Whether a scanner is declared to be in use.
    pub fn scans(&self, scanner: Scanner) -> bool {
        let scanners = self.scanners.as_ref();
        scanners.is_some_and(|it| it.contains(&scanner))
    }

    /// Whether the scanners are declared and this is none of them.
    pub fn leaves_out(&self, scanner: Scanner) -> bool {
        self.scanners.is_some() && !self.scans(scanner)
    }

    /// Whether findings of a severity are declared to be hidden.
    pub fn hides(&self, severity: Severity) -> bool {
        let shown = self.severities.as_ref();
        shown.is_some_and(|shown| !shown.contains(&severity))
    }
}
