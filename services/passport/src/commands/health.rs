//! `passport health`.

use tonic::Status;
use tonic::transport::Channel;
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
    let serves = gateway.answer(WHAT, is_serving(gateway.channel())).await?;
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

async fn is_serving(channel: Channel) -> Result<bool, Status> {
    let whole_server = HealthCheckRequest::default();
    let reply = HealthClient::new(channel).check(whole_server).await?;
    Ok(reply.into_inner().status() == ServingStatus::Serving)
}
