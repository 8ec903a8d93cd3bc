//! Metrics, their values and what is wanted of them. Pure.

use passport_evidence::{Quantity, Threshold, Unit, Value, quantity::parse_number};

/// Longest key of a metric.
const MAX_METRIC: usize = 64;
/// Longest number that is read.
const MAX_NUMBER: usize = 40;
const LETTERS: [&str; 5] = ["A", "B", "C", "D", "E"];

/// What the values of a metric are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Letters; SonarQube writes them as 1 to 5.
    Rating,
}

// === impl Kind ===

impl Kind {
    /// By its key: the page "Metric definitions" names every rating so.
    pub fn of(metric: &str) -> Self {
        match metric.ends_with("_rating") {
            true => Self::Rating,
            false => Self::Number,
        }
    }
}

/// Whether a text looks like the key of a metric.
pub fn is_metric(key: &str) -> bool {
    let inner = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "_-.".contains(it);
    (1..=MAX_METRIC).contains(&key.len())
        && key.starts_with(|it: char| it.is_ascii_lowercase())
        && key.chars().all(inner)
}

/// What a user wants of a metric; `None` where it is no threshold, or of another form.
pub fn threshold(metric: &str, text: &str) -> Option<Threshold> {
    let threshold: Threshold = text.parse().ok()?;
    match Kind::of(metric) {
        Kind::Number => threshold.in_unit(Unit::Count).ok(),
        Kind::Rating => {
            let threshold = threshold.of_words().ok()?;
            lists_letters(&threshold.to_string()).then_some(threshold)
        }
    }
}

fn lists_letters(threshold: &str) -> bool {
    let is_letter = |it: &str| LETTERS.contains(&it.trim());
    let one = ["= ", "!= "]
        .iter()
        .find_map(|it| threshold.strip_prefix(it));
    let several = ["in ", "not in "]
        .iter()
        .find_map(|it| threshold.strip_prefix(it));
    one.is_some_and(is_letter) || several.is_some_and(|it| it.split(',').all(is_letter))
}

/// A value of a metric; `None` where it is none that the metric can have.
pub fn value(metric: &str, text: &str) -> Option<Value> {
    match Kind::of(metric) {
        Kind::Rating => letter(text).map(Value::from),
        Kind::Number => quantity(text).map(Value::from),
    }
}

/// The same to show beside a verdict of the provider, with all its digits.
pub fn shown(metric: &str, text: &str) -> Option<Value> {
    match Kind::of(metric) {
        Kind::Rating => letter(text).map(Value::from),
        Kind::Number => quantity(text).map(|_| Value::from(text)),
    }
}

/// What a condition wants: SonarQube names what must not be. `None` where it names nothing that can
/// be read.
pub fn wanted(metric: &str, comparator: &str, limit: &str) -> Option<Threshold> {
    match Kind::of(metric) {
        Kind::Rating => letters(comparator, letter(limit)?)?.parse().ok(),
        Kind::Number => {
            let sign = match comparator {
                "LT" => ">=",
                "GT" => "<=",
                "EQ" => "!=",
                "NE" => "=",
                _ => return None,
            };
            quantity(limit)?;
            format!("{sign} {limit}").parse().ok()
        }
    }
}

fn letters(comparator: &str, limit: &str) -> Option<String> {
    let good: Vec<_> = match comparator {
        "GT" => LETTERS.into_iter().filter(|it| *it <= limit).collect(),
        "LT" => LETTERS.into_iter().filter(|it| *it >= limit).collect(),
        "EQ" => LETTERS.into_iter().filter(|it| *it != limit).collect(),
        "NE" => vec![limit],
        _ => return None,
    };
    Some(match good.as_slice() {
        [one] => format!("= {one}"),
        several => format!("in {}", several.join(", ")),
    })
}

fn letter(text: &str) -> Option<&'static str> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let at = ["1", "2", "3", "4", "5"]
        .iter()
        .position(|it| *it == whole)?;
    LETTERS.get(at).copied()
}

fn quantity(text: &str) -> Option<Quantity> {
    if text.len() > MAX_NUMBER {
        return None;
    }
    let number = parse_number(text).ok()?;
    Some(Quantity::new(number, Unit::Count))
}
