//! Arguments that are named.

use super::{NrqlError, lexer::Token, spans::depths};

/// A colon stands in an argument of a function alone, between its name and a number, as in
/// `apdex(duration, t: 0.5)`.
pub fn check(tokens: &[Token]) -> Result<(), NrqlError> {
    let depths = depths(tokens)?;
    let names = |at: usize| depths.get(at).is_some_and(|depth| *depth > 0) && is_named(tokens, at);
    let mut colons = (0..tokens.len()).filter(|at| tokens.get(*at) == Some(&Token::Sign(':')));
    match colons.all(names) {
        true => Ok(()),
        false => Err(NrqlError::Syntax),
    }
}

/// Whether a name and what begins an argument stand before a place, and one number and what ends it behind.
fn is_named(tokens: &[Token], colon: usize) -> bool {
    let around = colon
        .checked_sub(2)
        .and_then(|from| tokens.get(from..colon + 3));
    matches!(
        around,
        Some([
            Token::Sign('(' | ','),
            Token::Word(_),
            _,
            Token::Number(_),
            Token::Sign(')' | ','),
        ])
    )
}
