//! Templates of filter patterns, after the page "Filter pattern syntax for metric filters, subscription filters,
//! filter log events, and Live Tail". Only patterns of JSON lines are taken: others have no fields to narrow by.

mod condition;

use super::{insights::SCOPE, scope::Fields};

/// Longest pattern that is taken.
const MAX_PATTERN: usize = 1_024;

/// Why a template is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Something that is no pattern as it is known here.
    #[error("is no pattern of JSON lines that is understood")]
    NotUnderstood,
    /// No scope, or not as one of the parts that all must hold.
    #[error("does not narrow to `${{scope}}` by itself, joined with &&")]
    NoScope,
    /// A field of the scope is named again, or may be.
    #[error("names a field of the scope again")]
    ScopeAgain,
    /// A value of the scope that patterns can't write.
    #[error("can't hold a value of the scope with a quote or a backslash")]
    Value,
    /// Too long.
    #[error("is longer than 1024 characters")]
    TooLong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Scope,
    Open,
    Close,
    And,
    Or,
    Selector(&'a str),
    Operator,
    /// A text between quotes or a regular expression.
    Quoted,
    /// A number, a text without quotes, or a word of the language.
    Word(&'a str),
}

/// The text of a template that narrows to the fields.
pub fn pattern(template: &str, fields: &Fields) -> Result<String, PatternError> {
    let inner = template.trim().strip_prefix('{');
    let inner = inner.and_then(|it| it.strip_suffix('}'));
    let tokens = tokens(inner.ok_or(PatternError::NotUnderstood)?)?;
    let is_again =
        |it: &Token<'_>| matches!(it, Token::Selector(name) if is_of_scope(name, fields));
    if tokens.iter().any(is_again) {
        return Err(PatternError::ScopeAgain);
    }
    if !is_narrowed(&tokens)? {
        return Err(PatternError::NoScope);
    }
    condition::check(&tokens)?;
    let scope = fields.pattern().ok_or(PatternError::Value)?;
    let text = template.trim().replace(SCOPE, &scope);
    let fits = text.chars().count() <= MAX_PATTERN;
    fits.then_some(text).ok_or(PatternError::TooLong)
}

/// Whether a selector may be that of a field of the scope.
fn is_of_scope(selector: &str, fields: &Fields) -> bool {
    match selector.strip_prefix("$.") {
        Some(name) => fields.has(name) || name.starts_with('*'),
        None => true,
    }
}

fn is_narrowed(tokens: &[Token<'_>]) -> Result<bool, PatternError> {
    let (mut depth, mut parts) = (0_usize, vec![Vec::new()]);
    for token in tokens {
        if *token == Token::Open {
            depth += 1;
        } else if *token == Token::Close {
            depth = depth.checked_sub(1).ok_or(PatternError::NotUnderstood)?;
        }
        match (depth, token) {
            (0, Token::Or) => return Err(PatternError::NoScope),
            (0, Token::And) => parts.push(Vec::new()),
            (_, it) => parts.last_mut().into_iter().for_each(|part| part.push(*it)),
        }
    }
    if depth > 0 {
        return Err(PatternError::NotUnderstood);
    }
    let (alone, others): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|part| *part == [Token::Scope]);
    let is_elsewhere = others.iter().any(|part| part.contains(&Token::Scope));
    Ok(!alone.is_empty() && !is_elsewhere)
}

fn tokens(mut rest: &str) -> Result<Vec<Token<'_>>, PatternError> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(' ');
        let Some(first) = rest.chars().next() else {
            return Ok(found);
        };
        let (token, length) = match first {
            '"' | '%' => (Token::Quoted, quoted(rest, first)?),
            '$' if rest.starts_with(SCOPE) => (Token::Scope, SCOPE.len()),
            '$' => {
                let end = rest
                    .find(|it: char| !is_of_selector(it))
                    .unwrap_or(rest.len());
                let name = rest.get(..end).unwrap_or_default();
                (Token::Selector(name), end)
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '&' if rest.starts_with("&&") => (Token::And, 2),
            '|' if rest.starts_with("||") => (Token::Or, 2),
            '!' if rest.starts_with("!=") => (Token::Operator, 2),
            '<' | '>' if rest.get(1..).is_some_and(|it| it.starts_with('=')) => {
                (Token::Operator, 2)
            }
            '=' | '<' | '>' => (Token::Operator, 1),
            it if is_plain(it) => {
                let end = rest.find(|it: char| !is_plain(it)).unwrap_or(rest.len());
                (Token::Word(rest.get(..end).unwrap_or_default()), end)
            }
            _ => return Err(PatternError::NotUnderstood),
        };
        found.push(token);
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// Length of a text or a regular expression with its marks.
fn quoted(rest: &str, mark: char) -> Result<usize, PatternError> {
    let inner = rest.get(1..).unwrap_or_default();
    let end = inner.find(mark).ok_or(PatternError::NotUnderstood)?;
    let text = inner.get(..end).unwrap_or_default();
    let is_sound = match mark {
        // What the page lists as supported: no blanks, quotes or parentheses.
        // Whether a backslash at its end would take the mark in is not told.
        '%' => text.chars().all(is_of_regex) && !text.ends_with('\\'),
        // Whether a quote could be escaped is not told.
        _ => !text.contains(['\\', '{', '}']) && !text.contains(char::is_control),
    };
    let is_sound = is_sound && !text.contains("${");
    is_sound
        .then_some(end + 2)
        .ok_or(PatternError::NotUnderstood)
}

fn is_of_regex(it: char) -> bool {
    it.is_ascii_alphanumeric() || ":_#=@/;,-^$?[]{}|\\*+.".contains(it)
}

fn is_of_selector(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '$' | '.' | '_' | '-' | '[' | ']' | '*' | '@')
}

fn is_plain(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-' | '*' | '+' | ':' | '/')
}

impl PatternError {
    /// What to do about it.
    pub fn fix(self) -> &'static str {
        match self {
            Self::NotUnderstood | Self::NoScope => {
                "write { ${scope} && ($.event = \"startup_failed\") }"
            }
            Self::ScopeAgain => "leave it out: ${scope} stands for it",
            Self::Value => "use insights, where such values are escaped",
            Self::TooLong => "shorten it",
        }
    }
}
