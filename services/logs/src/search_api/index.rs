//! Which index may be read.

use passport_connector_sdk::Builder;

/// Fewest characters before a star: less than these would select much.
const MIN_PREFIX: usize = 4;
/// Longest name; servers allow 255 bytes.
const MAX_NAME: usize = 201;

/// The index, alias, data stream, or prefix with a star at its end, or a problem at `scope.index`.
pub fn check(name: &str, builder: &mut Builder<'_>) -> Option<String> {
    match refused(name) {
        None => Some(name.to_owned()),
        Some(reason) => {
            let fix =
                "name one index, alias or data stream, or a prefix such as logs-checkout-api-*";
            builder.problem("scope.index", reason, fix);
            None
        }
    }
}

/// Why a name is no narrow scope.
fn refused(name: &str) -> Option<&'static str> {
    let prefix = name.strip_suffix('*');
    let stem = prefix.unwrap_or(name);
    let starts = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let inner = |c: char| starts(c) || matches!(c, '.' | '_' | '-');
    if name.is_empty() || matches!(name, "*" | "_all") {
        Some("is every index, or none")
    } else if name.contains(',') {
        Some("names several indices")
    } else if name.contains(':') {
        Some("names another cluster")
    } else if stem.contains('*') {
        Some("has a star elsewhere than at its end")
    } else if prefix.is_some_and(|it| it.len() < MIN_PREFIX) {
        Some("is a pattern with fewer than 4 characters before its star")
    } else if !stem.starts_with(starts) || !stem.chars().all(inner) || name.len() > MAX_NAME {
        Some("is no plain name: lower-case letters, digits and `.`, `_`, `-` between them")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_index_or_one_long_prefix_is_narrow() {
        for good in [
            "payments-logs",
            "logs-checkout-api-*",
            "logs*",
            "logs.checkout_api-2026.05.03",
            "a",
        ] {
            assert_eq!(refused(good), None, "{good}");
        }
    }

    #[test]
    fn what_selects_more_or_elsewhere_is_refused() {
        let long = format!("logs-{}", "a".repeat(MAX_NAME));
        for bad in [
            "",
            "*",
            "_all",
            "**",
            "a*",
            "log*",
            "-logs",
            "-logs-*",
            "logs-*,other",
            "a,b",
            "other:logs-*",
            "*:logs",
            "<logs-{now/d}>",
            "lo*gs",
            "*logs",
            "logs-**",
            "logs-?",
            "Logs",
            "_logs",
            ".logs",
            "../_all",
            "logs/_search",
            "logs#",
            "logs%2a",
            "logs\n",
            "log\u{e9}s",
            &long,
        ] {
            assert!(refused(bad).is_some(), "{bad}");
        }
    }
}
