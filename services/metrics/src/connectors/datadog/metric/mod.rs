//! Checks that a metric query can see nothing but its scope. It has to be one of a small language: sums,
//! shares and a few functions of metrics with plain filters. What is not known to be harmless is refused.

mod filter;
mod parser;

use std::collections::BTreeSet;

use super::scope::Tags;
use parser::Parser;

/// Where the tags go.
pub const PLACEHOLDER: &str = "${scope}";

/// Why a query is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetricError {
    /// Not a metric query of the language that is taken.
    #[error("is no plain metric query")]
    Syntax,
    /// No metric at all, so that the answer is about nothing.
    #[error("asks for no metric")]
    Nothing,
    /// A metric without the scope.
    #[error("a metric lacks ${{scope}} between its braces")]
    Unscoped,
    /// A filter that names a tag of the scope a second time.
    #[error("a filter names a tag of the scope a second time")]
    Overridden,
    /// A function that may invent numbers, or show those of another time.
    #[error("has a function that may fill gaps, cut series off or ask about another time")]
    Function,
    /// A name that no query of the formula has.
    #[error("names a query that is not there")]
    NoSuchQuery,
}

impl MetricError {
    /// What to write instead.
    pub fn fix(self) -> &'static str {
        match self {
            Self::Syntax => {
                "write metrics such as sum:requests{${scope},resource_name:pay}.as_count(), with \
                 + - * / between them"
            }
            Self::Nothing => "ask for a metric that carries the tags of the scope",
            Self::Unscoped => "put ${scope} between the braces of every metric",
            Self::Overridden => "leave these tags to ${scope}",
            Self::Function => "leave it out; the README lists the functions that are taken",
            Self::NoSuchQuery => "use the names below `queries`",
        }
    }
}

/// The metric query to send, if all that it asks for is narrowed by the tags.
pub fn query(template: &str, tags: &Tags) -> Result<String, MetricError> {
    Parser::of_query(template, tags).whole()?;
    Ok(template.replace(PLACEHOLDER, &tags.in_braces()))
}

/// Whether a formula is arithmetic over these names.
pub fn formula(text: &str, names: &BTreeSet<&str>) -> Result<(), MetricError> {
    Parser::of_formula(text, names).whole()
}
