//! CloudEvents 1.0 around a payload, in their structured mode. Of the binary mode the headers are not
//! signed, so that nothing is read of them.

use chrono::{DateTime, Utc};
use http::{HeaderMap, header::CONTENT_TYPE};
use serde_json::Value;

use super::payload::Flaw;

/// A payload out of its envelope.
pub struct Opened {
    /// The payload.
    pub payload: Value,
    /// When the event happened, as its sender says.
    pub time: Option<DateTime<Utc>>,
    /// Tells the event from every other of its sender.
    pub event: Option<String>,
}

/// Takes a payload out of its envelope, if there is one.
///
/// # Errors
/// The envelope is not whole, or holds several events.
pub fn open(headers: &HeaderMap, document: Value) -> Result<Opened, Flaw> {
    match media_type(headers).as_str() {
        "application/cloudevents-batch+json" => Err(Flaw::Batch),
        "application/cloudevents+json" => of_event(document),
        _ => Ok(Opened {
            payload: document,
            time: None,
            event: None,
        }),
    }
}

fn of_event(mut event: Value) -> Result<Opened, Flaw> {
    let text = |key: &str| {
        let found = event.get(key).and_then(Value::as_str);
        found.filter(|it| !it.is_empty()).map(str::to_owned)
    };
    let is_json = text("datacontenttype").is_none_or(|it| holds_json(&it));
    let (id, source) = (text("id"), text("source"));
    if text("specversion").as_deref() != Some("1.0") || text("type").is_none() || !is_json {
        return Err(Flaw::Event);
    }
    let time = match event.get("time") {
        None | Some(Value::Null) => None,
        Some(time) => {
            let time = time
                .as_str()
                .and_then(|it| DateTime::parse_from_rfc3339(it).ok());
            Some(time.ok_or(Flaw::Event)?.to_utc())
        }
    };
    let names = source.zip(id).ok_or(Flaw::Event)?;
    let payload = event.get_mut("data").map(Value::take).ok_or(Flaw::Event)?;
    Ok(Opened {
        payload,
        time,
        // As JSON, so that no two pairs of names read alike.
        event: Some(serde_json::json!([names.0, names.1]).to_string()),
    })
}

/// Whether a media type, whatever its parameters, is one of JSON ("JSON Event Format", handling of `data`).
fn holds_json(media_type: &str) -> bool {
    let own = media_type.split(';').next().unwrap_or_default();
    let own = own.trim().to_ascii_lowercase();
    own.ends_with("/json") || own.ends_with("+json")
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let own = value
        .and_then(|it| it.split(';').next())
        .unwrap_or_default();
    own.trim().to_ascii_lowercase()
}
