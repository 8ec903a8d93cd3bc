//! Ranges of a query.

/// Longest range, in seconds.
const MAX_RANGE: u32 = 86_400;

/// Seconds of a duration such as `5m` or `1h30m`, up to a day.
pub fn seconds(text: &str) -> Option<u32> {
    let mut total = 0_u32;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u32 = rest.get(..digits)?.parse().ok()?;
        let unit = rest.get(digits..)?;
        let factor = match unit.chars().next()? {
            's' => 1,
            'm' if !unit.starts_with("ms") => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(factor)?)?;
        rest = unit.get(1..)?;
    }
    (1..=MAX_RANGE).contains(&total).then_some(total)
}
