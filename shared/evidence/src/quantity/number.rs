//! Reading numbers that others wrote.

use std::str::FromStr;

use bigdecimal::BigDecimal;

/// Longest text that is read as a number.
const MAX_LENGTH: usize = 400;
/// Largest power of ten, either way, so that comparing two numbers stays cheap. Wider than `f64`.
const MAX_EXPONENT: i64 = 400;

/// A text that is no finite number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a finite number")]
pub struct NumberError;

/// Reads a decimal, with or without an exponent. `NaN`, `Inf`, blanks, separators and numbers that
/// no measurement gives (beyond 10^400) are errors.
pub fn parse_number(text: &str) -> Result<BigDecimal, NumberError> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    if text.len() > MAX_LENGTH || !text.chars().all(plain) || !has_digit(text) {
        return Err(NumberError);
    }
    let number = BigDecimal::from_str(text).map_err(|_| NumberError)?;
    if number.as_bigint_and_exponent().1.abs() > MAX_EXPONENT {
        return Err(NumberError);
    }
    Ok(number.normalized())
}

/// The shortest decimal that stands for a float; NaN and infinities are errors.
pub fn from_f64(number: f64) -> Result<BigDecimal, NumberError> {
    if number.is_finite() {
        parse_number(&format!("{number:e}"))
    } else {
        Err(NumberError)
    }
}

fn has_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}
