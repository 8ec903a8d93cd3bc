//! `passport connectors`.

use passport_proto::gateway::ListConnectorsRequest;

use super::Session;
use crate::client::Gateway;
use crate::exit::{Exit, Fault};
use crate::output::Connectors;

pub async fn list(session: &Session) -> Result<Exit, Fault> {
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(ListConnectorsRequest {});
    let mut client = gateway.client();
    let reply = gateway
        .answer("list the connectors", client.list_connectors(request))
        .await?;
    session.show(&Connectors::from(reply.into_inner()))?;
    Ok(Exit::Answered)
}
