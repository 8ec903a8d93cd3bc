//! An answer or an upload as a whole, before anything of it is read.

use http::{HeaderMap, header::CONTENT_TYPE};
use passport_connector_sdk::{
    ReadError, Reply,
    strict_json::{self, Bounds, Refused},
};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// Lines, points and series. None of them is read that no pointer leads to.
const BOUNDS: Bounds = Bounds {
    lists: &["datapoints"],
    items: 1_000_000,
};

/// A document that can be read in one way only.
///
/// # Errors
/// It is not, or is over its bounds.
pub fn document(bytes: &[u8]) -> Result<&RawValue, Refused> {
    let text = strict_json::document(bytes, &BOUNDS)?;
    serde_json::from_slice(text).map_err(|_| Refused::NotStrict)
}

/// The document of an answer: the content type first, then the body.
///
/// # Errors
/// It is no JSON, too much of it, or JSON that readers understand differently.
pub fn of_reply(reply: &Reply) -> Result<&RawValue, ReadError> {
    if !says_json(reply.headers()) || reply.body().is_empty() {
        return Err(ReadError::Malformed);
    }
    document(reply.body()).map_err(|refused| match refused {
        Refused::TooMany => ReadError::TooLarge,
        Refused::NotStrict => match serde_json::from_slice::<IgnoredAny>(reply.body()) {
            Ok(_) => ReadError::Shape,
            Err(_) => ReadError::Malformed,
        },
    })
}

/// `application/json`, or a type that ends in `+json`.
pub fn says_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media_type = value.and_then(|it| it.split(';').next()).map(str::trim);
    media_type.is_some_and(|it| {
        let it = it.to_ascii_lowercase();
        it == "application/json" || it.ends_with("+json")
    })
}
