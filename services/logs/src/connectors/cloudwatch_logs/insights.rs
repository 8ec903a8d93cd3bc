//! Templates of Logs Insights queries, after the page "CloudWatch Logs Insights language query syntax". They
//! are read token by token, and what is not understood is refused: only then is it known that the scope
//! narrows whatever is counted.

mod lexer;

use super::scope::Fields;
use lexer::{Token, tokens};

/// What stands for the scope.
pub const SCOPE: &str = "${scope}";
/// Longest query that is taken.
const MAX_QUERY: usize = 10_000;
/// What is appended to count.
const COUNT: &str = "stats count(*) as n, max(@timestamp) as newest";

/// Why a template is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InsightsError {
    /// Something that is no part of the language as it is known here.
    #[error("holds what is not understood, such as a comment, a division or an open quote")]
    NotUnderstood,
    /// A placeholder but the scope, or one in a quote.
    #[error("holds a placeholder that is not `${{scope}}` by itself")]
    Placeholder,
    /// Another command.
    #[error("has another command than filter and parse")]
    Command,
    /// No scope.
    #[error("does not narrow to `${{scope}}`")]
    NoScope,
    /// The scope is one alternative, or negated, or a part of something.
    #[error("has `${{scope}}` beside `or`, or as a part of a condition")]
    NotAlone,
    /// A field of the scope is named again.
    #[error("names a field of the scope again")]
    ScopeAgain,
    /// Too long.
    #[error("is longer than 10000 characters")]
    TooLong,
}

/// The text of a template that narrows to the fields; to count what is left, or to see some of it.
pub fn query(template: &str, fields: &Fields, excerpts: u32) -> Result<String, InsightsError> {
    let tokens = tokens(template)?;
    check(&tokens, fields)?;
    let narrowed = template.trim().replace(SCOPE, &fields.condition());
    let text = match excerpts {
        0 => format!("{narrowed} | {COUNT}"),
        _ => {
            let newest = "fields @timestamp, @message | sort @timestamp desc | limit";
            format!("{narrowed} | {newest} {excerpts}")
        }
    };
    let fits = text.chars().count() <= MAX_QUERY;
    fits.then_some(text).ok_or(InsightsError::TooLong)
}

/// The text that finds the newest line of the scope.
pub fn heartbeat(fields: &Fields) -> String {
    format!("filter {} | {COUNT}", fields.condition())
}

fn check(tokens: &[Token<'_>], fields: &Fields) -> Result<(), InsightsError> {
    let mut narrows = false;
    for command in tokens.split(|it| *it == Token::Pipe) {
        let Some((Token::Word(name), rest)) = command.split_first() else {
            return Err(InsightsError::Command);
        };
        match name.to_ascii_lowercase().as_str() {
            "filter" => narrows |= is_narrowed(rest)?,
            "parse" if rest.contains(&Token::Scope) => return Err(InsightsError::NotAlone),
            "parse" => {}
            _ => return Err(InsightsError::Command),
        }
        if rest.iter().any(|it| it.names(fields)) {
            return Err(InsightsError::ScopeAgain);
        }
        // It picks log groups, wherever it stands.
        if rest.iter().any(|it| it.is_word("source")) {
            return Err(InsightsError::Command);
        }
    }
    narrows.then_some(()).ok_or(InsightsError::NoScope)
}

/// Whether a condition has the scope as one of the parts that all must hold.
fn is_narrowed(condition: &[Token<'_>]) -> Result<bool, InsightsError> {
    if !condition.contains(&Token::Scope) {
        return Ok(false);
    }
    let (mut depth, mut parts) = (0_usize, vec![Vec::new()]);
    for token in condition {
        if *token == Token::Open {
            depth += 1;
        } else if *token == Token::Close {
            depth = depth.checked_sub(1).ok_or(InsightsError::NotUnderstood)?;
        }
        match (depth, token) {
            (0, it) if it.is_word("or") => return Err(InsightsError::NotAlone),
            (0, it) if it.is_word("and") => parts.push(Vec::new()),
            (_, it) => parts.last_mut().into_iter().for_each(|part| part.push(*it)),
        }
    }
    let (alone, others): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|part| *part == [Token::Scope]);
    let is_elsewhere = others.iter().any(|part| part.contains(&Token::Scope));
    match (alone.is_empty(), is_elsewhere) {
        (false, false) => Ok(true),
        (true, _) | (_, true) => Err(InsightsError::NotAlone),
    }
}

impl InsightsError {
    /// What to do about it.
    pub fn fix(self) -> &'static str {
        match self {
            Self::NotUnderstood => {
                "write filter and parse commands with quoted texts, and field names that need it in \
                 backticks"
            }
            Self::Placeholder | Self::NoScope => "write filter ${scope} and …",
            Self::Command => {
                "leave SOURCE, stats, fields, sort and limit out: lines are counted anyway"
            }
            Self::NotAlone => "write filter ${scope} and (… or …)",
            Self::ScopeAgain => "leave it out: ${scope} stands for it",
            Self::TooLong => "shorten it",
        }
    }
}
