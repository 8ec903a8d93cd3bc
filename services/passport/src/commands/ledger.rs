//! `passport ledger`.

mod export;
mod verify;

use passport_proto::gateway::GetLedgerHeadRequest;
use passport_store::Head;

use super::Session;
use super::traced::traced;
use crate::cli::{Ledger as Command, LedgerHead};
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::output::Sealed;

pub use verify::{Chain, verified};

pub async fn run(command: Command, session: &Session) -> Result<Exit, Fault> {
    match command {
        Command::Export(args) => traced("ledger export", export::run(&args, session)).await,
        Command::Head(args) => traced("ledger head", head(&args, session)).await,
        Command::Verify(args) => verify::run(&args, session),
    }
}

async fn head(args: &LedgerHead, session: &Session) -> Result<Exit, Fault> {
    let what = format!("have the head of the ledger of {}", args.workspace);
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(GetLedgerHeadRequest {
        workspace_id: args.workspace.to_string(),
    });
    let mut client = gateway.client();
    let reply = gateway
        .answer(&what, client.get_ledger_head(request))
        .await?;
    let head: Head =
        serde_json::from_slice(&reply.into_inner().head).map_err(|error| protocol(&what, error))?;
    if head.workspace != args.workspace {
        return Err(protocol(&what, "it is the head of another workspace"));
    }
    session.show(&Sealed(head))?;
    Ok(Exit::Answered)
}
