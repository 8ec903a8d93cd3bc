use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{FailureCode, Outcome};
use passport_testkit::env::Env;
use passport_testkit::provider::{Provider, Reply, Script};
use passport_testkit::scenario::{Bench, Trial, source_id};
use serde_json::{Value, json};

use crate::probe;

fn start() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

fn well() -> Reply {
    Reply::json(
        200,
        json!({"target": "shop", "load": 0.5, "at": "2026-05-03T09:30:00Z"}),
    )
}

fn answering(replies: impl IntoIterator<Item = Reply>) -> Script {
    let one = |script: Script, reply| script.any().respond(reply);
    replies.into_iter().fold(Script::default(), one)
}

fn bench(provider: &Provider) -> Bench {
    let mut source = probe::source("probe");
    source["endpoint"] = Value::from(provider.base());
    let id = source_id("acme", "shop", "production", "one").unwrap();
    Bench::new(&probe::registry(), id, start())
        .source(source)
        .env(Env::from_iter([("PROBE_TOKEN", "token-1")]))
}

/// What came out, and how many requests the provider has seen.
async fn asked(trial: &Trial, provider: &Provider, seconds: i64) -> (Option<FailureCode>, usize) {
    trial.clock.set(start() + TimeDelta::seconds(seconds));
    let code = match trial.collect().await.unwrap() {
        Outcome::Evidence(_) => None,
        Outcome::Failure(failure) => Some(failure.code),
    };
    (code, provider.requests().len())
}

#[tokio::test]
async fn only_what_another_attempt_can_help_is_tried_again() {
    let html = Reply::text(200, "<html>").header("Content-Type", "text/html");
    for (reply, code, attempts) in [
        (Reply::json(500, json!({})), FailureCode::Unreachable, 3),
        (Reply::json(503, json!({})), FailureCode::Unreachable, 3),
        (Reply::reset(), FailureCode::Unreachable, 3),
        (well().truncated(), FailureCode::Unreachable, 3),
        (Reply::json(401, json!({})), FailureCode::Unauthenticated, 1),
        (Reply::json(403, json!({})), FailureCode::Denied, 1),
        (Reply::json(404, json!({})), FailureCode::NotFound, 1),
        (Reply::json(408, json!({})), FailureCode::TimedOut, 1),
        (Reply::json(429, json!({})), FailureCode::Throttled, 1),
        (html, FailureCode::Malformed, 1),
    ] {
        let shown = format!("{reply:?}");
        let provider = answering([reply]).start().await.unwrap();
        let trial = bench(&provider).start().unwrap();
        let found = asked(&trial, &provider, 0).await;
        assert_eq!(found, (Some(code), attempts), "{shown}");
    }
}

#[tokio::test]
async fn an_attempt_that_works_is_the_answer() {
    let script = answering([Reply::reset(), Reply::json(502, json!({})), well()]);
    let provider = script.start().await.unwrap();
    let trial = bench(&provider).start().unwrap();
    assert_eq!(asked(&trial, &provider, 0).await, (None, 3));
}

#[tokio::test]
async fn no_attempt_is_waited_for_that_would_come_after_the_deadline() {
    let provider = answering([Reply::json(500, json!({}))])
        .start()
        .await
        .unwrap();
    let trial = bench(&provider)
        .hub(|options| options.retry_wait = Duration::from_secs(3_600))
        .start()
        .unwrap();
    let found = asked(&trial, &provider, 0).await;
    assert_eq!(found, (Some(FailureCode::Unreachable), 1));
}

#[tokio::test]
async fn a_provider_that_names_a_time_is_not_asked_before_it() {
    let throttled = Reply::json(429, json!({})).header("Retry-After", "30");
    let provider = answering([throttled, well()]).start().await.unwrap();
    let trial = bench(&provider).start().unwrap();
    for seconds in [0, 5, 28] {
        trial.clock.set(start() + TimeDelta::seconds(seconds));
        let Outcome::Failure(failure) = trial.collect().await.unwrap() else {
            panic!("throttled");
        };
        assert_eq!(failure.code, FailureCode::Throttled);
        assert_eq!(failure.retry_at, Some(start() + TimeDelta::seconds(30)));
        assert_eq!(provider.requests().len(), 1);
    }
    assert_eq!(asked(&trial, &provider, 30).await, (None, 2));
}

#[tokio::test]
async fn a_provider_in_trouble_is_left_alone_and_soon_tried_once() {
    let provider = answering([Reply::json(500, json!({}))])
        .start()
        .await
        .unwrap();
    let trial = bench(&provider).start().unwrap();
    let unreachable = Some(FailureCode::Unreachable);
    for (seconds, requests) in [(0, 3), (3, 5), (6, 5), (8, 6), (16, 6), (18, 7)] {
        let found = asked(&trial, &provider, seconds).await;
        assert_eq!(found, (unreachable, requests), "{seconds}");
    }
    provider.set(answering([well()])).unwrap();
    assert_eq!(asked(&trial, &provider, 40).await, (None, 8));
}

#[tokio::test]
async fn a_secret_that_is_not_set_is_told_and_nothing_is_asked() {
    let provider = answering([well()]).start().await.unwrap();
    let trial = bench(&provider).start().unwrap();
    trial.env.unset("PROBE_TOKEN");
    let found = asked(&trial, &provider, 0).await;
    assert_eq!(found, (Some(FailureCode::NotConfigured), 0));
    trial.env.set("PROBE_TOKEN", "token-2");
    assert_eq!(asked(&trial, &provider, 0).await, (None, 1));
    let shown = provider.requests()[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    assert_eq!(shown, "Bearer token-2");
}

#[tokio::test]
async fn what_will_soon_be_gone_is_told_to_the_operator() {
    for (reply, is_told) in [
        (
            well().header("Sunset", "Sat, 01 Aug 2026 00:00:00 GMT"),
            true,
        ),
        (well(), false),
    ] {
        let work = move || async move {
            let provider = answering([reply]).start().await.unwrap();
            let trial = bench(&provider).start().unwrap();
            asked(&trial, &provider, 0).await
        };
        let (found, log) = passport_testkit::capture::logged(work).await.unwrap();
        assert_eq!(found, (None, 1));
        assert_eq!(log.contains("announces the end"), is_told, "{log}");
    }
}
