//! Deliveries of a case, and what became of them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use passport_connector_sdk::server::Delivered;
use passport_connector_sdk::{Delivery, SenderReply};
use serde_json::Value;

use super::Differences;
use crate::case::{Answer, Case, Delivery as Listed, DeliveryResult, Person};

/// A delivery as it comes in.
pub(super) fn delivery(listed: &Listed, now: DateTime<Utc>) -> Result<Delivery, String> {
    Ok(Delivery {
        headers: headers(listed)?,
        body: body(listed)?,
        received_at: listed.received_at.unwrap_or(now),
    })
}

/// The same delivery as it comes from a person whom the gateway knows.
pub(super) fn by(delivery: Delivery, person: &Person) -> Result<Delivery, String> {
    let wrong = || format!("{} is no id of a person", person.id);
    let known = passport_evidence::Person::read(&person.id, &person.rights.join(","));
    let mut delivery = delivery;
    for (name, value) in known.ok_or_else(wrong)?.headers() {
        let value = HeaderValue::from_str(&value).map_err(|_| wrong())?;
        delivery
            .headers
            .insert(HeaderName::from_static(name), value);
    }
    Ok(delivery)
}

fn headers(listed: &Listed) -> Result<HeaderMap, String> {
    let parse = |(name, value): (&String, &String)| {
        let wrong = || format!("a delivery has a header {name} that HTTP can't carry");
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        Ok((header, HeaderValue::from_str(value).map_err(|_| wrong())?))
    };
    listed.headers.iter().map(parse).collect()
}

fn body(listed: &Listed) -> Result<Bytes, String> {
    match (&listed.body_text, &listed.body_base64) {
        (Some(text), _) => Ok(text.clone().into()),
        (None, Some(base64)) => BASE64_STANDARD
            .decode(base64)
            .map(Bytes::from)
            .map_err(|_| "the bytes of a delivery are no base64".to_owned()),
        (None, None) => Ok(Bytes::new()),
    }
}

/// Compares what became of each delivery, and what its sender got.
pub(super) fn compare(case: &Case, answers: &[Delivered], differences: &mut Differences) {
    for (at, (listed, answer)) in case.deliveries.iter().zip(answers).enumerate() {
        let result = result(answer);
        if result != listed.result {
            let wanted = listed.result;
            differences.add(format!("delivery {at} is {result:?}, not {wanted:?}").to_lowercase());
        }
    }
    let Some(responses) = &case.rules.responses else {
        return;
    };
    if responses.len() != answers.len() {
        differences.add(format!(
            "{} responses are listed for {} deliveries",
            responses.len(),
            answers.len()
        ));
    }
    for (at, (wanted, answer)) in responses.iter().zip(answers).enumerate() {
        for difference in reply(wanted, answer.reply()) {
            differences.add(format!("the answer to delivery {at} {difference}"));
        }
    }
}

fn result(answer: &Delivered) -> DeliveryResult {
    match answer {
        Delivered::Accepted(..) => DeliveryResult::Accepted,
        Delivered::Duplicate(..) => DeliveryResult::Duplicate,
        Delivered::Rejected(_) => DeliveryResult::Rejected,
    }
}

/// What is not as listed in a sender's answer.
fn reply(wanted: &Answer, found: &SenderReply) -> Vec<String> {
    let mut differences = Vec::new();
    if found.status.as_u16() != wanted.status {
        let status = found.status.as_u16();
        differences.push(format!("has status {status}, not {}", wanted.status));
    }
    for (name, value) in &wanted.headers {
        let header = found.headers.get(name).and_then(|it| it.to_str().ok());
        if header != Some(value) {
            differences.push(format!("has no header {name}: {value}"));
        }
    }
    if let Some(body) = &wanted.body {
        let found = serde_json::from_slice(&found.body).unwrap_or(Value::Null);
        if !has(body, &found) {
            differences.push(format!("has the body {found}, not one with {body}"));
        }
    }
    differences
}

/// Objects key by key at every depth, all else whole.
fn has(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted
            .iter()
            .all(|(key, value)| found.get(key).is_some_and(|found| has(value, found))),
        (wanted, found) => wanted == found,
    }
}
