//! Refusals that a provider words in a way of its own.

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};

use super::{ReadError, headers};

/// What a refusal means, where its status alone says too little; `None`: what it usually does.
pub type OwnRefusals = fn(&Refusal<'_>) -> Option<ReadError>;

/// An answer with another status than a good one.
pub struct Refusal<'a> {
    reply: &'a passport_http_guard::Reply,
    asked_at: DateTime<Utc>,
}

impl<'a> Refusal<'a> {
    pub(super) fn of(
        reply: &'a passport_http_guard::Reply,
        asked_at: DateTime<Utc>,
    ) -> Option<Self> {
        (!reply.status.is_success()).then_some(Self { reply, asked_at })
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.reply.status
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.reply.headers
    }

    /// Its body. Only to be told apart by: nothing of it may be shown.
    pub fn body(&self) -> &[u8] {
        &self.reply.body
    }

    /// The moment before it was asked for.
    pub fn asked_at(&self) -> DateTime<Utc> {
        self.asked_at
    }

    /// The moment that a header names, in Unix seconds or in seconds from now; at most a day ahead.
    /// `None` where it names none, or one that is past.
    pub fn moment(&self, header: &str) -> Option<DateTime<Utc>> {
        headers::moment(self.reply.headers.get(header)?, self.asked_at)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::TimeDelta;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_is_no_good_answer_is_a_refusal_and_its_moment_lies_ahead() {
        let now = DateTime::from_timestamp(1_777_800_600, 0).unwrap();
        let mut reply = passport_http_guard::Reply {
            status: StatusCode::TOO_MANY_REQUESTS,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            certificate: None,
        };
        for (text, seconds) in [
            ("60", Some(60)),
            ("1777800660", Some(60)),
            ("1777800600", None),
            ("0", None),
            ("-1", None),
            ("soon", None),
            ("999999999", Some(86_400)),
        ] {
            let value = HeaderValue::from_static(text);
            reply.headers.insert("reset", value);
            let found = Refusal::of(&reply, now).unwrap().moment("reset");
            assert_eq!(
                found,
                seconds.map(|it| now + TimeDelta::seconds(it)),
                "{text}"
            );
        }
        reply.status = StatusCode::OK;
        assert!(Refusal::of(&reply, now).is_none());
    }
}
