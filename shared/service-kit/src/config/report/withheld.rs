//! A secret that stands where a name belongs is told as little as one that stands as a value.

const ELIDED: &str = "…";

/// Shorter runs are words, whatever is in them.
const SHORTEST_OF_BOTH_CASES: usize = 16;

/// As short is no random run without capitals, unless it is easily guessed.
const SHORTEST_OF_SMALL: usize = 24;

/// The text with `…` for every run that nobody would give to a thing as its name.
pub(super) fn withheld(text: &str) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_part = is_part(first);
        let end = rest.find(|c| self::is_part(c) != is_part);
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        told.push_str(if is_random(run) { ELIDED } else { run });
        rest = after;
    }
    told
}

/// Characters of tokens; a dot parts names.
fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/_=~%-".contains(c)
}

/// Names are of one case, or words of both; hashes have no hyphens.
fn is_random(run: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| run.bytes().any(|byte| kind(&byte));
    let (capitals, small) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    let digits = has(u8::is_ascii_digit);
    let mixed = capitals && small && (digits || run.contains(['+', '/', '=']));
    let hash = small && digits && !run.contains(['-', '_', '/']);
    mixed && run.len() >= SHORTEST_OF_BOTH_CASES || hash && run.len() >= SHORTEST_OF_SMALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_random_is_withheld_and_the_rest_is_told() {
        let told = withheld("workspaces.acme.services.vFlfF/Wk+HWPm+0kLbHQz54cPoU/.mode is \"x\"");
        assert_eq!(told, "workspaces.acme.services.….mode is \"x\"");
        let hex = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
        assert_eq!(withheld(&format!("store.{hex}: {hex}")), "store.…: …");
    }

    #[test]
    fn names_are_told_whole() {
        for name in [
            "workspaces.workspace-acme-prod.services.checkout-api-2026-05-03.environments.eu-west-1b",
            "METRICS_TOKEN_OF_TEAM_2",
            "MyCheckoutServiceOfTheShop",
            "2027-01-01T00:00:00Z",
            "https://metrics.example.com:9090",
            "http_request_duration_seconds_bucket",
        ] {
            assert_eq!(withheld(name), name);
        }
    }
}
