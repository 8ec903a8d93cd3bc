//! What may differ between two answers to one question: times and ids, by their names.

use anyhow::Result;
use regex::Regex;

/// Keys of JSON whose values are times.
const TIMES: &str = "observedAt|collectedAt|retryAt|validatedAt|failingSince|since|at";

/// A time as our JSON writes it.
const TIME: &str = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z";

/// Headers that tell a request from others, or when it was answered. The length follows from the
/// body, which is compared.
const OF_THE_REQUEST: [&str; 3] = ["content-length", "date", "x-request-id"];

/// Takes times out of an answer, where they stand alone: under their names in JSON, in cells of a
/// table in HTML.
pub fn without_times(text: &str) -> Result<String> {
    let times = Regex::new(&format!(r#""({TIMES})":"{TIME}""#))?;
    let cells = Regex::new(&format!("<td>{TIME}</td>"))?;
    let text = times.replace_all(text, r#""$1":"TIME""#);
    Ok(cells.replace_all(&text, "<td>TIME</td>").into_owned())
}

/// The same in a message of protobuf, whose times are of one type.
pub fn without_timestamps(message: &impl std::fmt::Debug) -> Result<String> {
    let times = Regex::new(r"Timestamp \{ seconds: \d+, nanos: \d+ \}")?;
    let text = format!("{message:?}");
    Ok(times.replace_all(&text, "TIME").into_owned())
}

/// Headers by name, without those that are the request's own.
pub fn headers(headers: &http::HeaderMap) -> Vec<String> {
    let kept = headers
        .iter()
        .filter(|(name, _)| !OF_THE_REQUEST.contains(&name.as_str()));
    let mut lines: Vec<_> = kept
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    lines.sort();
    lines
}

/// Events of a stream in the order of their texts: they come as sources answer. The last one stays
/// the last.
pub fn events(stream: &str) -> Vec<&str> {
    let mut events: Vec<_> = stream
        .split_terminator("\n\n")
        .filter(|event| !event.starts_with(':'))
        .collect();
    if let Some((_last, others)) = events.split_last_mut() {
        others.sort_unstable();
    }
    events
}

#[test]
fn nothing_but_a_time_under_its_name_is_taken_out() -> Result<()> {
    let answer = r#"{"observedAt":"2026-05-03T09:30:00Z","retryAt":"2026-05-03T09:30:00.123Z"}"#;
    let without = r#"{"observedAt":"TIME","retryAt":"TIME"}"#;
    assert_eq!(without_times(answer)?, without);
    for kept in [
        r#"{"observedAt":null}"#,
        r#"{"observedAt":""}"#,
        r#"{"observedAt": "2026-05-03T09:30:00Z"}"#,
        r#"{"observedAt":"2026-05-03T09:30:00Z, or so"}"#,
        r#"{"observedAt":"2026-05-03"}"#,
        r#"{"value":"2026-05-03T09:30:00Z"}"#,
        r#"{"maxAgeSeconds":300,"status":"passed","value":"0.02%"}"#,
        r#"{"message":"failing at 2026-05-03T09:30:00Z"}"#,
        r#"{"source":"prom","item":"http://127.0.0.1:4318"}"#,
    ] {
        assert_eq!(without_times(kept)?, kept);
    }
    Ok(())
}

#[test]
fn nothing_but_timestamps_is_taken_out_of_a_message() -> Result<()> {
    #[derive(Debug)]
    struct Other {
        #[allow(dead_code, reason = "shown by Debug")]
        seconds: i64,
    }
    let message = (
        prost_types::Timestamp::default(),
        prost_types::Duration::default(),
        Other { seconds: 1 },
    );
    assert_eq!(
        without_timestamps(&message)?,
        "(TIME, Duration { seconds: 0, nanos: 0 }, Other { seconds: 1 })"
    );
    Ok(())
}

#[test]
fn no_header_but_those_of_the_request_is_taken_out() {
    let mut all = http::HeaderMap::new();
    for name in ["date", "x-request-id", "content-type", "retry-after"] {
        all.insert(name, http::HeaderValue::from_static("1"));
    }
    assert_eq!(headers(&all), ["content-type: \"1\"", "retry-after: \"1\""]);
}

#[test]
fn no_event_is_lost_and_the_last_one_stays_there() {
    assert_eq!(events("c\n\nb\n\na\n\n"), ["b", "c", "a"]);
}
