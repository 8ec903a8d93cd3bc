//! Signatures: Slack's own example, and clicks that are signed as it is.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use passport_connector_sdk::{Accepted, Connector};

use super::bench::{
    NOW, built_of, deliver, delivery, form, header, judged, kept, payload, settings, signature,
    source,
};

/// The example of "Verifying requests from Slack".
const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const TIME: i64 = 1_531_420_618;
const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

/// A source whose secret is the one of the example.
fn of_the_example() -> Box<dyn Connector> {
    built_of(&settings(&["SLACK_SIGNING"]), &[("SLACK_SIGNING", SECRET)])
}

fn status(source: &dyn Connector, headers: HeaderMap, body: &str, at: i64) -> StatusCode {
    let delivery = delivery(headers, Bytes::from(body.to_owned()), at);
    let taken = source.accept(&delivery);
    taken.map_or_else(|it| it.reply.status, |it| it.reply.status)
}

#[test]
fn the_published_example_is_signed_so() {
    assert_eq!(signature(SECRET, &TIME.to_string(), BODY), SIGNATURE);
}

/// It is a command that somebody typed: signed, and then no click.
#[test]
fn the_published_example_is_known_within_five_minutes_of_its_time() {
    let source = of_the_example();
    let status = |at| status(&*source, header(&TIME.to_string(), SIGNATURE), BODY, at);
    for near in [TIME, TIME + 300, TIME - 300] {
        assert_eq!(status(near), StatusCode::BAD_REQUEST, "{near}");
    }
    // Replayed, and from the future.
    for far in [TIME + 301, TIME - 301, TIME + 86_400, 0] {
        assert_eq!(status(far), StatusCode::UNAUTHORIZED, "{far}");
    }
}

#[test]
fn whatever_differs_from_the_published_example_is_not_signed() {
    let source = of_the_example();
    let time = TIME.to_string();
    let other_time = (TIME + 1).to_string();
    let (cut, capitals) = (&SIGNATURE[..SIGNATURE.len() - 1], SIGNATURE.to_uppercase());
    let in_capitals = format!("v0={}", SIGNATURE[3..].to_uppercase());
    let others = [
        (
            "another digit",
            header(&time, &SIGNATURE.replace('5', "6")),
            BODY,
        ),
        ("cut", header(&time, cut), BODY),
        ("digits in capitals", header(&time, &in_capitals), BODY),
        ("capitals", header(&time, &capitals), BODY),
        (
            "another version",
            header(&time, &SIGNATURE.replace("v0", "v1")),
            BODY,
        ),
        ("no version", header(&time, &SIGNATURE[3..]), BODY),
        ("nothing", header(&time, ""), BODY),
        ("another time", header(&other_time, SIGNATURE), BODY),
        (
            "the time in another form",
            header(&format!("0{time}"), SIGNATURE),
            BODY,
        ),
        ("another body", header(&time, SIGNATURE), &BODY[1..]),
        ("no headers", HeaderMap::new(), BODY),
    ];
    for (what, headers, body) in others {
        let found = status(&*source, headers, body, TIME);
        assert_eq!(found, StatusCode::UNAUTHORIZED, "{what}");
    }
    for name in ["x-slack-signature", "x-slack-request-timestamp"] {
        let mut twice = header(&time, SIGNATURE);
        let again = twice[name].clone();
        twice.append(name, again);
        let found = status(&*source, twice, BODY, TIME);
        assert_eq!(found, StatusCode::UNAUTHORIZED, "{name} twice");
        let mut without = header(&time, SIGNATURE);
        without.remove(name);
        let found = status(&*source, without, BODY, TIME);
        assert_eq!(found, StatusCode::UNAUTHORIZED, "no {name}");
    }
}

#[test]
fn another_secret_and_one_that_is_gone_sign_nothing() {
    let names = ["SLACK_SIGNING"];
    for secrets in [
        &[("SLACK_SIGNING", "another")][..],
        &[("SLACK_SIGNING", "")],
        &[],
    ] {
        let source = built_of(&settings(&names), secrets);
        for key in [SECRET, ""] {
            let shown = signature(key, &TIME.to_string(), BODY);
            let found = status(&*source, header(&TIME.to_string(), &shown), BODY, TIME);
            assert_eq!(found, StatusCode::UNAUTHORIZED, "{secrets:?}");
        }
    }
}

fn clicked(source: &dyn Connector, user: &str, at: i64) -> (Accepted, i64) {
    let payload = payload(user, "approve", "req_1", at);
    (deliver(source, SECRET, &payload, at).unwrap(), at)
}

#[test]
fn the_same_click_is_one_delivery_whenever_it_was_signed_and_another_is_another() {
    let source = of_the_example();
    let payload = payload("U0APPR", "approve", "req_1", NOW);
    let key = |at| {
        deliver(&*source, SECRET, &payload, at)
            .unwrap()
            .idempotency_key
    };
    assert_eq!(key(NOW), key(NOW));
    assert_eq!(key(NOW), key(NOW + 60));
    let other = clicked(&*source, "U0APPR", NOW + 1).0;
    assert_ne!(key(NOW), other.idempotency_key);
}

#[test]
fn the_order_in_which_clicks_come_says_nothing() {
    let source = of_the_example();
    let clicks = || {
        let all = [("U0APPR", NOW), ("U0BOSS", NOW + 1), ("U0MORE", NOW + 2)];
        all.into_iter()
            .map(|(user, at)| clicked(&*source, user, at))
    };
    let in_order = judged(&*source, &kept(clicks().collect()), NOW + 10);
    let reordered = judged(&*source, &kept(clicks().rev().collect()), NOW + 10);
    assert_eq!(in_order, reordered);
}

/// An answer to who is not known tells nothing of what is wrong.
#[test]
fn all_who_are_not_known_get_one_answer() {
    let body = form(&payload("U0APPR", "approve", "req_1", NOW));
    let answer = |headers: HeaderMap| {
        let delivery = delivery(headers, Bytes::from(body.clone()), NOW);
        source().accept(&delivery).unwrap_err().reply
    };
    let forged = signature("forged", &NOW.to_string(), &body);
    let known = answer(HeaderMap::new());
    assert_eq!(answer(header(&NOW.to_string(), &forged)), known);
    assert_eq!(answer(header("soon", &forged)), known);
}
