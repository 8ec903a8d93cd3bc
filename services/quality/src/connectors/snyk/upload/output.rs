//! What `snyk test --json`, `snyk container test --json` and `snyk iac test --json` write. Only what
//! is read is named here; there is no published schema.

use serde::{Deserialize, de::IgnoredAny};

/// The result of one project, of one application of an image, or of one file of infrastructure.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Snyk's own verdict.
    pub ok: Option<bool>,
    /// Why it was not tested.
    pub error: Option<IgnoredAny>,
    /// What was tested, where the test ran.
    pub path: Option<String>,
    /// The project.
    pub project_name: Option<String>,
    /// How many dependencies were looked at.
    pub dependency_count: Option<u64>,
    /// How many issues there are, each once.
    pub unique_count: Option<u64>,
    /// Issues, once for every way to them.
    pub vulnerabilities: Option<Vec<Issue>>,
    /// What was taken out.
    pub filtered: Option<Filtered>,
    /// Of an image: what its applications depend on.
    pub applications: Option<Vec<Member>>,
    /// Of a file of infrastructure: what is wrong with it.
    pub infrastructure_as_code_issues: Option<Vec<Issue>>,
    /// The file.
    pub target_file: Option<String>,
}

/// What was taken out.
#[derive(Deserialize)]
pub struct Filtered {
    /// Because somebody ignored it.
    pub ignore: Option<Vec<Issue>>,
}

/// An issue.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// Its id.
    pub id: Option<String>,
    /// How bad, after all policies of the organization.
    pub severity: Option<String>,
    /// The package.
    pub package_name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// `license`, where it is one of a licence.
    pub r#type: Option<String>,
    /// Versions that fix it.
    pub fixed_in: Option<Vec<IgnoredAny>>,
    /// Whether an upgrade fixes it.
    pub is_upgradable: Option<bool>,
    /// Whether a patch fixes it.
    pub is_patchable: Option<bool>,
    /// Of infrastructure: whether somebody ignored it.
    pub is_ignored: Option<bool>,
}

// === impl Issue ===

impl Issue {
    /// Whether Snyk knows a fix.
    pub fn is_fixable(&self) -> bool {
        let has_version = self.fixed_in.as_ref().is_some_and(|it| !it.is_empty());
        has_version || [self.is_upgradable, self.is_patchable].contains(&Some(true))
    }
}
