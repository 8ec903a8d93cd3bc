use http::header::AUTHORIZATION;

use super::*;
use crate::stub::at;

const SECRET: &str = "planted-secret-1";

fn headers() -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(SECRET))])
}

fn reply() -> SenderReply {
    SenderReply {
        status: StatusCode::OK,
        headers: headers(),
        body: Bytes::from_static(SECRET.as_bytes()),
    }
}

fn record() -> Record {
    Record {
        received_at: at(0),
        body: Bytes::from_static(SECRET.as_bytes()),
    }
}

/// A byte string is shown by its bytes' numbers too.
fn shows_the_secret(text: &str) -> bool {
    let numbers: Vec<_> = SECRET.bytes().map(|byte| byte.to_string()).collect();
    text.contains(SECRET) || text.contains(&numbers.join(", "))
}

#[test]
fn a_delivery_shows_neither_headers_nor_body() {
    let delivery = Delivery {
        headers: headers(),
        body: Bytes::from_static(SECRET.as_bytes()),
        received_at: at(0),
    };
    assert!(!shows_the_secret(&format!("{delivery:?}")));
}

#[test]
fn an_accepted_delivery_shows_neither_key_nor_records_nor_reply() {
    let accepted = Accepted {
        idempotency_key: SECRET.to_owned(),
        records: vec![Bytes::from_static(SECRET.as_bytes())],
        keep_for: TimeDelta::hours(1),
        reply: reply(),
    };
    assert!(!shows_the_secret(&format!("{accepted:?}")));
}

#[test]
fn a_reply_and_a_rejection_show_neither_headers_nor_body() {
    assert!(!shows_the_secret(&format!("{:?}", reply())));
    let rejected = Rejected::with(reply());
    assert!(!shows_the_secret(&format!("{rejected:?}")));
}

#[test]
fn a_record_and_what_was_kept_show_no_body() {
    assert!(!shows_the_secret(&format!("{:?}", record())));
    let kept = Kept {
        records: vec![record()],
        first_delivery_at: None,
        ..Kept::default()
    };
    assert!(!shows_the_secret(&format!("{kept:?}")));
}
