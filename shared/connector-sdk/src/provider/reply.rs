//! An answer that can be read.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;

use super::{ReadError, headers};

/// Tells answers that can be read from those that can't.
pub(super) type Sort = fn(passport_http_guard::Reply, DateTime<Utc>) -> Result<Reply, ReadError>;

/// An answer with a good status.
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    asked_at: DateTime<Utc>,
}

impl Reply {
    /// Sorts an answer by its status: only 2xx can be read.
    pub(super) fn sort(
        reply: passport_http_guard::Reply,
        asked_at: DateTime<Utc>,
    ) -> Result<Self, ReadError> {
        let passport_http_guard::Reply {
            status,
            headers,
            body,
        } = reply;
        let throttled = || ReadError::Throttled {
            retry_at: headers::retry_at(&headers, asked_at),
        };
        match status.as_u16() {
            200..=299 => Ok(Self {
                status,
                headers,
                body,
                asked_at,
            }),
            300..=399 | 100..=199 => Err(ReadError::Malformed),
            401 => Err(ReadError::Unauthenticated),
            403 if has_rate_signature(&headers) => Err(throttled()),
            402 | 403 => Err(ReadError::Denied),
            404 => Err(ReadError::NotFound),
            // 499: somebody before the provider gave up waiting for it.
            408 | 499 | 504 => Err(ReadError::TimedOut),
            429 => Err(throttled()),
            400..=499 => Err(ReadError::Rejected),
            _ => Err(ReadError::Unreachable),
        }
    }

    /// The same, where what does not exist is an answer too.
    pub(super) fn sort_with_absent(
        reply: passport_http_guard::Reply,
        asked_at: DateTime<Utc>,
    ) -> Result<Self, ReadError> {
        match reply.status {
            StatusCode::NOT_FOUND => Ok(Self {
                status: reply.status,
                headers: reply.headers,
                body: reply.body,
                asked_at,
            }),
            _ => Self::sort(reply, asked_at),
        }
    }

    /// Status, 200 to 299; 404 of what was to be found.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as it came.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// How old a live read of present state is: the earlier of the moment before asking and the
    /// answer's own date.
    pub fn observed_at(&self) -> DateTime<Utc> {
        headers::date(&self.headers).map_or(self.asked_at, |date| date.min(self.asked_at))
    }

    /// Reads a JSON body. What is not JSON at all is malformed; JSON of another shape is told apart.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        if self.body.is_empty() || self.says_html() {
            return Err(ReadError::Malformed);
        }
        serde_json::from_slice(&self.body).map_err(|error| match error.classify() {
            // Another shape is told at once, perhaps before the end of what is no JSON.
            serde_json::error::Category::Data if self.is_json() => ReadError::Shape,
            serde_json::error::Category::Data => ReadError::Malformed,
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => ReadError::Malformed,
        })
    }

    fn is_json(&self) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok()
    }

    fn says_html(&self) -> bool {
        let media_type = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        media_type.is_some_and(|text| text.trim_start().starts_with("text/html"))
    }
}

impl std::fmt::Debug for Reply {
    /// Neither headers nor body: both may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("asked_at", &self.asked_at)
            .finish_non_exhaustive()
    }
}

/// Some providers refuse with 403 what others throttle with 429; they say so with a header.
fn has_rate_signature(headers: &HeaderMap) -> bool {
    headers.contains_key(http::header::RETRY_AFTER) || headers::is_spent(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_who_gave_up_waiting_says_that_it_took_too_long() {
        for status in [408, 499, 504] {
            let reply = passport_http_guard::Reply {
                status: StatusCode::from_u16(status).unwrap(),
                headers: HeaderMap::new(),
                body: Bytes::new(),
            };
            let sorted = Reply::sort(reply, DateTime::UNIX_EPOCH);
            assert_eq!(sorted.err(), Some(ReadError::TimedOut), "{status}");
        }
    }

    #[test]
    fn only_404_can_be_an_answer_beside_what_is_good() {
        for (status, wanted) in [
            (200, None),
            (404, None),
            (403, Some(ReadError::Denied)),
            (410, Some(ReadError::Rejected)),
        ] {
            let reply = passport_http_guard::Reply {
                status: StatusCode::from_u16(status).unwrap(),
                headers: HeaderMap::new(),
                body: Bytes::from_static(b"{}"),
            };
            let sorted = Reply::sort_with_absent(reply, DateTime::UNIX_EPOCH);
            assert_eq!(sorted.err(), wanted, "{status}");
        }
    }
}
