//! `passport gate what-if`.

use std::path::Path;

use passport_gateway::gate::{what_if, wire};
use passport_proto::evidence as proto;
use passport_proto::gateway::{self as api, ListPassportsRequest, ListPassportsResponse};
use passport_service_kit::config::Report;

use super::super::config::{sound, unusable};
use super::Session;
use crate::cli::WhatIf;
use crate::client::{Gateway, protocol};
use crate::connectors::catalog;
use crate::exit::{Exit, Fault};
use crate::output::Compared;

/// Most passports of a page.
const PAGE: usize = 200;

pub async fn run(args: &WhatIf, session: &Session) -> Result<Exit, Fault> {
    let policies = match policies_of(&args.file) {
        Ok(policies) => policies,
        Err(report) => {
            super::super::config::show_problems(&args.file, report, session)?;
            return Ok(Exit::Wrong);
        }
    };
    let mut compared = Compared::default();
    for message in recorded(args, session).await? {
        compare(message, &policies, &mut compared);
    }
    session.show(&compared)?;
    match args.fail_on_change && !compared.is_unchanged() {
        true => Ok(Exit::Otherwise),
        false => Ok(Exit::Answered),
    }
}

fn policies_of(file: &Path) -> Result<what_if::WhatIf, Report> {
    let loaded = sound(file)?;
    what_if::WhatIf::of(&loaded, catalog()).map_err(|error| unusable(&loaded, &error))
}

/// The newest passports that the caller may read.
async fn recorded(args: &WhatIf, session: &Session) -> Result<Vec<api::Passport>, Fault> {
    let what = format!("list the passports of {}", args.workspace);
    let gateway = Gateway::connect(&session.global).await?;
    let mut client = gateway.client();
    let last = usize::from(args.last);
    let mut recorded = Vec::new();
    let mut page_token = String::new();
    loop {
        let wanted = (last - recorded.len()).min(PAGE);
        let request = gateway.request(request(args, wanted, page_token.clone()));
        let reply = gateway.answer(&what, client.list_passports(request));
        let ListPassportsResponse {
            passports,
            next_page_token,
        } = reply.await?.into_inner();
        recorded.extend(passports);
        recorded.truncate(last);
        if recorded.len() >= last || next_page_token.is_empty() {
            return Ok(recorded);
        }
        if next_page_token == page_token {
            return Err(protocol(&what, "a page leads to itself"));
        }
        page_token = next_page_token;
    }
}

fn request(args: &WhatIf, wanted: usize, page_token: String) -> ListPassportsRequest {
    let name = |it: Option<String>| it.unwrap_or_default();
    ListPassportsRequest {
        scope: Some(proto::Scope {
            workspace_id: args.workspace.to_string(),
            service: name(args.service.as_ref().map(ToString::to_string)),
            environment: name(args.environment.as_ref().map(ToString::to_string)),
        }),
        page_size: i32::try_from(wanted).unwrap_or(i32::MAX),
        page_token,
    }
}

/// What can't be decided again is told with its reason.
fn compare(message: api::Passport, policies: &what_if::WhatIf, compared: &mut Compared) {
    let id = message.passport_id.clone();
    if !wire::is_known(&message) {
        compared.skip(
            id,
            "another version decided it, in words that this one does not know",
        );
        return;
    }
    match wire::read(message) {
        Err(error) => compared.skip(id, error.to_string()),
        Ok(passport) => match policies.decide(&passport) {
            Some(decided) => compared.add(passport, &decided),
            None => {
                let scope = &passport.scope;
                compared.skip(id, format!("the file has no policy for {scope}"));
            }
        },
    }
}
