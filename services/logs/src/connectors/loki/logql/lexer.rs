//! The words and signs of a query.

use super::LogqlError;

/// Where the labels go.
pub const PLACEHOLDER: &str = "${scope}";

/// Longest query, in bytes.
const MAX_LENGTH: usize = 5_000;

/// Signs, longer ones first.
const SIGNS: [&str; 27] = [
    "|=", "|~", "|>", "!=", "!~", "!>", "=~", "==", ">=", "<=", "|", "=", ">", "<", "{", "}", "(",
    ")", "[", "]", ",", "+", "-", "*", "/", "%", "^",
];

/// One word or sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// The placeholder of the labels.
    Scope,
    /// A name or keyword.
    Word(&'a str),
    /// What stands between quotes.
    Text(&'a str),
    /// A number, duration or size.
    Number(&'a str),
    /// A sign.
    Sign(&'static str),
}

/// What starts a comment for Loki, which skips Go's comments too.
const COMMENTS: [&str; 3] = ["#", "//", "/*"];

/// Takes a query apart. Comments are refused: they could hide a part from the check.
pub fn tokens(text: &str) -> Result<Vec<Token<'_>>, LogqlError> {
    if text.len() > MAX_LENGTH {
        return Err(LogqlError::TooLong);
    }
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, length) = first(rest)?;
        found.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(found)
}

/// The first token and its length in bytes.
fn first(rest: &str) -> Result<(Token<'_>, usize), LogqlError> {
    if rest.starts_with(PLACEHOLDER) {
        return Ok((Token::Scope, PLACEHOLDER.len()));
    }
    if COMMENTS.iter().any(|start| rest.starts_with(start)) {
        return Err(LogqlError::Syntax);
    }
    let start = rest.chars().next().ok_or(LogqlError::Syntax)?;
    if matches!(start, '"' | '`') {
        return quoted(rest, start);
    }
    if start.is_ascii_digit() {
        let word = run(rest, |c| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | 'µ')
        });
        return Ok((Token::Number(word), word.len()));
    }
    if start.is_ascii_alphabetic() || start == '_' {
        let word = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
        return Ok((Token::Word(word), word.len()));
    }
    let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
    sign.map(|sign| (Token::Sign(sign), sign.len()))
        .ok_or(LogqlError::Syntax)
}

fn run(rest: &str, of_it: impl Fn(char) -> bool) -> &str {
    let end = rest.find(|c| !of_it(c)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// A literal. The labels may not stand in one: their quotes would end it.
fn quoted(rest: &str, quote: char) -> Result<(Token<'_>, usize), LogqlError> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            let inner = rest.get(1..at).unwrap_or_default();
            return if inner.contains(PLACEHOLDER) {
                Err(LogqlError::Unscoped)
            } else {
                Ok((Token::Text(inner), at + 1))
            };
        }
        if c == '\n' && quote == '"' {
            return Err(LogqlError::Syntax);
        }
        escaped = c == '\\' && !escaped && quote == '"';
    }
    Err(LogqlError::Syntax)
}
