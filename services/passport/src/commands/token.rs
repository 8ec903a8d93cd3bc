//! `passport token`.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use passport_evidence::json;
use passport_policy::grants::Verb;
use passport_policy::tokens::{Issued, issue};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::{Session, hook_token};
use crate::cli::{Expiry, NewToken, TokenCommand};
use crate::exit::{Exit, Fault};
use crate::output::yaml;
use crate::terminal::{print, remark};

pub(super) const COMPLETE: &str = "# for the configuration; the token itself is shown this once:";
const INCOMPLETE: &str = "\
# for the configuration, once names stand where capitals do; the token itself is shown this once:";

/// Stands for who vouches for a person, where nobody said.
const ISSUER: &str = "ISSUER";

pub fn run(command: TokenCommand, session: &Session) -> Result<Exit, Fault> {
    match command {
        TokenCommand::New(args) => new(&args, session),
        TokenCommand::Hook(args) => hook_token::new(&args, session),
    }
}

/// Standard output gets the token alone, so that it can be piped to where it is kept.
fn new(args: &NewToken, session: &Session) -> Result<Exit, Fault> {
    session.only_text("token new")?;
    let issued = issue(args.id.as_str(), random()?);
    let fragment = Fragment::of(args, &issued, session.now())?;
    let says = match fragment.is_complete() {
        true => COMPLETE,
        false => INCOMPLETE,
    };
    remark(&format!("{}{says}", yaml::write(&fragment)?));
    print(issued.secret.expose_secret())?;
    Ok(Exit::Answered)
}

/// Random bytes of the system, enough for a token.
pub fn random() -> Result<[u8; 32], Fault> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| {
        Fault::unanswered(
            format!("could not get random bytes of the system: {error}"),
            "try again",
        )
    })?;
    Ok(bytes)
}

/// What the configuration gets.
#[derive(Serialize)]
struct Fragment {
    gateway: Gateway,
}

#[derive(Serialize)]
struct Gateway {
    tokens: [Entry; 1],
}

#[derive(Serialize)]
struct Entry {
    id: String,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<Person>,
    grants: [Grant; 1],
}

#[derive(Serialize)]
struct Person {
    issuer: String,
    subject: String,
}

#[derive(Serialize)]
struct Grant {
    workspace: String,
    services: Vec<String>,
    environments: Vec<String>,
    verbs: Vec<String>,
}

// === impl Fragment ===

impl Fragment {
    fn of(args: &NewToken, issued: &Issued, now: DateTime<Utc>) -> Result<Self, Fault> {
        let expires = args.expires.map(|expiry| moment(expiry, now)).transpose()?;
        let entry = Entry {
            id: args.id.to_string(),
            sha256: hex::encode(issued.sha256),
            expires: expires.map(json::time),
            person: Person::of(args),
            grants: [Grant::of(args)],
        };
        Ok(Self {
            gateway: Gateway { tokens: [entry] },
        })
    }

    /// Whether it can be used as it stands.
    fn is_complete(&self) -> bool {
        let [entry] = &self.gateway.tokens;
        let [grant] = &entry.grants;
        let names = grant.services.iter().chain(&grant.environments);
        let is_capitals = |name: &String| name.starts_with(|c: char| c.is_ascii_uppercase());
        let is_known = entry.person.as_ref().is_none_or(|it| it.issuer != ISSUER);
        is_known && !names.chain([&grant.workspace]).any(is_capitals)
    }
}

impl Person {
    /// The bearer, where one was named or has to be.
    fn of(args: &NewToken) -> Option<Self> {
        let wants_one = Verb::ALL
            .iter()
            .any(|it| it.wants_a_person() && args.verbs.iter().any(|verb| verb == it.as_str()));
        let named = args.person_issuer.clone().zip(args.person_subject.clone());
        let unnamed = || (ISSUER.to_owned(), "SUBJECT".to_owned());
        let (issuer, subject) = named.or_else(|| wants_one.then(unnamed))?;
        Some(Self { issuer, subject })
    }
}

impl Grant {
    /// What was not named gets capitals, which no name may have.
    fn of(args: &NewToken) -> Self {
        let workspace = args.workspace.as_ref().map(ToString::to_string);
        Self {
            workspace: workspace.unwrap_or_else(|| "WORKSPACE".to_owned()),
            services: or_capitals(&args.services, "SERVICE"),
            environments: or_capitals(&args.environments, "ENVIRONMENT"),
            verbs: args.verbs.clone(),
        }
    }
}

fn or_capitals(names: &[impl ToString], capitals: &str) -> Vec<String> {
    match names {
        [] => vec![capitals.to_owned()],
        names => names.iter().map(ToString::to_string).collect(),
    }
}

/// The moment of an expiry that is still to come.
pub(super) fn moment(expiry: Expiry, now: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
    let at = match expiry {
        Expiry::At(at) => Some(at),
        Expiry::In(span) => TimeDelta::from_std(span)
            .ok()
            .and_then(|span| now.trunc_subsecs(0).checked_add_signed(span)),
    };
    at.filter(|at| *at > now).ok_or_else(|| {
        Fault::wrong(
            "the token would have ended already, or never",
            "give --expires a moment to come, such as 90d",
        )
    })
}
