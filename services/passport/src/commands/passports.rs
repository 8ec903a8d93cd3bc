//! `passport passports`.

mod verify;

use passport_evidence::WorkspaceId;
use passport_gateway::gate::wire;
use passport_proto::evidence as proto;
use passport_proto::gateway::{GetAttestationRequest, GetPassportRequest, ListPassportsRequest};
use uuid::Uuid;

use super::Session;
use super::traced::traced;
use crate::cli::{List, One, Passports as Command};
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::output::{Decided, Passports};
use crate::terminal::print;

pub async fn run(command: Command, session: &Session) -> Result<Exit, Fault> {
    match command {
        Command::List(args) => traced("passports list", list(&args, session)).await,
        Command::Show(args) => traced("passports show", show(args, session)).await,
        Command::Attest(args) => traced("passports attest", attest(args, session)).await,
        Command::Verify(args) => verify::run(&args, session),
    }
}

async fn list(args: &List, session: &Session) -> Result<Exit, Fault> {
    let what = format!("list the passports of {}", args.workspace);
    let gateway = Gateway::connect(&session.global).await?;
    let name = |it: Option<String>| it.unwrap_or_default();
    let request = gateway.request(ListPassportsRequest {
        scope: Some(proto::Scope {
            workspace_id: args.workspace.to_string(),
            service: name(args.service.as_ref().map(ToString::to_string)),
            environment: name(args.environment.as_ref().map(ToString::to_string)),
        }),
        page_size: args.limit,
        page_token: String::new(),
    });
    let mut client = gateway.client();
    let reply = gateway
        .answer(&what, client.list_passports(request))
        .await?;
    let reply = reply.into_inner();
    let passports = reply.passports.into_iter().map(wire::read);
    let passports = passports.collect::<Result<Vec<_>, _>>();
    let passports = passports.map_err(|error| protocol(&what, error))?;
    let next = Some(reply.next_page_token).filter(|it| !it.is_empty());
    session.show(&Passports::new(passports, next, session.now()))?;
    Ok(Exit::Answered)
}

async fn show(args: One, session: &Session) -> Result<Exit, Fault> {
    let what = format!("show the passport {}", args.id);
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(GetPassportRequest {
        workspace_id: args.workspace.to_string(),
        passport_id: args.id.to_string(),
    });
    let mut client = gateway.client();
    let reply = gateway.answer(&what, client.get_passport(request)).await?;
    let message = reply.into_inner().passport;
    let message = message.ok_or_else(|| protocol(&what, "there is no passport in it"))?;
    let passport = wire::read(message).map_err(|error| protocol(&what, error))?;
    session.show(&Decided::new(passport, session.now()))?;
    Ok(Exit::Answered)
}

async fn attest(args: One, session: &Session) -> Result<Exit, Fault> {
    session.only_text("passports attest")?;
    let gateway = Gateway::connect(&session.global).await?;
    let envelope = attestation(&gateway, (args.workspace, args.id)).await?;
    print(&String::from_utf8_lossy(&envelope))?;
    Ok(Exit::Answered)
}

/// The signed attestation of a passport.
pub async fn attestation(
    gateway: &Gateway,
    (workspace, id): (WorkspaceId, Uuid),
) -> Result<Vec<u8>, Fault> {
    let what = format!("have the passport {id} attested");
    let request = gateway.request(GetAttestationRequest {
        workspace_id: workspace.to_string(),
        passport_id: id.to_string(),
    });
    let mut client = gateway.client();
    let reply = gateway
        .answer(&what, client.get_attestation(request))
        .await?;
    Ok(reply.into_inner().envelope.to_vec())
}
