//! Takes a query apart.

use super::{NrqlError, PLACEHOLDER};

/// Longest query.
const MAX_LENGTH: usize = 4_000;

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A word, whatever it means.
    Word(String),
    /// A number.
    Number(String),
    /// A text between single quotes, as it stands there.
    Text(String),
    /// Where the scope goes.
    Scope,
    /// Any other sign.
    Sign(char),
}

impl Token {
    /// Whether it is a word, in whatever case.
    pub fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }
}

/// The parts of a query. Comments, names and texts in other quotes, and signs that no plain query has are
/// errors.
pub fn tokens(text: &str) -> Result<Vec<Token>, NrqlError> {
    if text.len() > MAX_LENGTH {
        return Err(NrqlError::Syntax);
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, after) = next(rest)?;
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn next(rest: &str) -> Result<(Token, &str), NrqlError> {
    if let Some(after) = rest.strip_prefix(PLACEHOLDER) {
        return Ok((Token::Scope, after));
    }
    if ["--", "//", "/*"].iter().any(|it| rest.starts_with(it)) {
        return Err(NrqlError::Syntax);
    }
    let in_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    match rest.chars().next().ok_or(NrqlError::Syntax)? {
        '\'' => quoted(rest),
        c if c.is_ascii_digit() => {
            let (number, after) = run(rest, |c| c.is_ascii_digit() || c == '.');
            Ok((Token::Number(number.to_owned()), after))
        }
        c if c.is_ascii_alphabetic() || c == '_' => {
            let (word, after) = run(rest, in_word);
            Ok((Token::Word(word.to_owned()), after))
        }
        c @ ('(' | ')' | ',' | '*' | '=' | '!' | '<' | '>' | '+' | '-' | '/' | '%' | ':') => {
            let after = rest.get(c.len_utf8()..).unwrap_or_default();
            Ok((Token::Sign(c), after))
        }
        _ => Err(NrqlError::Syntax),
    }
}

fn run(rest: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
    rest.split_at_checked(end).unwrap_or((rest, ""))
}

/// A text up to the quote that no backslash stands before.
fn quoted(rest: &str) -> Result<(Token, &str), NrqlError> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c.is_control() {
            return Err(NrqlError::Syntax);
        }
        if c == '\'' && !escaped {
            let text = rest.get(1..at).ok_or(NrqlError::Syntax)?;
            let after = rest.get(at + 1..).ok_or(NrqlError::Syntax)?;
            return match text.contains(PLACEHOLDER) {
                // It would be replaced there too.
                true => Err(NrqlError::Unscoped),
                false => Ok((Token::Text(text.to_owned()), after)),
            };
        }
        escaped = c == '\\' && !escaped;
    }
    Err(NrqlError::Syntax)
}
