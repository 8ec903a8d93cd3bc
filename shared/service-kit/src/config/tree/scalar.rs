//! Plain scalars by the core schema of YAML 1.2.

use serde_json::Number;

use super::Kind;

/// A plain scalar that looks like a number which JSON does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoSuchNumber {
    pub reason: &'static str,
}

const TOO_LARGE: NoSuchNumber = NoSuchNumber {
    reason: "is a number too large to be kept",
};
const NOT_FINITE: NoSuchNumber = NoSuchNumber {
    reason: "is not a finite number",
};

pub(super) fn resolve(plain: &str) -> Result<Kind, NoSuchNumber> {
    match plain {
        "" | "~" | "null" | "Null" | "NULL" => Ok(Kind::Null),
        "true" | "True" | "TRUE" => Ok(Kind::Bool(true)),
        "false" | "False" | "FALSE" => Ok(Kind::Bool(false)),
        _ => number(plain),
    }
}

fn number(plain: &str) -> Result<Kind, NoSuchNumber> {
    if let Some(digits) = plain.strip_prefix("0o")
        && all(digits, |c| c.is_digit(8))
    {
        return radix(digits, 8);
    }
    if let Some(digits) = plain.strip_prefix("0x")
        && all(digits, |c| c.is_ascii_hexdigit())
    {
        return radix(digits, 16);
    }
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => return Err(NOT_FINITE),
        _ if matches!(plain, ".nan" | ".NaN" | ".NAN") => return Err(NOT_FINITE),
        _ => {}
    }
    if all(unsigned, |c| c.is_ascii_digit()) {
        return integer(plain);
    }
    if is_float(unsigned) {
        return float(plain);
    }
    Ok(Kind::Text(plain.to_owned()))
}

fn all(digits: &str, is_digit: impl Fn(char) -> bool) -> bool {
    !digits.is_empty() && digits.chars().all(is_digit)
}

fn radix(digits: &str, radix: u32) -> Result<Kind, NoSuchNumber> {
    let value = u64::from_str_radix(digits, radix).map_err(|_| TOO_LARGE)?;
    Ok(Kind::Number(value.into()))
}

fn integer(plain: &str) -> Result<Kind, NoSuchNumber> {
    let signed = plain.parse::<i64>().map(Number::from);
    let number = signed
        .or_else(|_| plain.parse::<u64>().map(Number::from))
        .map_err(|_| TOO_LARGE)?;
    Ok(Kind::Number(number))
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part) && whole.len() + part.len() > 0,
        None => all(mantissa, |c| c.is_ascii_digit()),
    };
    let exponent_fits = |exponent: &str| {
        all(exponent.strip_prefix(['-', '+']).unwrap_or(exponent), |c| {
            c.is_ascii_digit()
        })
    };
    mantissa_fits && exponent.is_none_or(exponent_fits)
}

fn float(plain: &str) -> Result<Kind, NoSuchNumber> {
    let value = plain.parse::<f64>().map_err(|_| NOT_FINITE)?;
    Number::from_f64(value).map(Kind::Number).ok_or(TOO_LARGE)
}
