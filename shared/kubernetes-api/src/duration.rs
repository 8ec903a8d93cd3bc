//! Durations as Go writes them, and custom resources with it. That of `kube` is not taken: it panics at one that is too
//! long or has a minus inside.

use chrono::TimeDelta;

/// Units, in milliseconds. Longer names first, so that `ms` is not read as `m`.
const UNITS: [(&str, f64); 4] = [("ms", 1.0), ("s", 1e3), ("m", 6e4), ("h", 3.6e6)];
/// Longest interval that is believed: a year.
const LONGEST: f64 = 3.6e6 * 24.0 * 366.0;

/// The duration that a text such as `1h30m` stands for. `None`: none, or one that is not believed.
pub fn duration(text: &str) -> Option<TimeDelta> {
    let mut rest = text;
    let mut millis = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.')?;
        let (number, unit) = rest.split_at_checked(end)?;
        let number: f64 = number.parse().ok()?;
        let (name, factor) = UNITS.into_iter().find(|(name, _)| unit.starts_with(name))?;
        millis += number * factor;
        rest = unit.strip_prefix(name)?;
    }
    let is_one = (1.0..=LONGEST).contains(&millis);
    // Between 1 and 32 thousand million, which fits.
    #[expect(clippy::cast_possible_truncation, reason = "checked just before")]
    is_one.then(|| TimeDelta::milliseconds(millis as i64))
}
