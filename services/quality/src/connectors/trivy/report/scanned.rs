//! One result of Trivy's own JSON, and what is counted of it. Only what is read is named here; most of all no
//! secret that was found.

use serde::{Deserialize, de::IgnoredAny};

use super::tables;
use crate::connectors::trivy::{
    severity::Severity,
    summary::{ConfigSummary, Summary},
    tally,
};

/// One result: an entry of schema 1, or of the results of schema 2.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Scanned {
    pub target: String,
    pub class: Option<String>,
    pub r#type: Option<String>,
    pub vulnerabilities: Option<Vec<Vulnerability>>,
    misconf_summary: Option<MisconfSummary>,
    misconfigurations: Option<Vec<Misconfiguration>>,
    secrets: Option<Vec<IgnoredAny>>,
    experimental_modified_findings: Option<Vec<Modified>>,
}

/// A vulnerability of a package.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: Option<String>,
    pkg_name: Option<String>,
    installed_version: Option<String>,
    fixed_version: Option<String>,
    status: Option<String>,
    severity: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MisconfSummary {
    successes: Option<u64>,
    failures: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Misconfiguration {
    status: Option<String>,
    severity: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Modified {
    status: Option<String>,
}

/// A text that may be missing.
pub fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

// === impl Vulnerability ===

impl Vulnerability {
    /// The same, as it is counted.
    pub fn of<'a>(&'a self, target: &'a str) -> tally::Vulnerability<'a> {
        tally::Vulnerability {
            severity: Severity::read(text(&self.severity)),
            id: text(&self.id),
            package: text(&self.pkg_name),
            installed: text(&self.installed_version),
            target,
            fix: tables::fix(text(&self.fixed_version), text(&self.status)),
        }
    }
}

// === impl Scanned ===

impl Scanned {
    /// Counts what is no vulnerability.
    pub fn count_others(&self, summary: &mut Summary) {
        let secrets = self.secrets.as_ref().map_or(0, Vec::len);
        summary.secrets += secrets as u64;
        summary.has_secret_result |= text(&self.class) == "secret";
        summary.has_config_result |= text(&self.class) == "config";
        self.count_misconfigurations(summary);
        for modified in self.experimental_modified_findings.iter().flatten() {
            summary.suppressed += 1;
            summary.has_ignored |= !tables::is_by_statement(text(&modified.status));
        }
    }

    fn count_misconfigurations(&self, summary: &mut Summary) {
        let all = self.misconfigurations.iter().flatten();
        // A status that is not known may be a failure too.
        let failed = all.filter(|it| !matches!(text(&it.status), "PASS" | "EXCEPTION"));
        let mut listed = 0;
        for failure in failed {
            listed += 1;
            let known = text(&failure.status) == "FAIL";
            let severity = Severity::read(text(&failure.severity));
            summary.misconfigurations.add(severity.filter(|_| known));
        }
        let is_checked = self.misconf_summary.is_some() || self.misconfigurations.is_some();
        if text(&self.class) == "config" || is_checked {
            let (said, checks) = self.own_summary(listed);
            summary.note_config(said, checks);
        }
    }

    /// What the result's own summary says beside the failures that it lists, and of how many checks.
    /// Only one of a result of configuration counts.
    fn own_summary(&self, listed: u64) -> (ConfigSummary, u64) {
        let stated = self.misconf_summary.as_ref();
        let stated = stated.filter(|_| text(&self.class) == "config");
        let counts = stated.and_then(|it| Some((it.failures?, it.successes.unwrap_or_default())));
        match counts {
            None => (ConfigSummary::Missing, 0),
            Some((failures, _)) if failures != listed => (ConfigSummary::Differs, 0),
            Some((failures, successes)) => {
                (ConfigSummary::Agrees, failures.saturating_add(successes))
            }
        }
    }
}
