//! Answers that are asked for again only where they changed: conditional requests (RFC 9110, section 13).

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use http::{
    HeaderValue, Method, StatusCode,
    header::{ETAG, IF_NONE_MATCH},
};
use passport_http_guard::{Request, RequestId};

use super::Reply;

/// Answers that are known at once; the one that was used longest ago goes first.
const MOST: usize = 64;
/// A larger body is not worth the memory.
const LARGEST: usize = 1 << 20;

/// Answers of one source, each with the tag that its provider gave it.
#[derive(Default)]
pub(crate) struct KnownReplies(Mutex<VecDeque<Known>>);

/// An answer and the request that it answered, credential and all.
#[derive(Clone)]
pub(super) struct Known {
    id: RequestId,
    tag: HeaderValue,
    reply: Reply,
}

// === impl KnownReplies ===

impl KnownReplies {
    /// What is known of a request.
    pub(super) fn of(&self, request: &Request) -> Option<Known> {
        let id = request.id();
        self.with(|all| all.iter().find(|it| it.id == id).cloned())
    }

    /// Remembers a good answer that has a tag.
    pub(super) fn keep(&self, request: &Request, reply: &Reply) {
        let tag = reply.headers().get(ETAG).cloned();
        let is_plain = *request.method() == Method::GET && reply.status() == StatusCode::OK;
        let Some(tag) = tag.filter(|_| is_plain && reply.body().len() <= LARGEST) else {
            return;
        };
        let known = Known {
            id: request.id(),
            tag,
            reply: reply.clone(),
        };
        self.with(|all| {
            all.retain(|it| it.id != known.id);
            all.push_back(known);
            if all.len() > MOST {
                all.pop_front();
            }
        });
    }

    /// Forgets what is known of a request: its provider says of it what can't be.
    pub(super) fn forget(&self, request: &Request) {
        let id = request.id();
        self.with(|all| all.retain(|it| it.id != id));
    }

    fn with<T>(&self, what: impl FnOnce(&mut VecDeque<Known>) -> T) -> T {
        // Each change leaves a list that is whole.
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

// === impl Known ===

impl Known {
    /// The request that wants an answer only where it is another.
    pub fn asked_again(&self, request: &Request) -> Request {
        request.clone().header(IF_NONE_MATCH, self.tag.clone())
    }

    /// The known answer, as a provider just said that it still holds. `None`: it says no such thing, or of
    /// another answer than this.
    pub fn still_holds(
        self,
        said: &passport_http_guard::Reply,
    ) -> Option<passport_http_guard::Reply> {
        let of_this = said
            .headers
            .get(ETAG)
            .is_none_or(|it| is_same(it, &self.tag));
        if said.status != StatusCode::NOT_MODIFIED || !of_this {
            return None;
        }
        // What is about this exchange, such as a date or the calls that are left, is newer.
        let mut headers = self.reply.headers().clone();
        for name in said.headers.keys() {
            headers.remove(name);
        }
        headers.extend(said.headers.clone());
        Some(passport_http_guard::Reply {
            status: self.reply.status(),
            headers,
            body: self.reply.body().clone(),
            certificate: None,
        })
    }
}

/// Whether two tags are of the same answer: weak or not makes no difference to a GET (RFC 9110, section 8.8.3.2).
fn is_same(one: &HeaderValue, other: &HeaderValue) -> bool {
    fn opaque(tag: &HeaderValue) -> &[u8] {
        let tag = tag.as_bytes();
        tag.strip_prefix(b"W/").unwrap_or(tag)
    }
    opaque(one) == opaque(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_tag_and_a_strong_one_of_the_same_letters_are_of_the_same_answer() {
        let tag = HeaderValue::from_static;
        for (one, other, wanted) in [
            ("\"a\"", "\"a\"", true),
            ("W/\"a\"", "\"a\"", true),
            ("W/\"a\"", "W/\"a\"", true),
            ("\"a\"", "\"b\"", false),
            ("W/\"a\"", "W/\"A\"", false),
            ("w/\"a\"", "\"a\"", false),
            ("\"W/a\"", "\"a\"", false),
        ] {
            assert_eq!(is_same(&tag(one), &tag(other)), wanted, "{one} {other}");
        }
    }
}
