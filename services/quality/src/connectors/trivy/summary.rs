//! What is kept of a report: what facts need, and no text that is somebody's.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::redaction::Redactor;
use serde::{Deserialize, Serialize};

use super::severity::Counts;

/// What is kept of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How it was written.
    pub format: Format,
    /// When the report says that it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When its sender says that the scan ended.
    pub stated_at: Option<DateTime<Utc>>,
    /// Digests that the artifact has in repositories.
    pub digests: BTreeSet<String>,
    /// What was scanned.
    pub artifact: ArtifactKind,
    /// The operating system of an image.
    pub os: Os,
    /// Classes of packages with a result.
    pub packages: BTreeSet<PackageClass>,
    /// Whether there is any result, or any rule of a SARIF report.
    pub has_results: bool,
    /// Vulnerabilities, each once.
    pub vulnerabilities: Counts,
    /// Those with a version that fixes them.
    pub fixable: Counts,
    /// Those that the report says to be without one.
    pub unfixed: Counts,
    /// Secrets in files.
    pub secrets: u64,
    /// Whether there is a result of their class.
    pub has_secret_result: bool,
    /// Misconfigurations that failed.
    pub misconfigurations: Counts,
    /// Whether there is a result of their class.
    pub has_config_result: bool,
    /// What Trivy's own summary says of them.
    pub config_summary: ConfigSummary,
    /// Findings that were taken out.
    pub suppressed: u64,
    /// Whether some of these were so by an ignore file.
    pub has_ignored: bool,
}

/// How a report was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// There is none, or the literal `null`.
    #[default]
    Nothing,
    /// Trivy's JSON up to 0.19.
    Schema1,
    /// Trivy's JSON since 0.20.
    Schema2,
    /// SARIF 2.1.0.
    Sarif,
}

/// What was scanned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactKind {
    /// The report does not tell.
    #[default]
    Untold,
    /// An image, which has an operating system.
    Image,
    /// Files, a repository, a bill of materials.
    Files,
}

/// The operating system of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Os {
    /// Trivy found none.
    #[default]
    NotDetected,
    /// One that can't be read or shown.
    Unreadable,
    /// Family and version.
    Found {
        /// As in `alpine 3.20.1`.
        name: String,
        /// Whether its maintainers have given it up.
        end_of_life: bool,
    },
}

/// A class of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageClass {
    /// Of the operating system.
    OsPkgs,
    /// Of a programming language.
    LangPkgs,
}

/// What Trivy's own summary says of misconfigurations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigSummary {
    /// There is none.
    #[default]
    Absent,
    /// As many failures as are listed.
    Agrees,
    /// Another number.
    Differs,
}

// === impl Summary ===

impl Summary {
    /// When the scan was: the report's own word first.
    pub fn scanned_at(&self) -> Option<DateTime<Utc>> {
        self.created_at.or(self.stated_at)
    }

    /// Whether packages were looked at.
    pub fn is_covered(&self) -> bool {
        match self.format {
            Format::Nothing => false,
            Format::Schema1 | Format::Schema2 => !self.packages.is_empty(),
            // SARIF lists no results without findings.
            Format::Sarif => self.has_results,
        }
    }

    /// Whether packages of an operating system are missing. What may be an image is taken for one.
    pub fn lacks_os_packages(&self) -> bool {
        let has_none = !self.packages.contains(&PackageClass::OsPkgs);
        match self.artifact {
            ArtifactKind::Untold | ArtifactKind::Image => has_none,
            ArtifactKind::Files => false,
        }
    }

    /// Notes what one result's own summary says, beside how many failures it lists.
    pub fn compare_failures(&mut self, stated: u64, listed: u64) {
        if stated != listed {
            self.config_summary = ConfigSummary::Differs;
        } else if self.config_summary == ConfigSummary::Absent {
            self.config_summary = ConfigSummary::Agrees;
        }
    }
}

// === impl Os ===

impl Os {
    /// Family and version as Trivy names them. What does not look like such is not kept: it could
    /// be any text.
    pub fn of(family: &str, version: &str, end_of_life: bool) -> Self {
        // `none`: packages were found, and no system that they belong to.
        if matches!(family, "" | "none") {
            return Self::NotDetected;
        }
        // Some versions carry a name, as in `2 (Karoo)`.
        let version = version.split_whitespace().next().unwrap_or_default();
        let name = format!("{family} {version}");
        let plain = is_plain(family, "-.") && is_version(version);
        match plain && Redactor::new(false).redact(&name).counts.is_empty() {
            true => Self::Found { name, end_of_life },
            false => Self::Unreadable,
        }
    }
}

/// A number, or the name of Debian's next version (`trixie/sid`).
fn is_version(text: &str) -> bool {
    let is_number = text.starts_with(|it: char| it.is_ascii_digit());
    (is_number || text.ends_with("/sid")) && is_plain(text, "-.+_/")
}

/// Lower-case letters, digits and a few signs, and not many of them.
fn is_plain(text: &str, signs: &str) -> bool {
    let allowed = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || signs.contains(it);
    (1..=32).contains(&text.len()) && text.chars().all(allowed)
}

// === impl PackageClass ===

impl PackageClass {
    /// Trivy's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OsPkgs => "os-pkgs",
            Self::LangPkgs => "lang-pkgs",
        }
    }
}
