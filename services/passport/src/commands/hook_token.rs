//! `passport token hook`.

use chrono::{DateTime, Utc};
use passport_evidence::json;
use passport_policy::tokens::{Issued, issue_for_hook};
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::Session;
use super::token::{COMPLETE, moment, random};
use crate::cli::NewHook;
use crate::exit::{Exit, Fault};
use crate::output::yaml;
use crate::terminal::{print, remark};

/// Standard output gets the token alone, so that it can be piped to where it is kept.
pub fn new(args: &NewHook, session: &Session) -> Result<Exit, Fault> {
    session.only_text("token hook")?;
    let issued = issue_for_hook(args.id.as_str(), random()?);
    let fragment = Fragment::of(args, &issued, session.now())?;
    remark(&format!("{}{COMPLETE}", yaml::write(&fragment)?));
    print(issued.secret.expose_secret())?;
    Ok(Exit::Answered)
}

/// What the configuration gets.
#[derive(Serialize)]
struct Fragment {
    gateway: Gateway,
}

#[derive(Serialize)]
struct Gateway {
    hooks: [Entry; 1],
}

#[derive(Serialize)]
struct Entry {
    id: String,
    sha256: String,
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fail_on: Option<&'static str>,
}

#[derive(Serialize)]
struct Scope {
    workspace: String,
    service: String,
    environment: String,
}

// === impl Fragment ===

impl Fragment {
    fn of(args: &NewHook, issued: &Issued, now: DateTime<Utc>) -> Result<Self, Fault> {
        let expires = args.expires.map(|expiry| moment(expiry, now)).transpose()?;
        let scope = args.scope.scope();
        let entry = Entry {
            id: args.id.to_string(),
            sha256: hex::encode(issued.sha256),
            scope: Scope {
                workspace: scope.workspace.to_string(),
                service: scope.service.to_string(),
                environment: scope.environment.to_string(),
            },
            expires: expires.map(json::time),
            fail_on: args.fail_on.map(|it| it.as_str()),
        };
        Ok(Self {
            gateway: Gateway { hooks: [entry] },
        })
    }
}
