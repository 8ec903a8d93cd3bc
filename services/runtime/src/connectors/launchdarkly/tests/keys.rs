//! No read is ever sent whose answer carries SDK keys, and all of them name the version of the API in which
//! the others carry none.

use std::time::Duration;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, Kept};
use passport_testkit::{
    case::Case,
    connector,
    provider::{Provider, Seen},
};
use serde_json::Value;
use tokio::time::Instant;

use super::CASES;
use crate::connectors::launchdarkly::LaunchDarkly;

/// Cases in which between them everything is read that ever is.
const ALL_READS: [&str; 6] = [
    "guarded-in-no-state",
    "guarded-on-second-page",
    "prerequisite-met",
    "custom-role",
    "several-flags",
    "approval-required",
];

fn source(case: &Case, base: &str) -> Value {
    let text = case.source.to_string().replace("{{BASE}}", base);
    serde_json::from_str(&text).unwrap()
}

async fn requests(name: &str) -> Vec<Seen> {
    let case = Case::load(format!("{CASES}/{name}.case.json")).unwrap();
    let provider = Provider::start(&case.exchanges, case.unmatched.as_ref(), &case.rules);
    let provider = provider.await.unwrap();
    let hub = connector::hub(&[("CASE_TOKEN", "case-ld-token-1")]);
    let source = source(&case, &provider.base());
    let built = connector::built::<LaunchDarkly>(&source, &hub).unwrap();
    let request = connector::request(now());
    built.collect(&request, &Kept::default()).await.unwrap();
    built.check(&request).await.unwrap();
    provider.requests()
}

fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

/// Whether an answer to this may carry the keys of an environment ("Environments", "Projects").
fn may_carry_keys(seen: &Seen) -> bool {
    let path: Vec<_> = seen.path.trim_matches('/').split('/').skip(2).collect();
    let is_environment = match path.as_slice() {
        ["projects"] => false,
        ["projects", _, "flags", _, "environments", _, last] => {
            !["approval-requests", "scheduled-changes"].contains(last)
        }
        ["projects", ..] => true,
        ["approval-requests", "projects", _, "settings"] => false,
        [first, ..] => ![
            "flags",
            "flag-statuses",
            "tokens",
            "roles",
            "caller-identity",
        ]
        .contains(first),
        [] => true,
    };
    let expands = seen
        .query
        .as_deref()
        .is_some_and(|it| it.contains("expand"));
    is_environment || expands || seen.method != "GET"
}

#[tokio::test]
async fn nothing_is_read_that_carries_keys() {
    for name in ALL_READS {
        let seen = requests(name).await;
        assert!(seen.len() > 5, "{name}");
        for one in seen {
            assert!(!may_carry_keys(&one), "{name}: {}", one.path);
            // The one read that has no other version yet.
            let version = match one.path.ends_with("/settings") {
                true => "beta",
                false => "20240415",
            };
            assert_eq!(one.header("ld-api-version"), Some(version), "{name}");
            assert_eq!(
                one.header("authorization"),
                Some("case-ld-token-1"),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn a_window_that_ends_in_time_is_waited_for_and_another_is_not() {
    let case = Case::load(format!("{CASES}/rate-limited-briefly.case.json")).unwrap();
    for (milliseconds, is_waited_for) in [(3_000, true), (30, false)] {
        let provider = Provider::start(&case.exchanges, case.unmatched.as_ref(), &case.rules);
        let provider = provider.await.unwrap();
        let hub = connector::hub(&[("CASE_TOKEN", "case-ld-token-1")]);
        let source = source(&case, &provider.base());
        let built = connector::built::<LaunchDarkly>(&source, &hub).unwrap();
        let request = CollectRequest {
            now: now(),
            subject: None,
            deadline: Instant::now() + Duration::from_millis(milliseconds),
        };
        let read = built.check(&request).await;
        assert_eq!(read.is_ok(), is_waited_for, "{read:?}");
    }
}
