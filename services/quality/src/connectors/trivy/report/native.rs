//! Trivy's own JSON. Only what is read is named here; most of all no secret that was found.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use serde::Deserialize;

use super::{
    Names, Unusable,
    scanned::{Scanned, Vulnerability, text},
    tables,
};
use crate::connectors::trivy::{
    summary::{ArtifactKind, Format, Os, PackageClass, Summary},
    tally::Tally,
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

/// What Trivy tells of an image.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
pub struct Metadata {
    #[serde(rename = "OS")]
    pub os: Option<System>,
    pub repo_tags: Option<Vec<String>>,
    pub repo_digests: Option<Vec<String>>,
}

/// An operating system.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct System {
    family: Option<String>,
    name: Option<String>,
    #[serde(rename = "EOSL")]
    end_of_life: Option<bool>,
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

/// Counts what is in results, each finding once.
pub fn count<'a>(
    results: impl IntoIterator<Item = &'a Scanned>,
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

/// The operating system of what may be an image.
pub fn system(kind: ArtifactKind, found: Option<&System>) -> Os {
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
