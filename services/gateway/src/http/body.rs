//! JSON bodies, read strictly.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts as _, Request},
};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use tokio::time::timeout_at;

use super::problem::Problem;
use crate::{budget::Budget, call_error::CallError};

/// Longest key that is repeated.
const LONGEST_WORD: usize = 32;

/// A JSON body of a type that refuses keys which it does not know.
pub(super) struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "the body has to be application/json";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "UNSUPPORTED_MEDIA_TYPE", detail));
        }
        parse(&read(request, state).await?).map(Self)
    }
}

/// The whole body, within the limit of its route and the time of the call.
async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let (mut parts, body) = request.into_parts();
    let budget = Budget::from_request_parts(&mut parts, state).await?;
    let request = Request::from_parts(parts, body);
    let bytes = timeout_at(budget.cutoff(), Bytes::from_request(request, state)).await;
    let bytes = bytes.map_err(|_| CallError::SlowBody)?;
    bytes.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = "the body is larger than this path takes";
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", detail)
        }
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "BROKEN_BODY",
            "the body could not be read to its end",
        ),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = essence.and_then(|it| it.split(';').next());
    essence.is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = readable(&error.path().to_string());
        refused(field, &error.into_inner())
    })?;
    reader
        .end()
        .map_err(|error| refused(String::new(), &error))?;
    Ok(value)
}

/// The path up to a key that is no word: keys are the sender's, and may be a token in its place.
fn readable(path: &str) -> String {
    let letter = |it: char| it.is_ascii_alphabetic() || it == '_';
    let word = |name: &str| name.len() <= LONGEST_WORD && name.chars().all(letter);
    let parts = path.split('.').filter(|it| !it.is_empty());
    let words = parts.take_while(|part| word(part.split('[').next().unwrap_or(part)));
    words.collect::<Vec<_>>().join(".")
}

fn refused(field: String, error: &serde_json::Error) -> Problem {
    match error.classify() {
        Category::Data => Problem::field(field, wanted(error)),
        Category::Syntax | Category::Eof | Category::Io => {
            let place = format!("line {}, column {}", error.line(), error.column());
            let detail = format!("the body is not JSON: it breaks at {place}");
            Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_JSON", detail)
        }
    }
}

/// What is wanted, without what was sent and where it stood: readers find it by its path.
fn wanted(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |it| it.0);
    match what.rsplit_once(", expected ") {
        Some((_, wanted)) => format!("expected {wanted}"),
        None => what.to_owned(),
    }
}

/// A field of a gRPC request under the name that it has in JSON.
pub(super) fn json_field(field: &str) -> String {
    if field == "max_age" {
        return "maxAgeSeconds".to_owned();
    }
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|it| it.to_ascii_uppercase());
        name + &capital.into_iter().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_no_word_is_not_repeated() {
        for (path, told) in [
            (".", ""),
            ("maxAgeSeconds", "maxAgeSeconds"),
            ("scope.service", "scope.service"),
            ("sources[3]", "sources[3]"),
            ("scope.h+qlrqJ/zxYvd", "scope"),
            ("scope.eyJhbGciOiJIUzI1NiJ9.eyJzdWIi", "scope"),
            ("ghp_0123456789", ""),
        ] {
            assert_eq!(readable(path), told, "{path}");
        }
    }
}
