//! Checks that a query can see nothing but its scope, and answers in the three columns that are read. After
//! the page "NRQL reference" of New Relic.

mod arguments;
mod clauses;
mod columns;
mod lexer;
mod spans;

use super::scope::Attributes;
use clauses::Clauses;
use lexer::Token;

/// Where the attributes go.
const PLACEHOLDER: &str = "${scope}";

/// Furthest that a query looks back, in seconds.
const MAX_WINDOW: u32 = 86_400;
/// Most groups.
const MAX_GROUPS: usize = 20;

/// Words with which a query could ask for more than it seems, or about another time than now.
const FORBIDDEN: [&str; 16] = [
    "join",
    "union",
    "with",
    "compare",
    "until",
    "slide",
    "offset",
    "show",
    "lookup",
    "predict",
    "order",
    "extrapolate",
    "describe",
    "explain",
    "raw",
    "subquery",
];
/// Words with which a query could ask another account.
const ACCOUNTS: [&str; 5] = [
    "account",
    "accounts",
    "accountid",
    "accountids",
    "consumingaccountid",
];
/// Other words that are no names.
const OPERATORS: [&str; 14] = [
    "and", "or", "not", "in", "is", "like", "rlike", "as", "ago", "null", "true", "false", "by",
    "from",
];

/// A query that sees nothing but its scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What is sent.
    pub text: String,
    /// How far back it looks, in seconds.
    pub window: u32,
    /// What its rows are.
    pub rows: Rows,
}

/// What the rows of an answer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// One row.
    One,
    /// A row for each group, at most so many.
    Groups(usize),
    /// A row for each bucket of time.
    Buckets,
}

/// Why a query is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NrqlError {
    /// Not a query of the form that is taken.
    #[error(
        "is no plain query with one SELECT, FROM, WHERE and SINCE, without comments and quoted names"
    )]
    Syntax,
    /// The scope is not there, or not where it narrows everything.
    #[error("does not have ${{scope}} once in its WHERE, with nothing but AND beside it")]
    Unscoped,
    /// An alternative to the scope.
    #[error("has an OR beside ${{scope}}")]
    Alternative,
    /// An attribute of the scope, named a second time.
    #[error("names an attribute of the scope a second time")]
    Overridden,
    /// Another account.
    #[error("names accounts")]
    Account,
    /// Another time, other data, or rows that are hidden.
    #[error("has a clause that may ask for more than it seems, or about another time")]
    Clause,
    /// Not the three columns.
    #[error("does not have the three columns 'value', 'n' and 'ts', each made of what it says")]
    Columns,
    /// No time, or too wide a one.
    #[error("has no SINCE of at most 24 hours")]
    Window,
    /// Groups without a bound.
    #[error("has a FACET without a LIMIT of 1 to 20, or beside a TIMESERIES")]
    Groups,
}

impl NrqlError {
    /// What to write instead.
    pub fn fix(self) -> &'static str {
        match self {
            Self::Syntax => {
                "write SELECT … AS 'value', count(*) AS 'n', latest(timestamp) AS 'ts' FROM … WHERE \
                 ${scope} SINCE 5 minutes ago"
            }
            Self::Unscoped => "write WHERE ${scope}, and further conditions behind an AND",
            Self::Alternative => "put alternatives into parentheses: AND (a = 1 OR b = 2)",
            Self::Overridden => "leave these attributes to ${scope}",
            Self::Account => "leave it out: the account is that of the scope",
            Self::Clause => "leave it out: evidence is about the present, and about all of it",
            Self::Columns => {
                "write SELECT … AS 'value', count(*) AS 'n', latest(timestamp) AS 'ts'"
            }
            Self::Window => "write one such as SINCE 5 minutes ago",
            Self::Groups => "write FACET … LIMIT 20",
        }
    }
}

/// The query to send, if it sees nothing but the scope.
pub fn query(template: &str, scope: &Attributes) -> Result<Checked, NrqlError> {
    let tokens = lexer::tokens(template)?;
    refuse_words(&tokens, scope)?;
    arguments::check(&tokens)?;
    let clauses = Clauses::of(&tokens)?;
    columns::check(clauses.select)?;
    clauses.from()?;
    clauses.narrowed(&tokens)?;
    Ok(Checked {
        text: template.replace(PLACEHOLDER, &scope.conditions()),
        window: clauses.window()?,
        rows: clauses.rows()?,
    })
}

/// Whether a word has a meaning of its own, so that it can be no name of an attribute.
pub fn is_reserved(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let lower = lower.as_str();
    FORBIDDEN.contains(&lower)
        || ACCOUNTS.contains(&lower)
        || OPERATORS.contains(&lower)
        || clauses::is_keyword(lower)
}

fn refuse_words(tokens: &[Token], scope: &Attributes) -> Result<(), NrqlError> {
    for token in tokens {
        let Token::Word(word) = token else { continue };
        let lower = word.to_ascii_lowercase();
        if FORBIDDEN.contains(&lower.as_str()) {
            return Err(NrqlError::Clause);
        }
        if ACCOUNTS.contains(&lower.as_str()) {
            return Err(NrqlError::Account);
        }
        if scope.names(word) {
            return Err(NrqlError::Overridden);
        }
    }
    Ok(())
}
