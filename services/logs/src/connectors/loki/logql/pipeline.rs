//! The stages behind a selector.

use std::collections::BTreeMap;

use super::{LogqlError, lexer::Token};

/// Stages whose errors make the whole query fail.
const PARSERS: [&str; 6] = ["json", "logfmt", "pattern", "regexp", "unpack", "unwrap"];

/// Stages that change what labels say.
const RELABELING: [&str; 3] = ["label_format", "drop", "keep"];

/// Stages that change only the text of a line.
const HARMLESS: [&str; 2] = ["line_format", "decolorize"];

/// Checks the stages.
pub fn check(tokens: &[Token<'_>], scope: &BTreeMap<String, String>) -> Result<(), LogqlError> {
    let names_scope = |token: &Token<'_>| match token {
        Token::Word(word) => scope.contains_key(*word),
        Token::Scope | Token::Text(_) | Token::Number(_) | Token::Sign(_) => false,
    };
    if tokens.iter().any(names_scope) {
        return Err(LogqlError::Overridden);
    }
    let foreign = |token: &Token<'_>| matches!(token, Token::Scope | Token::Sign("{" | "}"));
    if tokens.iter().any(foreign) {
        return Err(LogqlError::Syntax);
    }
    let mut errors_kept = false;
    for stage in stages(tokens) {
        match effect(stage)? {
            Effect::MayFail => errors_kept = true,
            Effect::DropsErrors => errors_kept = false,
            Effect::None => {}
        }
    }
    if errors_kept {
        Err(LogqlError::ErrorsKept)
    } else {
        Ok(())
    }
}

/// Whether a stage turns lines into numbers.
pub fn unwraps(tokens: &[Token<'_>]) -> bool {
    stages(tokens).any(|stage| matches!(stage, [Token::Sign("|"), Token::Word("unwrap"), ..]))
}

enum Effect {
    None,
    MayFail,
    DropsErrors,
}

fn effect(stage: &[Token<'_>]) -> Result<Effect, LogqlError> {
    match stage {
        [
            Token::Sign("|"),
            Token::Word("__error__"),
            Token::Sign("="),
            Token::Text(""),
        ] => Ok(Effect::DropsErrors),
        [Token::Sign("|"), Token::Word(name), ..] if PARSERS.contains(name) => Ok(Effect::MayFail),
        [Token::Sign("|"), Token::Word(name), ..] if RELABELING.contains(name) => {
            Err(LogqlError::Relabels)
        }
        [Token::Sign("|"), Token::Word(name), ..] if HARMLESS.contains(name) => Ok(Effect::None),
        [Token::Sign("|"), Token::Sign("("), ..] => Ok(Effect::None),
        // A condition on a label: the name and a comparison.
        [Token::Sign("|"), Token::Word(_), Token::Sign(_), ..] => Ok(Effect::None),
        [Token::Sign("|"), Token::Word(_), ..] => Err(LogqlError::Unsupported),
        [Token::Sign(sign), wanted @ ..] if filters(sign) && is_alternatives(wanted) => {
            Ok(Effect::None)
        }
        _ => Err(LogqlError::Syntax),
    }
}

/// `"a" or "b"`, each a text or `ip("…")`.
fn is_alternatives(tokens: &[Token<'_>]) -> bool {
    let mut all = tokens.split(|token| *token == Token::Word("or"));
    all.all(|one| {
        matches!(
            one,
            [Token::Text(_)]
                | [
                    Token::Word("ip"),
                    Token::Sign("("),
                    Token::Text(_),
                    Token::Sign(")")
                ]
        )
    })
}

/// The stages, each with the sign before it.
fn stages<'t, 'a>(tokens: &'t [Token<'a>]) -> impl Iterator<Item = &'t [Token<'a>]> {
    tokens.chunk_by(|before, next| !starts(*before, *next))
}

/// Whether a stage starts. The negated line filters are also comparisons of labels, which stand
/// behind a name.
fn starts(before: Token<'_>, next: Token<'_>) -> bool {
    match next {
        Token::Sign("|" | "|=" | "|~" | "|>") => true,
        Token::Sign("!=" | "!~" | "!>") => !matches!(before, Token::Word(_)),
        Token::Scope | Token::Word(_) | Token::Text(_) | Token::Number(_) | Token::Sign(_) => false,
    }
}

fn filters(sign: &str) -> bool {
    matches!(sign, "|=" | "|~" | "|>" | "!=" | "!~" | "!>")
}
