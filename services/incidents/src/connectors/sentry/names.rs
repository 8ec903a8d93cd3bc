//! What Sentry's names may be, so that each stands for one thing. Pure.

/// Longest slug, environment and version that Sentry keeps.
const MAX_SLUG: usize = 100;
const MAX_ENVIRONMENT: usize = 64;
const MAX_RELEASE: usize = 250;
/// Words that Sentry takes for whichever release is the newest.
const NEWEST: &str = "latest";

/// Whether it is the slug of one organization or project. Sentry takes `-1` for all projects, and a
/// number for the id of any.
pub fn is_slug(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    let starts = text.starts_with(|it: char| it.is_ascii_alphanumeric());
    let is_number = text.bytes().all(|it| it.is_ascii_digit());
    text.len() <= MAX_SLUG && starts && text.chars().all(inner) && !is_number && text != NEWEST
}

/// Whether it is the name of one environment.
pub fn is_environment(text: &str) -> bool {
    let odd = |it: char| it.is_control() || matches!(it, '*' | ',' | '"' | '/' | '\\');
    let is_one = text.trim() == text && !text.contains(odd);
    (1..=MAX_ENVIRONMENT).contains(&text.len()) && is_one && !is_any(text)
}

/// Whether it is the version of one release.
pub fn is_release(text: &str) -> bool {
    let is_one = text.trim() == text && may_stand_in_release(text);
    (1..=MAX_RELEASE).contains(&text.len()) && is_one && !is_any(text)
}

/// Whether it may be a part of a version: it ends no quote of a query, is no pattern and no list.
pub fn may_stand_in_release(text: &str) -> bool {
    !text.contains(|it: char| it.is_control() || matches!(it, '*' | ',' | '"' | '\\'))
}

fn is_any(text: &str) -> bool {
    matches!(text, NEWEST | "-1" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_one_thing() {
        for good in ["acme", "checkout-api", "a_1", "0a"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in [
            "", "-1", "*", "a,b", "42", "latest", "a b", "-a", "a/b", "ä",
        ] {
            assert!(!is_slug(bad), "{bad}");
        }
        for good in ["checkout-api@2.14.0+b1", "4f1c2e9", "a/b", "release one"] {
            assert!(is_release(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "-1",
            "latest",
            "a,b",
            "1\" OR is:resolved",
            " a",
            "a\\",
            "a\n",
            "..",
        ] {
            assert!(!is_release(bad), "{bad}");
        }
        for bad in ["", "*", "-1", "latest", "a,b", "a/b", "prod "] {
            assert!(!is_environment(bad), "{bad}");
        }
        assert!(is_environment("production") && is_environment("eu west"));
        assert!(!is_release(&"a".repeat(MAX_RELEASE + 1)));
    }
}
