use http::{HeaderName, HeaderValue};

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

/// Seconds from now until the headers say to try again.
fn waits(headers: &[(&'static str, &'static str)]) -> Option<i64> {
    let headers = headers.iter().map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    });
    let at = retry_at(&headers.collect(), now());
    at.map(|at| (at - now()).num_seconds())
}

#[test]
fn a_spent_budget_says_when_it_is_filled_again_as_a_time_or_a_count() {
    let spent = ("x-ratelimit-remaining", "0");
    assert_eq!(
        waits(&[spent, ("x-ratelimit-reset", "1777800660")]),
        Some(60)
    );
    assert_eq!(
        waits(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "30")]),
        Some(30)
    );
    let first = [
        spent,
        ("x-ratelimit-reset", "1777800660"),
        ("retry-after", "5"),
    ];
    assert_eq!(
        waits(&first),
        Some(5),
        "what is said in so many words counts"
    );
}

#[test]
fn the_end_of_a_window_in_milliseconds_is_read_by_itself() {
    let end = |value: &'static str| {
        let name = HeaderName::from_static("x-ratelimit-reset");
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        window_end(&headers, now()).map(|at| (at - now()).num_seconds())
    };
    assert_eq!(end("1777800607000"), Some(7));
    for odd in [
        "1777800607",
        "1777800599000",
        "-1777800607000",
        "99999999999999999999",
        "soon",
    ] {
        assert_eq!(end(odd), None, "{odd}");
    }
}

#[test]
fn the_time_of_a_budget_that_is_not_spent_says_nothing() {
    assert_eq!(waits(&[("x-ratelimit-reset", "1777800660")]), None);
    let left = [
        ("x-ratelimit-remaining", "7"),
        ("x-ratelimit-reset", "1777800660"),
    ];
    assert_eq!(waits(&left), None);
    let other = [("ratelimit-remaining", "0"), ("ratelimit-reset", "30")];
    assert_eq!(waits(&[left, other].concat()), Some(30));
}

#[test]
fn no_time_is_made_up() {
    let spent = ("x-ratelimit-remaining", "0");
    assert_eq!(waits(&[spent]), None);
    for odd in [
        "",
        "soon",
        "-5",
        "1777800660000",
        "1777800600",
        "1777000000",
    ] {
        assert_eq!(waits(&[spent, ("x-ratelimit-reset", odd)]), None, "{odd}");
    }
    let far = waits(&[spent, ("x-ratelimit-reset", "1999999999")]);
    assert_eq!(
        far,
        Some(MAX_WAIT.num_seconds()),
        "no longer than is believed"
    );
}
