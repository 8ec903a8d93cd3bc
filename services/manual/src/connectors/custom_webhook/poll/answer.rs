//! What an endpoint answered.

use http::{StatusCode, header::CONTENT_TYPE};
use passport_connector_sdk::{
    ReadError, Reply,
    json_pointer::{Leaf, Pointer},
    strict_json::{self, Bounds},
};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::connectors::custom_webhook::settings::{Format, Mapping};

/// Most bytes of an answer.
pub const MAX_BYTES: usize = 64 * 1024;

const BOUNDS: Bounds = Bounds {
    lists: &[],
    items: 100_000,
};

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A status; nothing else is looked at.
    Status(StatusCode),
    /// A word for how it is; `None`: a body in which there is none.
    Word(Option<String>),
    /// A body of which only numbers are read.
    Body,
    /// It does not understand the question.
    Rejected,
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    /// It is no answer of a health endpoint: a login page, a redirect, too large, or nothing.
    pub fn read(
        reply: &Reply,
        format: Format,
        is_expected: bool,
        mappings: &[Mapping],
    ) -> Result<Self, ReadError> {
        let refused = reply.refused().filter(|_| !is_expected);
        let is_bad_status = match refused {
            None => false,
            // It answered; that it is not well is what was asked.
            Some(ReadError::Unreachable | ReadError::Rejected) => true,
            Some(ReadError::TimedOut) if reply.status() == StatusCode::GATEWAY_TIMEOUT => true,
            Some(error) => return Err(error),
        };
        if reply.body().len() > MAX_BYTES {
            return Err(ReadError::TooLarge);
        }
        let read = match format {
            Format::StatusOnly => return Self::of_status(reply),
            Format::Mapped => body(reply).map(|_| Self::Body),
            Format::Actuator | Format::HealthJson | Format::Aspnet => word(reply, format),
        };
        let is_readable = match &read {
            Ok(Self::Word(word)) => word.is_some(),
            Ok(Self::Body) => leads_somewhere(mappings, reply.body()),
            Ok(Self::Status(_) | Self::Rejected) | Err(_) => false,
        };
        match (is_bad_status, is_readable) {
            (false, _) | (true, true) => read,
            (true, false) if reply.status().is_server_error() => Err(ReadError::Unreachable),
            (true, false) => Ok(Self::Rejected),
        }
    }

    /// A page where a status was meant is a login page or a proxy's.
    fn of_status(reply: &Reply) -> Result<Self, ReadError> {
        match reply.status().is_success() && says(reply, "text/html") {
            true => Err(ReadError::Malformed),
            false => Ok(Self::Status(reply.status())),
        }
    }
}

/// The body as JSON that can be read in one way only; `None` where it is none.
pub fn document(body: &[u8]) -> Option<&RawValue> {
    let text = strict_json::document(body, &BOUNDS).ok()?;
    serde_json::from_slice(text).ok()
}

fn leads_somewhere(mappings: &[Mapping], body: &[u8]) -> bool {
    document(body).is_some_and(|it| mappings.iter().any(|one| one.pointer.find(it).is_some()))
}

fn word(reply: &Reply, format: Format) -> Result<Answer, ReadError> {
    if format == Format::Aspnet && says(reply, "text/plain") {
        let text = std::str::from_utf8(reply.body()).map_err(|_| ReadError::Malformed)?;
        let text = text.trim();
        let word = (!text.is_empty()).then(|| text.to_owned());
        return word
            .map(|it| Answer::Word(Some(it)))
            .ok_or(ReadError::Malformed);
    }
    let Some(document) = body(reply)? else {
        return Ok(Answer::Word(None));
    };
    let status = Pointer::parse("/status");
    let found = status.and_then(|it| it.find(document).map(Leaf::of));
    Ok(Answer::Word(match found {
        Some(Leaf::Text(word)) => Some(word),
        Some(Leaf::Null | Leaf::Bool | Leaf::Number(_) | Leaf::List | Leaf::Object) | None => None,
    }))
}

/// The body as JSON; `None` where readers understand it differently.
fn body(reply: &Reply) -> Result<Option<&RawValue>, ReadError> {
    let is_json = || serde_json::from_slice::<IgnoredAny>(reply.body()).is_ok();
    match document(reply.body()) {
        _ if says(reply, "text/html") => Err(ReadError::Malformed),
        Some(document) => Ok(Some(document)),
        None if is_json() => Ok(None),
        None => Err(ReadError::Malformed),
    }
}

fn says(reply: &Reply, media_type: &str) -> bool {
    let value = reply.headers().get(CONTENT_TYPE);
    let value = value.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let own = value.split(';').next().unwrap_or_default().trim();
    own.eq_ignore_ascii_case(media_type)
}
