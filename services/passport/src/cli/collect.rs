//! Arguments of `passport collect`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use passport_evidence::{Category, MaxAge, SourceName};

use super::{ScopeArgs, SubjectArgs, parse};

#[derive(Debug, Args)]
pub struct Collect {
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub subject: SubjectArgs,
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
