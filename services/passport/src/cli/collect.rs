//! Arguments of `passport collect`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use passport_evidence::{Category, MaxAge, SourceName, Subject};

use super::{ScopeArgs, parse};

#[derive(Debug, Args)]
pub struct Collect {
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Release id or version that is to be released
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Source revision that is to be released, a full commit id
    #[arg(long, value_name = "SHA")]
    revision: Option<String>,
    /// Digest of the artifact that is to be released, such as sha256:…; may be repeated
    #[arg(long = "digest", value_name = "DIGEST")]
    digests: Vec<String>,
    /// Ask this source only; may be repeated
    #[arg(long = "source", value_name = "NAME")]
    pub sources: Vec<SourceName>,
    /// Ask sources of this category only; may be repeated
    #[arg(long = "category", value_name = "CATEGORY", value_parser = categories())]
    pub categories: Vec<String>,
    /// Take only evidence that is younger, such as 5m; never widens a source's own limit
    #[arg(long, value_name = "DURATION", value_parser = parse::max_age)]
    pub max_age: Option<MaxAge>,
}

fn categories() -> PossibleValuesParser {
    Category::ALL
        .iter()
        .map(|category| category.as_str())
        .collect::<Vec<_>>()
        .into()
}

// === impl Collect ===

impl Collect {
    /// What is being released, as far as it was typed.
    pub fn subject(&self) -> Subject {
        Subject {
            version: self.version.clone(),
            revision: self.revision.clone(),
            artifact_digests: self.digests.clone(),
        }
    }
}
