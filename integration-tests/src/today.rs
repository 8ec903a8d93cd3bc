//! Cases, moved to the present: what a provider said then, said now.

mod moments;

use std::fs;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::Clock as _;
use passport_service_kit::clock::SystemClock;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::workspace;
use moments::Moments;

/// The text of a case, as if it happened as long ago as it was when the case was written.
///
/// # Errors
/// There is no such case, or it names no time.
pub fn of_today(case: &str) -> Result<String> {
    let (then, text) = of_then(case)?;
    let by = TimeDelta::seconds((SystemClock.now() - then).num_seconds());
    Ok(Moments::around(then)?.moved(&text, by))
}

/// The same as JSON, of whose requests nothing is wanted that names a moment: when exactly somebody
/// asks is not known before.
///
/// # Errors
/// As of [`of_today`].
pub fn asked_at_any_time(case: &str) -> Result<Value> {
    let (then, text) = of_then(case)?;
    let moments = Moments::around(then)?;
    let by = TimeDelta::seconds((SystemClock.now() - then).num_seconds());
    let mut moved: Value = serde_json::from_str(&moments.moved(&text, by))?;
    let written: Value = serde_json::from_str(&text)?;
    let listed = moved.get_mut("exchanges").and_then(Value::as_array_mut);
    let then = written.get("exchanges").and_then(Value::as_array);
    for (moved, then) in listed.into_iter().flatten().zip(then.into_iter().flatten()) {
        for part in ["query", "body"] {
            let pointer = format!("/request/{part}");
            if let (Some(moved), Some(then)) = (moved.pointer_mut(&pointer), then.pointer(&pointer))
            {
                forget_what_moved(moved, then);
            }
        }
    }
    // What asks for more is looked at first: what moved tells no requests apart any more.
    if let Some(listed) = moved.get_mut("exchanges").and_then(Value::as_array_mut) {
        listed.sort_by_key(|it| std::cmp::Reverse(keys(it.pointer("/request/body"))));
    }
    let bodies = |case: &Value| -> Vec<String> {
        let listed = case.get("deliveries").and_then(Value::as_array);
        let text = |it: &Value| Some(it.get("bodyText")?.as_str()?.to_owned());
        listed
            .into_iter()
            .flatten()
            .map(|it| text(it).unwrap_or_default())
            .collect()
    };
    let (then, later) = (bodies(&written), bodies(&moved));
    let listed = moved.get_mut("deliveries").and_then(Value::as_array_mut);
    for ((delivery, then), later) in listed.into_iter().flatten().zip(then).zip(later) {
        if let Some(text) = delivery.get_mut("bodyText") {
            *text = digested_anew(&then, later).into();
        }
    }
    Ok(moved)
}

fn keys(body: Option<&Value>) -> usize {
    body.and_then(Value::as_object)
        .map_or(0, serde_json::Map::len)
}

/// A body of several parts, some of which name the digests of others, after those have changed.
fn digested_anew(then: &str, later: String) -> String {
    let parts = |text: &str| -> Vec<String> {
        let parts = text
            .split("\r\n--")
            .filter_map(|it| it.split_once("\r\n\r\n"));
        parts.map(|(_, content)| content.to_owned()).collect()
    };
    let (before, after) = (parts(then), parts(&later));
    let digests = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after);
    let digests: Vec<_> = digests
        .map(|parts| {
            (
                hex::encode(Sha256::digest(parts.0)),
                hex::encode(Sha256::digest(parts.1)),
            )
        })
        .collect();
    let replaced = |text: String, (before, after): &(String, String)| text.replace(before, after);
    digests.iter().fold(later, replaced)
}

/// A text with every moment around one so much later.
///
/// # Errors
/// None that depends on the text.
pub fn moved(text: &str, around: DateTime<Utc>, by: TimeDelta) -> Result<String> {
    Ok(Moments::around(around)?.moved(text, by))
}

/// When a case happened, and its text.
fn of_then(case: &str) -> Result<(DateTime<Utc>, String)> {
    let file = workspace::root().join(format!("services/{case}.case.json"));
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let case: Value = serde_json::from_str(&text)?;
    let now = case.get("now").and_then(Value::as_str);
    Ok((now.context("no time")?.parse()?, text))
}

/// Takes out the keys whose values differ. A list is compared as a whole, and so taken out whole.
fn forget_what_moved(moved: &mut Value, then: &Value) {
    let (Some(keys), Some(then)) = (moved.as_object_mut(), then.as_object()) else {
        return;
    };
    keys.retain(|key, value| value.is_object() || then.get(key) == Some(&*value));
    for (key, value) in keys.iter_mut() {
        forget_what_moved(value, then.get(key).unwrap_or(&Value::Null));
    }
}
