//! `passport sources`.

use passport_evidence::{Scope, SourceName};
use passport_proto::gateway::{CheckSourceRequest, ListSourcesRequest};

use super::Session;
use crate::cli::Sources as Command;
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::output::{Checked, Sources};

pub async fn run(command: Command, session: &Session) -> Result<Exit, Fault> {
    match command {
        Command::List { scope } => list(&scope.scope(), session).await,
        Command::Check { source, scope } => check(&source, &scope.scope(), session).await,
    }
}

async fn list(scope: &Scope, session: &Session) -> Result<Exit, Fault> {
    let what = format!("list the sources of {scope}");
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(ListSourcesRequest {
        scope: Some(scope.into()),
    });
    let mut client = gateway.client();
    let reply = gateway.answer(&what, client.list_sources(request)).await?;
    session.show(&Sources::read(reply.into_inner(), session.now()))?;
    Ok(Exit::Answered)
}

/// A check that the collector could not make ends like a question that could not be asked.
async fn check(source: &SourceName, scope: &Scope, session: &Session) -> Result<Exit, Fault> {
    let what = format!("check the source {source} of {scope}");
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(CheckSourceRequest {
        scope: Some(scope.into()),
        source: source.to_string(),
    });
    let mut client = gateway.client();
    let reply = gateway.answer(&what, client.check_source(request)).await?;
    let checked = Checked::read(reply.into_inner(), session.now());
    let checked = checked.map_err(|error| protocol(&what, error))?;
    session.show(&checked)?;
    match checked.was_made() {
        true => Ok(Exit::Answered),
        false => Ok(Exit::Unanswered),
    }
}
