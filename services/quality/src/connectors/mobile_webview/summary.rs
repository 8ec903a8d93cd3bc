//! What is kept of a bundle: what facts need, and no text that is somebody's.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use passport_evidence::Reason;
use serde::{Deserialize, Serialize};

use super::manifest::Kind;

/// What is kept of a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What its keys mean: another number stands for another version of this connector.
    pub version: Version,
    /// Digest of what was tested.
    pub artifact: String,
    /// When the run ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What screenshots were compared with.
    pub baseline: Baseline,
    /// How many files there are.
    pub files: Files,
    /// Results of tests.
    pub tests: Of<Tests>,
    /// Pairs of screenshots.
    pub screenshots: Of<Screenshots>,
    /// Errors of the console.
    pub console: Of<Console>,
    /// Requests.
    pub network: Of<Network>,
}

/// The version of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version(u32);

/// How many files there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// In the manifest.
    pub listed: u64,
    /// With the digest that it names.
    pub matching: u64,
    /// Not in the bundle.
    pub missing: u64,
}

/// What screenshots were compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// The manifest does not tell.
    #[default]
    Untold,
    /// With what the run itself or the same artifact showed.
    Own,
    /// With another artifact, before the run.
    Earlier,
}

/// What the files of one kind say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Of<T> {
    /// How many were read.
    pub files: u64,
    /// Why nothing that they do not show is known to be absent.
    pub flaws: BTreeSet<Flaw>,
    /// What they show.
    pub found: T,
}

/// Why a file does not show all. The gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Its bytes are not those of its digest.
    Altered,
    /// Two of its parts exclude each other.
    Contradictory,
    /// It is not in the bundle.
    Missing,
    /// A part of it is missing, or it is too long to be read.
    Partial,
    /// It is not of its kind's form.
    Shape,
    /// It has a number that can't be.
    Domain,
    /// It has a state that is not known.
    State,
}

/// Results of tests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tests {
    /// As expected.
    pub expected: u64,
    /// Not as expected.
    pub unexpected: u64,
    /// As expected, but not at once.
    pub flaky: u64,
    /// Not run.
    pub skipped: u64,
    /// Outside of tests.
    pub errors: u64,
    /// Whether the suite may write the baselines of its screenshots.
    pub writes: Writes,
}

/// Whether a suite may write the baselines of its screenshots. What is said of one report is outdone
/// by whatever comes later in this list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writes {
    /// There is no report that could tell.
    #[default]
    Untold,
    /// It may not.
    Never,
    /// In a word that is not known.
    Unrecognized,
    /// It may.
    Maybe,
}

/// Pairs of screenshots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screenshots {
    /// All pairs.
    pub pairs: u64,
    /// Those that were compared.
    pub compared: u64,
    /// Those of two sizes.
    pub resized: u64,
    /// The largest share of pixels that differ, in 10^-10 of a percent, rounded up.
    pub worst: u64,
}

/// Errors of the console.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Console {
    /// Lines of whatever level.
    pub lines: u64,
    /// Digests of the errors' fingerprints: a sender may take any text for one.
    pub errors: BTreeSet<String>,
}

/// Requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// All attempts.
    pub attempts: u64,
    /// Methods and paths whose last attempt failed.
    pub failed: u64,
    /// Those whose last attempt did not, after one that did.
    pub recovered: u64,
    /// Attempts that the client ended.
    pub aborted: u64,
    /// Answers 400 to 499.
    pub refused: u64,
    /// Those that failed by host, for the sender.
    #[serde(skip)]
    pub failed_at: BTreeMap<String, u64>,
}

// === impl Summary ===

impl Summary {
    /// Reads what was kept. What another version kept is not guessed at.
    pub fn read(record: &[u8]) -> Option<Self> {
        let read = serde_json::from_slice::<Self>(record).ok();
        read.filter(|it| it.version == Version::default())
    }

    /// Notes that a file of a kind does not show all.
    pub fn flaw(&mut self, of: Kind, flaw: Flaw) {
        let flaws = match of {
            Kind::PlaywrightJson => &mut self.tests.flaws,
            Kind::Har => &mut self.network.flaws,
            Kind::ScreenshotDiff | Kind::Screenshot => &mut self.screenshots.flaws,
            Kind::Console => &mut self.console.flaws,
        };
        flaws.insert(flaw);
    }
}

// === impl Version ===

impl Default for Version {
    /// To be raised whenever a key of a summary comes, goes or changes its meaning.
    fn default() -> Self {
        Self(1)
    }
}

// === impl Of ===

impl<T> Of<T> {
    /// Why what the files do not show is not known to be absent; `None`: it is.
    pub fn doubt(&self) -> Option<Reason> {
        self.flaws.first().map(|it| it.reason())
    }
}

// === impl Flaw ===

impl Flaw {
    const fn reason(self) -> Reason {
        match self {
            Self::Altered | Self::Contradictory => Reason::Contradictory,
            Self::Missing | Self::Partial => Reason::Incomplete,
            Self::Shape => Reason::UnexpectedShape,
            Self::Domain => Reason::OutOfDomain,
            Self::State => Reason::UnrecognizedState,
        }
    }
}
