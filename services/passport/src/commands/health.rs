//! `passport health`.

use tonic::Status;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::Session;
use crate::cli::Health;
use crate::client::Gateway;
use crate::exit::{Exit, Fault};
use crate::terminal::print;

const WHAT: &str = "ask whether it takes calls";

pub async fn run(args: &Health, session: &Session) -> Result<Exit, Fault> {
    session.only_text("health")?;
    let gateway = Gateway::connect(&session.global).await?;
    let serves = gateway.answer(WHAT, is_serving(&gateway)).await?;
    if !serves {
        print("not serving")?;
        return Ok(Exit::Otherwise);
    }
    if args.ready && !gateway.readiness(WHAT).await?.is_ready() {
        print("serving, and not ready")?;
        return Ok(Exit::Otherwise);
    }
    print(if args.ready { "ready" } else { "serving" })?;
    Ok(Exit::Answered)
}

async fn is_serving(gateway: &Gateway) -> Result<bool, Status> {
    let whole_server = gateway.request(HealthCheckRequest::default());
    let mut client = HealthClient::new(gateway.channel());
    let reply = client.check(whole_server).await?;
    Ok(reply.into_inner().status() == ServingStatus::Serving)
}
