//! The header that carries a deadline: at most eight digits and a unit.

use std::time::Duration;

use http::HeaderMap;

const NAME: &str = "grpc-timeout";

/// How long the caller waits; `None` where it does not say, or not in this form.
pub(super) fn read(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(NAME)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3_600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

/// Tells the next one how long there is, also where the caller did not say.
pub(super) fn write(headers: &mut HeaderMap, wait: Duration) {
    let mut request = tonic::Request::new(());
    request.set_timeout(wait);
    if let Some(value) = request.metadata().as_ref().get(NAME) {
        headers.insert(NAME, value.clone());
    }
}
