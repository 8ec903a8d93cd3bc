//! The all-in-one, and gateway and collectors as processes of their own: the same answer to the
//! same question, to the byte, but for times and ids.

mod alike;
mod over_grpc;
mod over_http;
mod world;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use passport_integration_tests::otlp;
use prost::Message as _;

use crate::over_http::{questions, too_large};
use crate::world::World;

fn now() -> DateTime<Utc> {
    passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock)
}

/// What a service pushed a moment ago.
fn export(now: DateTime<Utc>, ago: i64, requests: i64) -> Vec<u8> {
    let before = |seconds| now - TimeDelta::seconds(seconds);
    let counters = [("http.server.requests", requests)];
    otlp::counted(before(60), before(ago), &counters).encode_to_vec()
}

#[tokio::test]
async fn both_deployments_answer_alike_over_http() -> Result<()> {
    let now = now();
    let world = World::start(now).await?;
    let mut statuses = std::collections::BTreeMap::<u16, u32>::new();
    for question in questions(export(now, 20, 500))? {
        let one = question.answer(&world.one).await?;
        let apart = question.answer(&world.apart).await?;
        ensure!(
            one == apart,
            "{question}\nall in one: {one:#?}\napart: {apart:#?}"
        );
        *statuses.entry(one.status).or_default() += 1;
        if std::env::var_os("SHOW").is_some() {
            eprintln!("{question}\n{one:#?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn both_deployments_refuse_alike_what_says_that_it_is_too_large() -> Result<()> {
    let world = World::start(now()).await?;
    let (one, apart) = (too_large(&world.one).await?, too_large(&world.apart).await?);
    ensure!(one.starts_with("HTTP/1.1 413 "), "{one}");
    assert_eq!(one, apart);
    Ok(())
}

#[tokio::test]
async fn both_deployments_answer_alike_over_grpc() -> Result<()> {
    let world = World::start(now()).await?;
    let one = over_grpc::answers(&world.one).await?;
    let apart = over_grpc::answers(&world.apart).await?;
    for ((what, one), (_, apart)) in one.iter().zip(&apart) {
        ensure!(one == apart, "{what}\nall in one: {one}\napart: {apart}");
        if std::env::var_os("SHOW").is_some() {
            eprintln!("{what}\n{one:.1500}");
        }
    }
    Ok(())
}
