//! Conditions, joined and in parentheses. What is none is refused here, before a provider could read it in a
//! way of its own.

use super::{PatternError, Token};

/// Checks that the tokens are conditions, joined with `&&` and `||`, with every parenthesis closed.
pub fn check(tokens: &[Token<'_>]) -> Result<(), PatternError> {
    let mut rest = tokens;
    let mut open = 0_usize;
    loop {
        while let [Token::Open, after @ ..] = rest {
            (open, rest) = (open + 1, after);
        }
        rest = condition(rest)?;
        while let [Token::Close, after @ ..] = rest {
            open = open.checked_sub(1).ok_or(PatternError::NotUnderstood)?;
            rest = after;
        }
        match rest {
            [] if open == 0 => return Ok(()),
            [Token::And | Token::Or, after @ ..] => rest = after,
            _ => return Err(PatternError::NotUnderstood),
        }
    }
}

/// What stands behind one condition.
fn condition<'a, 'b>(tokens: &'a [Token<'b>]) -> Result<&'a [Token<'b>], PatternError> {
    use Token::{Operator, Quoted, Scope, Selector, Word};
    let is = |word: &str, known: &[&str]| known.iter().any(|it| word.eq_ignore_ascii_case(it));
    match tokens {
        [Scope, rest @ ..]
        | [Selector(_), Operator, Quoted, rest @ ..]
        | [Selector(_), Operator, Word(_), rest @ ..] => Ok(rest),
        [Selector(_), Word(verb), Word(what), rest @ ..]
            if is(verb, &["is"]) && is(what, &["null", "true", "false"])
                || is(verb, &["not"]) && is(what, &["exists"]) =>
        {
            Ok(rest)
        }
        _ => Err(PatternError::NotUnderstood),
    }
}
