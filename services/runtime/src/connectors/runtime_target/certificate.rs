//! When a certificate ends: the one field of X.509 (RFC 5280, section 4.1) that is read, in DER (X.690).

use chrono::{DateTime, NaiveDate, Utc};

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// The end of a certificate's validity. `None`: it is none, or of a form that no authority may issue.
pub fn not_after(certificate: &[u8]) -> Option<DateTime<Utc>> {
    let (certificate, _) = tagged(certificate, SEQUENCE)?;
    let (fields, _) = tagged(certificate, SEQUENCE)?;
    // Those of the first version do not say it.
    let rest = tagged(fields, VERSION).map_or(fields, |(_, rest)| rest);
    let (_serial, rest) = tagged(rest, INTEGER)?;
    let (_algorithm, rest) = tagged(rest, SEQUENCE)?;
    let (_issuer, rest) = tagged(rest, SEQUENCE)?;
    let (validity, _) = tagged(rest, SEQUENCE)?;
    let (_, _not_before, rest) = element(validity)?;
    let (tag, not_after, _) = element(rest)?;
    match tag {
        UTC_TIME => time(not_after, 2),
        GENERALIZED_TIME => time(not_after, 4),
        _ => None,
    }
}

/// The content of an element with this tag, and what follows it.
fn tagged(der: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(der)?;
    (tag == wanted).then_some((content, rest))
}

/// Tag and content of the first element, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // More than four bytes of length are no certificate's.
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let grow = |length: usize, byte: &u8| length << 8 | usize::from(*byte);
            (bytes.iter().fold(0, grow), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`. Two digits of a year are those of 1950 to 2049.
fn time(text: &[u8], digits_of_year: usize) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|it| it.is_ascii_digit()) || text.len() != digits_of_year + 10 {
        return None;
    }
    let (year, rest) = text.split_at_checked(digits_of_year)?;
    let year: i32 = year.parse().ok()?;
    let year = match (digits_of_year, year) {
        (2, 0..=49) => 2000 + year,
        (2, _) => 1900 + year,
        _ => year,
    };
    let mut pairs = rest.as_bytes().chunks_exact(2);
    let mut next = || -> Option<u32> { std::str::from_utf8(pairs.next()?).ok()?.parse().ok() };
    let (month, day) = (next()?, next()?);
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let at = date.and_hms_opt(next()?, next()?, next()?)?;
    Some(at.and_utc())
}
