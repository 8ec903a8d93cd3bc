//! The all-in-one, and gateway and collectors as processes of their own: the same answer to the
//! same question, to the byte, but for times and ids.

mod alike;
mod over_grpc;
mod over_http;
mod world;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use passport_integration_tests::otlp;
use prost::Message as _;

use crate::over_http::{questions, too_large};
use crate::world::World;

/// A while ago: what was true then is fresh for all sources, and stale for who wants it newer.
fn before_the_test() -> DateTime<Utc> {
    let now = passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock);
    now - TimeDelta::seconds(60)
}

/// What a service pushed a while ago, twice.
fn exports(at: DateTime<Utc>) -> [ExportMetricsServiceRequest; 2] {
    [(10, 500), (20, 700)].map(|(seconds, requests)| {
        let counters = [("http.server.requests", requests)];
        otlp::counted(at, at + TimeDelta::seconds(seconds), &counters)
    })
}

#[tokio::test]
async fn both_deployments_answer_alike_over_http() -> Result<()> {
    let at = before_the_test();
    let world = World::start(at).await?;
    let mut statuses = BTreeSet::new();
    let mut said = String::new();
    for question in questions(at, exports(at).map(|export| export.encode_to_vec()))? {
        let one = question.answer(&world.one).await?;
        let apart = question.answer(&world.apart).await?;
        ensure!(
            one == apart,
            "{question}\nall in one: {one:#?}\napart: {apart:#?}"
        );
        statuses.insert(one.status);
        said.push_str(&one.body);
    }
    let statuses: Vec<_> = statuses.into_iter().collect();
    assert_eq!(statuses, [200, 202, 400, 401, 403, 404, 405, 413, 422, 501]);
    for fact in [
        r#"{"name":"error_rate","status":"passed","value":"0.02%""#,
        r#"{"name":"request_volume","status":"passed","value":"700""#,
        r#"{"name":"vulnerabilities","status":"passed","value":"0""#,
        r#""source":"gone","code":"UNREACHABLE""#,
    ] {
        ensure!(said.contains(fact), "nobody said {fact}");
    }
    Ok(())
}

#[tokio::test]
async fn both_deployments_refuse_alike_what_says_that_it_is_too_large() -> Result<()> {
    let world = World::start(before_the_test()).await?;
    let (one, apart) = (too_large(&world.one).await?, too_large(&world.apart).await?);
    ensure!(one.starts_with("HTTP/1.1 413 "), "{one}");
    assert_eq!(one, apart);
    Ok(())
}

#[tokio::test]
async fn both_deployments_answer_alike_over_grpc() -> Result<()> {
    let at = before_the_test();
    let world = World::start(at).await?;
    let one = over_grpc::answers(&world.one, &exports(at)).await?;
    let apart = over_grpc::answers(&world.apart, &exports(at)).await?;
    assert_eq!(one.len(), apart.len());
    for ((what, one), (_, apart)) in one.iter().zip(&apart) {
        ensure!(one == apart, "{what}\nall in one: {one}\napart: {apart}");
    }
    Ok(())
}
