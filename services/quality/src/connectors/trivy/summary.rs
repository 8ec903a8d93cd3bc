//! What is kept of a report: what facts need, and no text that is somebody's.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::redaction::Redactor;
use passport_evidence::Reason;
use serde::{Deserialize, Serialize};

use super::{report, severity::Counts};

/// What is kept of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What its keys mean: another number stands for another version of this connector.
    pub version: Version,
    /// Whether the report is whole.
    pub wholeness: Wholeness,
    /// How it was written.
    pub format: Format,
    /// When the report says that it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When its sender says that the scan ended.
    pub stated_at: Option<DateTime<Utc>>,
    /// When its sender says that the database was made which the scan was made with.
    pub database_at: Option<DateTime<Utc>>,
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
    /// Checks that it counts, failed or not.
    pub config_checks: u64,
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
    /// It can't be read: another version of this connector kept it.
    Foreign,
}

/// The version of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version(u32);

/// Whether a report is whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wholeness {
    /// Nothing shows that a part is missing.
    #[default]
    Whole,
    /// A part is missing.
    Partial,
    /// Two of its parts exclude each other.
    Contradictory,
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
    /// One that Trivy has no advisories for.
    Unrecognized,
    /// A version that can't be read or shown.
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
///
/// What is said of one result is outdone by whatever comes later in this list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigSummary {
    /// There is no result that one belongs to.
    #[default]
    Absent,
    /// Each counts as many failures as are listed.
    Agrees,
    /// A result has none, or one without a count of failures.
    Missing,
    /// One counts otherwise.
    Differs,
}

// === impl Summary ===

impl Summary {
    /// Reads what was kept. What another version kept is not guessed at.
    pub fn read(record: &[u8]) -> Self {
        let read = serde_json::from_slice::<Self>(record).ok();
        let ours = read.filter(|it| it.version == Version::default());
        ours.unwrap_or_else(|| Self {
            format: Format::Foreign,
            ..Self::default()
        })
    }

    /// Whether another version of this connector kept it.
    pub fn is_foreign(&self) -> bool {
        self.format == Format::Foreign
    }

    /// Why nothing that is absent from the report is known to be absent; `None`: it may be.
    pub fn flaw(&self) -> Option<Reason> {
        match self.wholeness {
            Wholeness::Contradictory => Some(Reason::Contradictory),
            Wholeness::Partial => Some(Reason::Incomplete),
            Wholeness::Whole => self.is_foreign().then_some(Reason::Incomplete),
        }
    }

    /// When the scan was: the report's own word first.
    pub fn scanned_at(&self) -> Option<DateTime<Utc>> {
        self.created_at.or(self.stated_at)
    }

    /// Whether packages were looked at.
    pub fn is_covered(&self) -> bool {
        match self.format {
            Format::Nothing | Format::Foreign => false,
            Format::Schema1 | Format::Schema2 => !self.packages.is_empty(),
            // SARIF lists no results without findings.
            Format::Sarif => self.has_results,
        }
    }

    /// Whether packages of an operating system are missing, or no advisories apply to them. What may
    /// be an image is taken for one.
    pub fn lacks_os_packages(&self) -> bool {
        let has_none = !self.packages.contains(&PackageClass::OsPkgs);
        // The other forms do not name the system.
        let has_no_advisories =
            self.format == Format::Schema2 && !matches!(self.os, Os::Found { .. });
        match self.artifact {
            ArtifactKind::Untold | ArtifactKind::Image => has_none || has_no_advisories,
            ArtifactKind::Files => false,
        }
    }

    /// Notes what one more result's own summary says.
    pub fn note_config(&mut self, said: ConfigSummary, checks: u64) {
        self.config_summary = self.config_summary.max(said);
        self.config_checks = self.config_checks.saturating_add(checks);
    }
}

// === impl Version ===

impl Default for Version {
    /// To be raised whenever a key of a summary comes, goes or changes its meaning.
    fn default() -> Self {
        Self(3)
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
        if !report::has_advisories(family) {
            return Self::Unrecognized;
        }
        let name = format!("{family} {version}");
        match is_version(version) && Redactor::new(false).redact(&name).counts.is_empty() {
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
