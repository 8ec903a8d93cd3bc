//! Trivy's own JSON. Only what is read is named here; most of all no secret that was found.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, de::IgnoredAny};

use super::{Names, Unusable, tables};
use crate::connectors::trivy::{
    severity::Severity,
    summary::{ArtifactKind, ConfigSummary, Format, Os, PackageClass, Summary},
    tally::{self, Tally},
};

/// A report of schema 2.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report {
    schema_version: u64,
    created_at: Option<String>,
    artifact_name: Option<String>,
    artifact_type: Option<String>,
    metadata: Option<Metadata>,
    results: Option<Vec<Scanned>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    #[serde(rename = "OS")]
    os: Option<System>,
    repo_tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct System {
    family: Option<String>,
    name: Option<String>,
    #[serde(rename = "EOSL")]
    end_of_life: Option<bool>,
}

/// One result: an entry of schema 1, or of the results of schema 2.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Scanned {
    target: String,
    class: Option<String>,
    r#type: Option<String>,
    vulnerabilities: Option<Vec<Vulnerability>>,
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

/// Reads a report of schema 2.
pub fn schema2(report: &Report, artifact: &str) -> Result<Summary, Unusable> {
    if report.schema_version != 2 {
        return Err(Unusable::Form);
    }
    let metadata = report.metadata.as_ref();
    let kind = text(&report.artifact_type);
    let names = Names {
        is_container_image: kind == tables::CONTAINER_IMAGE,
        artifact: report.artifact_name.as_deref(),
        tags: metadata
            .and_then(|it| it.repo_tags.as_deref())
            .unwrap_or_default(),
        digests: metadata
            .and_then(|it| it.repo_digests.as_deref())
            .unwrap_or_default(),
    };
    names.check(artifact)?;
    let kind = tables::artifact_kind(kind);
    let mut summary = Summary {
        format: Format::Schema2,
        created_at: report
            .created_at
            .as_deref()
            .map(time)
            .transpose()?
            .flatten(),
        artifact: kind,
        os: system(kind, metadata.and_then(|it| it.os.as_ref())),
        ..Summary::default()
    };
    names.write_digests(artifact, &mut summary)?;
    let class = |it: &Scanned| tables::package_class(text(&it.class));
    let results = report.results.as_deref().unwrap_or_default();
    count(results, class, &mut summary);
    Ok(summary)
}

/// Reads the list of schema 1.
pub fn schema1(entries: &[Scanned]) -> Summary {
    let mut summary = Summary {
        format: Format::Schema1,
        ..Summary::default()
    };
    let class = |it: &Scanned| tables::class_of_type(text(&it.r#type));
    count(entries, class, &mut summary);
    summary
}

/// Reads the oldest form: vulnerabilities by target, and no word of what was scanned.
pub fn oldest(targets: &BTreeMap<String, Option<Vec<Vulnerability>>>) -> Summary {
    let mut summary = Summary {
        format: Format::Schema1,
        has_results: !targets.is_empty(),
        ..Summary::default()
    };
    let mut tally = Tally::default();
    for (target, found) in targets {
        let found = found.iter().flatten();
        found.for_each(|it| tally.add(it.of(target)));
    }
    tally.into_summary(&mut summary);
    summary
}

fn count(
    results: &[Scanned],
    class: impl Fn(&Scanned) -> Option<PackageClass>,
    summary: &mut Summary,
) {
    let mut tally = Tally::default();
    for result in results {
        summary.has_results = true;
        summary.packages.extend(class(result));
        let found = result.vulnerabilities.iter().flatten();
        found.for_each(|it| tally.add(it.of(&result.target)));
        result.count_others(summary);
    }
    tally.into_summary(summary);
}

/// Go writes the year 1 for a time that was never set.
fn time(text: &str) -> Result<Option<DateTime<Utc>>, Unusable> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| Unusable::Time)?;
    Ok(Some(time.to_utc()).filter(|time| time.year() > 1))
}

fn system(kind: ArtifactKind, found: Option<&System>) -> Os {
    match (kind, found) {
        (ArtifactKind::Image | ArtifactKind::Untold, Some(found)) => Os::of(
            text(&found.family),
            text(&found.name),
            found.end_of_life.unwrap_or_default(),
        ),
        (ArtifactKind::Image | ArtifactKind::Untold, None) | (ArtifactKind::Files, _) => {
            Os::NotDetected
        }
    }
}

fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

// === impl Vulnerability ===

impl Vulnerability {
    fn of<'a>(&'a self, target: &'a str) -> tally::Vulnerability<'a> {
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
    fn count_others(&self, summary: &mut Summary) {
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
