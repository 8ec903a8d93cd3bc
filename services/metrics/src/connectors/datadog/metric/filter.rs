//! Reads what stands between the braces of a metric, after the page "Advanced Filtering" of Datadog. Only
//! tags with commas between them are taken: every one of them narrows what is asked.

use super::{MetricError, PLACEHOLDER};
use crate::connectors::datadog::scope::Tags;

/// What follows the closing brace of a filter that has the scope once, and whose other tags are not of it.
pub fn scoped<'a>(mut rest: &'a str, tags: &Tags) -> Result<&'a str, MetricError> {
    let mut scoped = false;
    loop {
        rest = rest.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix(PLACEHOLDER) {
            if std::mem::replace(&mut scoped, true) {
                return Err(MetricError::Overridden);
            }
            rest = after;
        } else {
            let end = rest.find([',', '}']).ok_or(MetricError::Syntax)?;
            let (tag, after) = rest.split_at_checked(end).ok_or(MetricError::Syntax)?;
            check(tag.trim_end_matches(' '), tags)?;
            rest = after;
        }
        rest = rest.trim_start_matches(' ');
        match (rest.strip_prefix(','), rest.strip_prefix('}')) {
            (Some(after), _) => rest = after,
            (None, Some(after)) if scoped => return Ok(after),
            (None, Some(_)) => return Err(MetricError::Unscoped),
            (None, None) => return Err(MetricError::Syntax),
        }
    }
}

fn check(tag: &str, tags: &Tags) -> Result<(), MetricError> {
    // Everything, beside the scope or in place of it.
    if matches!(tag, "*" | "") {
        return Err(MetricError::Unscoped);
    }
    let plain = tag.strip_prefix('!').unwrap_or(tag);
    let (key, value) = plain.split_once(':').ok_or(MetricError::Syntax)?;
    if tags.names(key) {
        return Err(MetricError::Overridden);
    }
    match is_key(key) && is_value(value) {
        true => Ok(()),
        false => Err(MetricError::Syntax),
    }
}

/// A key of a tag.
pub fn is_key(key: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(inner)
}

/// Patterns are no harm beside the scope.
fn is_value(value: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "_./:*-".contains(c);
    !value.is_empty() && value.chars().all(inner)
}
