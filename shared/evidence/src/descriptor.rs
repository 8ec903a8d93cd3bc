//! What is true of a connector wherever it runs.

use crate::freshness::MaxAge;

/// What a connector can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// Asks the provider.
    Pull,
    /// Takes what the provider delivers.
    Ingest,
    /// Finds candidates for sources.
    Detect,
    /// Sends a notice about a release, where that is asked for.
    Notify,
}

/// How far a connector is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectorStatus {
    /// Reads the provider by itself.
    NativePull,
    /// Takes delivered evidence.
    EvidenceIngest,
    /// Is found, and then configured by a person.
    DetectedCandidate,
    /// Does nothing before a credential is given.
    RequiresCredential,
    /// A person states what it says.
    ManualConnector,
    /// Not built.
    Planned,
}

impl ConnectorStatus {
    /// The words used in the matrix.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NativePull => "Native pull",
            Self::EvidenceIngest => "Evidence ingest",
            Self::DetectedCandidate => "Detected candidate",
            Self::RequiresCredential => "Requires credential",
            Self::ManualConnector => "Manual connector",
            Self::Planned => "Planned",
        }
    }
}

/// That a connector is another by now than it was first announced as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promotion {
    /// The status that it was announced with.
    pub from: ConnectorStatus,
    /// What it can do that makes the difference, for a person.
    pub because: &'static str,
}

macro_rules! categories {
    ($($variant:ident $kebab:literal $title:literal,)*) => {
        /// Category of a provider, as policies and callers name it. A collector's name is not one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Category {
            $(#[doc = $title] $variant,)*
        }

        impl Category {
            /// All categories.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word used in policies, requests and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $kebab,)* }
            }

            /// The words used in the matrix.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The category that a word stands for; `None` for any other.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|category| category.as_str() == word)
            }
        }
    };
}

categories! {
    CiCd "ci-cd" "CI/CD",
    GitOps "gitops" "GitOps",
    Runtime "runtime" "Runtime",
    Rollout "rollout" "Rollout",
    Metrics "metrics" "Metrics",
    Observability "observability" "Observability",
    Logs "logs" "Logs",
    Errors "errors" "Errors",
    Incidents "incidents" "Incidents",
    WorkItem "work-item" "Work item",
    Change "change" "Change",
    Communication "communication" "Communication",
    Quality "quality" "Quality",
    Security "security" "Security",
    Differentiator "differentiator" "Differentiator",
    Custom "custom" "Custom",
}

/// What a connector calls one of its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactDescriptor {
    /// The name, snake_case.
    pub name: &'static str,
    /// What it means, for a person.
    pub meaning: &'static str,
    /// Threshold where the source sets none.
    pub default_threshold: Option<&'static str>,
}

/// What is true of a connector wherever it runs. The README's matrix, the list of connectors and
/// the setup guide are made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// Id, such as `prometheus`.
    pub id: &'static str,
    /// The provider's name for a person.
    pub display_name: &'static str,
    /// The provider's category.
    pub category: Category,
    /// How far the connector is built.
    pub status: ConnectorStatus,
    /// Where it was first announced with another status. `None`: with this one.
    pub promotion: Option<Promotion>,
    /// What it can do.
    pub capabilities: &'static [Capability],
    /// The credential that it wants.
    pub credential: &'static str,
    /// The evidence that it gives.
    pub evidence: &'static str,
    /// The narrowest scope that is of use.
    pub minimum_scope: &'static str,
    /// Credentials and scopes to keep away from.
    pub avoid: &'static str,
    /// Facts that it may state.
    pub facts: &'static [FactDescriptor],
    /// Max age where the source sets none, in seconds.
    pub default_max_age_seconds: u32,
}

impl FactDescriptor {
    /// A fact of this name, what it means, and its threshold where the source sets none.
    pub const fn new(
        name: &'static str,
        meaning: &'static str,
        default_threshold: Option<&'static str>,
    ) -> Self {
        Self {
            name,
            meaning,
            default_threshold,
        }
    }
}

impl Descriptor {
    /// Max age where the source sets none.
    pub fn default_max_age(&self) -> Option<MaxAge> {
        MaxAge::from_secs(self.default_max_age_seconds.into())
    }

    /// Whether it says that it finds candidates for sources.
    pub const fn detects(&self) -> bool {
        let mut rest = self.capabilities;
        while let [first, others @ ..] = rest {
            if matches!(first, Capability::Detect) {
                return true;
            }
            rest = others;
        }
        false
    }

    /// Whether something is kept for its sources: deliveries, or what came of notices.
    pub fn keeps(&self) -> bool {
        let keeps = |it: &Capability| matches!(it, Capability::Ingest | Capability::Notify);
        self.capabilities.iter().any(keeps)
    }

    /// What the connector says of one of its facts.
    pub fn fact(&self, name: &str) -> Option<&'static FactDescriptor> {
        self.facts.iter().find(|fact| fact.name == name)
    }
}
