//! A scope that is labels, and the tenant it lies in, as providers of series and streams have them.

use std::collections::BTreeMap;

use http::HeaderValue;

use crate::kind::Builder;

/// Longest value of a label.
const MAX_VALUE: usize = 200;
/// Longest name of a tenant.
const MAX_TENANT: usize = 150;

/// Whether labels select exactly one thing; problems below `scope.labels` where they do not. `of` is what
/// carries them, such as `series`.
pub fn check_labels(
    labels: &BTreeMap<String, String>,
    of: &str,
    builder: &mut Builder<'_>,
) -> bool {
    if labels.is_empty() {
        let fix = format!("name at least one label that only this service's {of} carry");
        builder.problem("scope.labels", "narrows nothing", fix);
        return false;
    }
    let mut sound = true;
    for (name, value) in labels {
        if !is_label_name(name) || !is_narrow_value(value) {
            let reason = "is no plain label value: no patterns, quotes, braces or blanks";
            let fix = "write the exact value of one service, such as checkout-api";
            builder.problem(format!("scope.labels.{name}"), reason, fix);
            sound = false;
        }
    }
    sound
}

/// The header value of a tenant, or a problem at `tenant`: several at once are no narrow scope.
pub fn tenant(name: &str, builder: &mut Builder<'_>) -> Option<HeaderValue> {
    let is_one = !name.is_empty() && name.len() <= MAX_TENANT && !name.contains(['|', '*']);
    let value = HeaderValue::from_str(name).ok().filter(|_| is_one);
    if value.is_none() {
        let fix = "name exactly one, without `|`";
        builder.problem("tenant", "is not one tenant", fix);
    }
    value
}

fn is_label_name(name: &str) -> bool {
    let mut chars = name.chars();
    let starts = chars
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    starts && !name.starts_with("__") && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether it is the plain value of one label, and no pattern.
pub fn is_narrow_value(value: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | ':' | '-');
    value.len() <= MAX_VALUE
        && value.starts_with(|first: char| first.is_ascii_alphanumeric())
        && value.chars().all(inner)
        && !value.contains(".*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_narrow_where_it_is_no_pattern() {
        for good in ["checkout-api", "v1.2", "a/b:c_d", "0"] {
            assert!(is_narrow_value(good), "{good}");
        }
        let long = "a".repeat(MAX_VALUE + 1);
        for bad in [
            "", "*", "a*", "a.*", ".*", "a|b", "a b", "\"a\"", "{a}", "-a", "é", &long,
        ] {
            assert!(!is_narrow_value(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_that_the_provider_does_not_keep_to_itself() {
        assert!(is_label_name("service_name") && is_label_name("_a1"));
        for bad in ["", "1a", "__name__", "a-b", "a=\"b\",c"] {
            assert!(!is_label_name(bad), "{bad}");
        }
    }
}
