//! What a refusal means. AWS refuses nearly everything with status 400, and says by a word of its own
//! why; after the page "Common error types" and the errors that each operation lists.

use http::HeaderMap;
use passport_connector_sdk::{Object, ReadError, provider::Refusal};
use serde::Deserialize;

/// The header that names the error of a JSON service.
const ERROR_TYPE: &str = "x-amzn-errortype";

const THROTTLED: ReadError = ReadError::Throttled { retry_at: None };

/// Words that say why.
const MEANINGS: [(&str, ReadError); 31] = [
    ("Throttling", THROTTLED),
    ("ThrottlingException", THROTTLED),
    ("ThrottledException", THROTTLED),
    ("RequestThrottled", THROTTLED),
    ("RequestThrottledException", THROTTLED),
    ("TooManyRequestsException", THROTTLED),
    ("RequestLimitExceeded", THROTTLED),
    ("LimitExceededException", THROTTLED),
    ("AccessDenied", ReadError::Denied),
    ("AccessDeniedException", ReadError::Denied),
    ("UnauthorizedOperation", ReadError::Denied),
    ("OptInRequired", ReadError::Denied),
    ("UnrecognizedClientException", ReadError::Unauthenticated),
    ("InvalidClientTokenId", ReadError::Unauthenticated),
    ("ExpiredToken", ReadError::Unauthenticated),
    ("ExpiredTokenException", ReadError::Unauthenticated),
    ("RequestExpired", ReadError::Unauthenticated),
    ("InvalidSignatureException", ReadError::Unauthenticated),
    ("SignatureDoesNotMatch", ReadError::Unauthenticated),
    ("IncompleteSignature", ReadError::Unauthenticated),
    ("IncompleteSignatureException", ReadError::Unauthenticated),
    ("MissingAuthenticationToken", ReadError::Unauthenticated),
    (
        "MissingAuthenticationTokenException",
        ReadError::Unauthenticated,
    ),
    ("InvalidIdentityToken", ReadError::Unauthenticated),
    ("IDPRejectedClaim", ReadError::Unauthenticated),
    ("ClusterNotFoundException", ReadError::NotFound),
    ("ServiceNotFoundException", ReadError::NotFound),
    ("ResourceNotFoundException", ReadError::NotFound),
    ("ResourceNotFound", ReadError::NotFound),
    ("ServiceUnavailable", ReadError::Unreachable),
    ("ServiceUnavailableException", ReadError::Unreachable),
];

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "__type")]
    kind: Option<String>,
    code: Option<String>,
}

/// What AWS means by the word of a refusal; `None`: what its status says.
pub fn meaning(word: &str) -> Option<ReadError> {
    let known = MEANINGS.iter().find(|(known, _)| *known == word);
    known.map(|(_, meaning)| *meaning)
}

/// What a refusal means that no client of the SDK reads. The text beside the word is not read.
pub fn own(refusal: &Refusal<'_>) -> Option<ReadError> {
    match refusal.status().is_client_error() {
        true => meaning(&word(refusal.headers(), refusal.body())?),
        false => None,
    }
}

/// The word, without the namespace before it and the address behind.
pub fn word(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let header = headers.get(ERROR_TYPE).and_then(|it| it.to_str().ok());
    let word = header.map(str::to_owned).or_else(|| of_body(body))?;
    let word = word.rsplit('#').next()?.split(':').next()?;
    Some(word.to_owned())
}

fn of_body(body: &[u8]) -> Option<String> {
    let Object(body) = serde_json::from_slice::<Object<Body>>(body).ok()?;
    body.kind.or(body.code)
}
