//! Reads a report key by key. Trivy's own reader takes a key in any case for its own, so that one
//! written otherwise may hold a finding: it is not passed over like a key that says nothing.

use serde::Deserialize;
use serde_ignored::Path;

use super::Unusable;

/// Keys that are read of Trivy's own JSON.
pub const NATIVE: [&str; 28] = [
    "ArtifactName",
    "ArtifactType",
    "Class",
    "CreatedAt",
    "EOSL",
    "ExperimentalModifiedFindings",
    "Failures",
    "Family",
    "FixedVersion",
    "InstalledVersion",
    "Metadata",
    "MisconfSummary",
    "Misconfigurations",
    "Name",
    "OS",
    "PkgName",
    "RepoDigests",
    "RepoTags",
    "Results",
    "SchemaVersion",
    "Secrets",
    "Severity",
    "Status",
    "Successes",
    "Target",
    "Type",
    "Vulnerabilities",
    "VulnerabilityID",
];

/// Keys that are read of a report of `trivy k8s`.
pub const KUBERNETES: [&str; 32] = [
    "Class",
    "ClusterName",
    "EOSL",
    "Error",
    "ExperimentalModifiedFindings",
    "Failures",
    "Family",
    "Findings",
    "FixedVersion",
    "InstalledVersion",
    "Kind",
    "Metadata",
    "MisconfSummary",
    "Misconfigurations",
    "Name",
    "Namespace",
    "OS",
    "PkgName",
    "RepoDigests",
    "RepoTags",
    "Resources",
    "Results",
    "SchemaVersion",
    "Secrets",
    "Severity",
    "Status",
    "Successes",
    "Target",
    "Type",
    "Vulnerabilities",
    "VulnerabilityID",
    "runs",
];

/// Keys that are read of SARIF.
pub const SARIF: [&str; 26] = [
    "artifactLocation",
    "driver",
    "executionSuccessful",
    "externalPropertyFileReferences",
    "id",
    "imageName",
    "inlineExternalProperties",
    "invocations",
    "locations",
    "message",
    "name",
    "physicalLocation",
    "properties",
    "repoDigests",
    "repoTags",
    "results",
    "ruleId",
    "ruleIndex",
    "rules",
    "runs",
    "security-severity",
    "tags",
    "text",
    "tool",
    "uri",
    "version",
];

/// Reads a document. Only keys of what is read are looked at: below a key that is passed over, such
/// as an image's labels, anything may stand.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a [u8], keys: &[&str]) -> Result<T, Unusable> {
    let mut is_odd = false;
    let mut reader = serde_json::Deserializer::from_slice(text);
    let parsed = serde_ignored::deserialize(&mut reader, |path| is_odd |= is_like(&path, keys));
    match is_odd {
        true => Err(Unusable::Key),
        false => parsed.map_err(|_| Unusable::Form),
    }
}

/// Whether a key that was passed over is one of these in another case.
fn is_like(passed_over: &Path<'_>, keys: &[&str]) -> bool {
    let Path::Map { key, .. } = passed_over else {
        return false;
    };
    let folded = folded(key);
    let mut all = keys.iter();
    all.any(|it| it.eq_ignore_ascii_case(&folded)) && !keys.contains(&key.as_str())
}

/// Without case, as Go folds it: the long s and the sign of the kelvin are letters too.
fn folded(key: &str) -> String {
    key.to_lowercase().to_uppercase()
}
