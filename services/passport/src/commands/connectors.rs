//! `passport connectors`.

use passport_proto::gateway::{ListConnectorsRequest, ListConnectorsResponse};

use super::Session;
use crate::cli::Connectors as Args;
use crate::client::Gateway;
use crate::connectors::categories;
use crate::exit::{Exit, Fault};
use crate::output::Connectors;

pub async fn list(args: &Args, session: &Session) -> Result<Exit, Fault> {
    let connectors = match args.offline {
        true => built_in(),
        false => ask(session).await?,
    };
    session.show(&Connectors::from(connectors))?;
    Ok(Exit::Answered)
}

async fn ask(session: &Session) -> Result<ListConnectorsResponse, Fault> {
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(ListConnectorsRequest {});
    let mut client = gateway.client();
    let call = client.list_connectors(request);
    let reply = gateway.answer("list the connectors", call).await?;
    Ok(reply.into_inner())
}

/// What a gateway of this very program would answer.
fn built_in() -> ListConnectorsResponse {
    let mut connectors: Vec<_> = categories()
        .iter()
        .flat_map(|category| {
            let descriptors = category.registry.descriptors();
            descriptors.map(|it| it.on_wire(category.name))
        })
        .collect();
    connectors.sort_by(|a, b| a.id.cmp(&b.id));
    ListConnectorsResponse {
        connectors,
        absent_collectors: Vec::new(),
        absent: Vec::new(),
    }
}
