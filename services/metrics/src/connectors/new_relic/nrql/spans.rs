//! How deep, and how long.

use super::{NrqlError, lexer::Token};

/// In how many parentheses each token stands; a parenthesis stands outside of itself.
pub fn depths(tokens: &[Token]) -> Result<Vec<u32>, NrqlError> {
    let mut depth = 0_u32;
    let mut depths = Vec::new();
    for token in tokens {
        if *token == Token::Sign(')') {
            depth = depth.checked_sub(1).ok_or(NrqlError::Syntax)?;
        }
        depths.push(depth);
        if *token == Token::Sign('(') {
            depth += 1;
        }
    }
    match depth {
        0 => Ok(depths),
        _ => Err(NrqlError::Syntax),
    }
}

/// A span of so many of a unit, in seconds.
pub fn seconds(number: &str, unit: &str) -> Option<u32> {
    let unit = unit.to_ascii_lowercase();
    let factor = match unit.as_str() {
        "second" | "seconds" => 1,
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(factor)
}
