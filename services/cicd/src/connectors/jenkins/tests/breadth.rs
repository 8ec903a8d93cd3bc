//! What a check says of users, and on whose word.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use passport_connector_sdk::{
    Builder, CollectRequest, Connector, ConnectorKind, Hub, HubOptions, Registry,
    provider::AddressPolicy,
};
use passport_evidence::{Descriptor, FailureCode, Status};
use passport_testkit::{
    env::Env,
    provider::{Provider, Reply, Script},
    scenario::source_id,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::bench::now;
use crate::connectors::jenkins::{Jenkins, settings::Settings};

const JOB: &str = "/jenkins/job/team/job/checkout-api";

/// The last source that was built, for whoever built it.
static BUILT: Mutex<Option<Box<dyn Connector>>> = Mutex::new(None);
/// Keeps two tests from taking each other's source.
static BUILDING: Mutex<()> = Mutex::new(());

/// The kind under test, whose sources are handed out.
struct Shown;

impl ConnectorKind for Shown {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Jenkins::DESCRIPTOR;
    const DETECT: Option<passport_connector_sdk::detect::Detect> = Jenkins::DETECT;

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        *BUILT.lock().unwrap() = Jenkins::build(settings, builder);
        None
    }
}

fn asking(base: &str) -> Box<dyn Connector> {
    let source = json!({
        "connector": "jenkins", "endpoint": format!("{base}/jenkins"),
        "credential": {"username": {"env": "USER_NAME"}, "api_token": {"env": "TOKEN"}},
        "scope": {"job": ["team", "checkout-api"]},
    });
    let env = Env::default();
    env.set("USER_NAME", "reader-of-this-test");
    env.set("TOKEN", "token-of-this-test");
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: Duration::ZERO,
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(env));
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "build").unwrap();
    let alone = BUILDING.lock().unwrap();
    let built = Registry::default().with::<Shown>().build(id, &source, &hub);
    let connector = BUILT.lock().unwrap().take();
    drop(alone);
    connector.unwrap_or_else(|| panic!("not built: {:?}", built.err()))
}

/// What a check says where Jenkins answers so.
async fn checked(script: Script) -> Result<(Status, String), FailureCode> {
    let provider = script.start().await.unwrap();
    let request = CollectRequest {
        now: now(),
        subject: None,
        deadline: Instant::now() + Duration::from_secs(10),
    };
    let observed = asking(&provider.base()).check(&request).await;
    assert!(provider.unlisted_writes().is_empty());
    let facts = observed.map_err(|it| it.code)?.facts;
    assert_eq!(facts.len(), 1);
    Ok((facts[0].status(), facts[0].value_text().unwrap()))
}

fn job(full_name: &str) -> Script {
    let job = json!({"fullName": full_name, "lastBuild": null, "lastCompletedBuild": null});
    Provider::script()
        .on("GET", format!("{JOB}/api/json"))
        .reply(200, job)
}

/// A user to whom these pages are given, or not.
fn user(who: Value, manage: Reply, configure: Reply) -> Script {
    job("team/checkout-api")
        .on("GET", "/jenkins/whoAmI/api/json")
        .reply(200, who)
        .on("GET", "/jenkins/manage/")
        .respond(manage)
        .on("GET", format!("{JOB}/configure"))
        .respond(configure)
}

fn known() -> Value {
    json!({"name": "reader", "authenticated": true, "anonymous": false})
}

fn page(status: u16) -> Reply {
    Reply::text(status, "<html>a page</html>").header("Content-Type", "text/html")
}

#[tokio::test]
async fn who_may_configure_or_manage_can_write_and_who_is_denied_both_is_narrow() {
    for (manage, configure, status, word) in [
        (403, 403, Status::Passed, "narrow"),
        (200, 403, Status::Failed, "write_capable"),
        (403, 200, Status::Failed, "write_capable"),
        (500, 200, Status::Failed, "write_capable"),
        (404, 403, Status::Unknown, "unverifiable"),
        (403, 404, Status::Unknown, "unverifiable"),
        (302, 403, Status::Unknown, "unverifiable"),
        (403, 500, Status::Unknown, "unverifiable"),
    ] {
        let said = checked(user(known(), page(manage), page(configure))).await;
        assert_eq!(said, Ok((status, word.to_owned())), "{manage} {configure}");
    }
}

#[tokio::test]
async fn of_nobody_in_particular_it_can_not_be_told() {
    for who in [
        json!({"authenticated": true, "anonymous": true}),
        json!({"authenticated": false, "anonymous": false}),
        json!({"name": "reader"}),
    ] {
        let said = checked(user(who.clone(), page(403), page(403))).await;
        let wanted = (Status::Unknown, "unverifiable".to_owned());
        assert_eq!(said, Ok(wanted), "{who}");
    }
}

#[tokio::test]
async fn a_check_fails_where_the_job_or_the_credential_does() {
    let other = job("team/checkout-web");
    assert_eq!(checked(other).await, Err(FailureCode::OutOfScope));
    let absent = Provider::script().any().respond(page(404));
    assert_eq!(checked(absent).await, Err(FailureCode::NotFound));
    let revoked = Provider::script().any().respond(page(401));
    assert_eq!(checked(revoked).await, Err(FailureCode::Unauthenticated));
}
