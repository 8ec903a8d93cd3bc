//! Cases, moved to the present: what a provider said then, said now.

use std::fs;

use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use passport_evidence::Clock as _;
use passport_service_kit::clock::SystemClock;
use serde_json::Value;

use crate::workspace;

/// The text of a case, as if it happened as long ago as it was when the case was written.
///
/// # Errors
/// There is no such case, or it names no time.
pub fn of_today(case: &str) -> Result<String> {
    let file = workspace::root().join(format!("services/{case}.case.json"));
    let text = fs::read_to_string(file)?;
    let case: Value = serde_json::from_str(&text)?;
    let then: DateTime<Utc> = case
        .get("now")
        .and_then(Value::as_str)
        .context("no time")?
        .parse()?;
    Ok(moved(&text, SystemClock.now() - then))
}

/// Every moment in a text, so much later.
fn moved(text: &str, by: TimeDelta) -> String {
    const FORM: &str = "%Y-%m-%dT%H:%M:%S";
    const LENGTH: usize = "2026-05-03T09:12:40".len();
    let by = TimeDelta::seconds(by.num_seconds());
    let mut moved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("2026-") {
        let (before, from) = rest.split_at(at);
        moved.push_str(before);
        let moment = from.get(..LENGTH);
        let moment = moment.and_then(|it| NaiveDateTime::parse_from_str(it, FORM).ok());
        let (shown, length) = match moment {
            Some(moment) => ((moment + by).format(FORM).to_string(), LENGTH),
            None => ("2026-".to_owned(), "2026-".len()),
        };
        moved.push_str(&shown);
        rest = from.get(length..).unwrap_or_default();
    }
    moved + rest
}
