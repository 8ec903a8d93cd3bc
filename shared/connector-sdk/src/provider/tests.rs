use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use http::{
    HeaderMap, HeaderValue,
    header::{RETRY_AFTER, SET_COOKIE},
};
use tokio::time::Instant;

use passport_evidence::FailureCode;

use super::{budget::Turned, *};
use crate::{
    secrets::SecretRef,
    stub::{SetEnv, at, id},
};

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

fn failed(error: ReadError) -> Result<(), ReadError> {
    Err(error)
}

async fn admitted(budget: &Budget, seconds: i64) -> Result<(), ReadError> {
    budget.turn(at(seconds), soon()).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_for_patience_is_left_alone_until_then() {
    let budget = Budget::default();
    let throttled = ReadError::Throttled {
        retry_at: Some(at(30)),
    };
    budget.learn(&failed(throttled), at(0));
    assert_eq!(admitted(&budget, 29).await, Err(throttled));
    assert_eq!(admitted(&budget, 30).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_names_no_time_may_be_asked_again() {
    let budget = Budget::default();
    budget.learn(&failed(ReadError::Throttled { retry_at: None }), at(0));
    assert_eq!(admitted(&budget, 0).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_time_takes_nothing_from_one_with() {
    let budget = Budget::default();
    for retry_at in [Some(at(30)), None, Some(at(10))] {
        budget.learn(&failed(ReadError::Throttled { retry_at }), at(0));
    }
    let retry_at = Some(at(30));
    let throttled = Err(ReadError::Throttled { retry_at });
    assert_eq!(admitted(&budget, 29).await, throttled);
}

#[tokio::test(start_paused = true)]
async fn a_provider_in_trouble_is_left_alone_for_a_while_then_tried_once() {
    for (error, after, code) in [
        (
            ReadError::Unreachable,
            Trouble::Unreachable,
            FailureCode::Unreachable,
        ),
        (
            ReadError::TimedOut,
            Trouble::TimedOut,
            FailureCode::TimedOut,
        ),
    ] {
        let left_alone = |until| ReadError::LeftAlone {
            after,
            retry_at: at(until),
        };
        let failure = left_alone(5).failure().unwrap();
        assert_eq!((failure.code, failure.retry_at), (code, Some(at(5))));
        let budget = Budget::default();
        for _ in 0..5 {
            assert_eq!(admitted(&budget, 0).await, Ok(()));
            budget.learn(&failed(error), at(0));
        }
        assert_eq!(admitted(&budget, 4).await, Err(left_alone(5)));
        assert_eq!(admitted(&budget, 5).await, Ok(()));
        assert_eq!(admitted(&budget, 5).await, Err(left_alone(10)));
        budget.learn(&Ok::<_, ReadError>(()), at(5));
        assert_eq!(admitted(&budget, 5).await, Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_no_sign_of_trouble() {
    let budget = Budget::default();
    for error in [
        ReadError::Unauthenticated,
        ReadError::Denied,
        ReadError::NotFound,
        ReadError::Malformed,
        ReadError::Rejected,
    ] {
        for _ in 0..5 {
            budget.learn(&failed(error), at(0));
        }
        assert_eq!(admitted(&budget, 0).await, Ok(()), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_so_many_requests_are_under_way_and_a_turn_is_waited_for_until_the_deadline() {
    let budget = Budget::default();
    let mut turns = Vec::new();
    for _ in 0..4 {
        turns.push(budget.turn(at(0), soon()).await.unwrap());
    }
    let start = Instant::now();
    assert_eq!(admitted(&budget, 0).await, Err(ReadError::TimedOut));
    assert!(start.elapsed() >= Duration::from_secs(10));
    turns.pop();
    assert_eq!(admitted(&budget, 0).await, Ok(()));
}

#[test]
fn a_budget_belongs_to_a_workspace_an_origin_and_a_credential() {
    let hub = Hub::new(HubOptions::default(), Arc::new(SetEnv::default()));
    let budget = |workspace: &str, origin: &str, variable: &str| {
        let workspace = id(workspace, "one").scope.workspace;
        let credential = vec![SecretRef::Env(variable.to_owned())];
        hub.budget(&workspace, origin.to_owned(), credential)
    };
    let first = budget("acme", "https://a", "T");
    assert!(Arc::ptr_eq(&first, &budget("acme", "https://a", "T")));
    for other in [
        budget("globex", "https://a", "T"),
        budget("acme", "https://b", "T"),
        budget("acme", "https://a", "U"),
    ] {
        assert!(!Arc::ptr_eq(&first, &other));
    }
}

#[test]
fn a_time_to_try_again_is_seconds_or_a_date_and_never_made_up() {
    let said = |text: &'static str| {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
        headers::retry_at(&headers, at(0))
    };
    assert_eq!(said("30"), Some(at(30)));
    assert_eq!(said("Sun, 03 May 2026 09:31:00 GMT"), Some(at(60)));
    assert_eq!(said("99999999"), Some(at(0) + TimeDelta::hours(24)));
    for text in ["", "soon", "-1", "1.5"] {
        assert_eq!(said(text), None, "{text}");
    }
    assert_eq!(headers::retry_at(&HeaderMap::new(), at(0)), None);
}

#[test]
fn a_reply_shows_neither_headers_nor_body() {
    let secret = "planted-secret-1";
    let reply = passport_http_guard::Reply {
        status: http::StatusCode::OK,
        headers: HeaderMap::from_iter([(SET_COOKIE, HeaderValue::from_static(secret))]),
        body: bytes::Bytes::from_static(secret.as_bytes()),
        certificate: None,
    };
    let reply = Reply::sort(reply, at(0)).unwrap();
    assert_eq!(reply.body(), secret);
    let shown = format!("{reply:?}");
    assert!(!shown.contains(secret), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_turns_is_told_once_and_of_whoever_opened_it() {
    let budget = Budget::default();
    for expected in [None, None, None, None, Some(Turned::Open("first")), None] {
        budget.learn(&failed(ReadError::Unreachable), at(0));
        assert_eq!(budget.turned("first"), expected);
    }
    budget.learn(&Ok(()), at(5));
    assert_eq!(budget.turned("second"), Some(Turned::Closed("first")));
    assert_eq!(budget.turned("second"), None);
}

#[test]
fn half_a_document_is_malformed_and_a_whole_one_of_another_shape_is_told_apart() {
    let read = |body: &'static str| {
        let reply = passport_http_guard::Reply {
            status: http::StatusCode::OK,
            headers: HeaderMap::new(),
            body: bytes::Bytes::from_static(body.as_bytes()),
            certificate: None,
        };
        Reply::sort(reply, at(0)).unwrap().json::<Vec<u64>>()
    };
    assert_eq!(read("[1]"), Ok(vec![1]));
    for body in ["{}", "[\"1\"]", "null"] {
        assert_eq!(read(body), Err(ReadError::Shape), "{body}");
    }
    for body in ["", "[1", "{\"message\":", "[\"1\", ", "sign in"] {
        assert_eq!(read(body), Err(ReadError::Malformed), "{body}");
    }
}

#[test]
fn a_token_may_stand_as_a_name_without_a_password() {
    let env = SetEnv::default();
    env.set("T", "token-1");
    let shown = |auth: Auth| auth.shown().unwrap().remove(0).1;
    let alone = Auth::BasicToken(env.secret("T"));
    assert_eq!(alone.secrets().len(), 1);
    let value = shown(alone);
    assert!(value.is_sensitive());
    assert_eq!(value, "Basic dG9rZW4tMTo=");
    let (username, password) = (env.secret("T"), env.secret("T"));
    let both = shown(Auth::Basic { username, password });
    assert_eq!(both, "Basic dG9rZW4tMTp0b2tlbi0x");
}

#[test]
fn what_a_connector_shows_by_itself_is_named_and_not_shown_again() {
    let env = SetEnv::default();
    let own = Auth::InRequest(vec![env.secret("ID"), env.secret("KEY")]);
    assert!(own.is_some());
    assert_eq!(own.secrets().len(), 2);
    // Neither is read: the connector reads them where it signs.
    assert_eq!(own.shown(), Ok(Vec::new()));
}

#[test]
fn two_secrets_stand_each_in_a_header_of_its_own() {
    let env = SetEnv::default();
    env.set("A", "key-1");
    env.set("B", "key-2");
    let of = |name: &'static str, secret: &str| {
        (http::HeaderName::from_static(name), env.secret(secret))
    };
    let both = Auth::Headers([of("x-organization", "A"), of("x-caller", "B")]);
    assert_eq!(both.secrets().len(), 2);
    let shown = both.shown().unwrap();
    assert!(shown.iter().all(|(_, value)| value.is_sensitive()));
    let shown: Vec<_> = shown.iter().map(|(name, it)| (name.as_str(), it)).collect();
    assert_eq!((shown[0].0, shown[1].0), ("x-organization", "x-caller"));
    assert!(*shown[0].1 == "key-1" && *shown[1].1 == "key-2");
    let half = Auth::Headers([of("x-organization", "A"), of("x-caller", "C")]);
    assert_eq!(half.shown().err(), Some(ReadError::NotConfigured));
}

#[test]
fn a_secret_may_have_a_name_within_its_scheme() {
    let env = SetEnv::default();
    env.set("T", "token-1");
    let auth = Auth::Labelled {
        scheme: "Token",
        label: "token",
        secret: env.secret("T"),
    };
    assert_eq!(auth.secrets().len(), 1);
    let (_, value) = auth.shown().unwrap().remove(0);
    assert!(value.is_sensitive());
    assert_eq!(value, "Token token=token-1");
}
