//! `passport health`.

use std::future::poll_fn;

use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service as _;
use tonic::codegen::http::{Request, StatusCode, Uri};
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
    if args.ready && !gateway.answer(WHAT, is_ready(gateway.channel())).await? {
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

/// `/readyz` stands on the port that gRPC has, so that the same connection serves.
async fn is_ready(mut channel: Channel) -> Result<bool, Status> {
    let failed = |error: tonic::transport::Error| Status::from_error(error.into());
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = Uri::from_static("/readyz");
    poll_fn(|context| channel.poll_ready(context))
        .await
        .map_err(failed)?;
    let reply = channel.call(request).await.map_err(failed)?;
    Ok(reply.status() == StatusCode::OK)
}
