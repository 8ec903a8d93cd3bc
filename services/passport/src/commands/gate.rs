//! `passport gate`.

mod wait;
mod what_if;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use passport_gateway::gate::wire;
use passport_policy::gate::Mode;
use passport_policy::passport::{self, Passport};
use passport_proto::gateway::{self as api, EvaluateGateRequest};

use super::files::unwritable;
use super::{Session, passports};
use crate::cli::Gate;
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::output::Decided;

pub use what_if::run as what_if;

pub async fn run(args: &Gate, session: &Session) -> Result<Exit, Fault> {
    let passport = match args.wait {
        Some(longest) => wait::decided(args, longest, session).await?,
        None => at_once(args, session).await?,
    };
    write_files(args, &passport)?;
    if let Some(file) = &args.attestation {
        let gateway = Gateway::connect(&session.global).await?;
        let of = (passport.scope.workspace.clone(), passport.id);
        let envelope = passports::attestation(&gateway, of).await?;
        written(file, &envelope)?;
    }
    let exit = exit(args, &passport);
    session.show(&Decided::new(passport, session.now()))?;
    Ok(exit)
}

async fn at_once(args: &Gate, session: &Session) -> Result<Passport, Fault> {
    let what = format!("decide about {}", args.scope.scope());
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(request(args));
    let mut client = gateway.client();
    let reply = gateway.answer(&what, client.evaluate_gate(request)).await?;
    let message = reply.into_inner().passport;
    let message = message.ok_or_else(|| protocol(&what, "there is no passport in it"))?;
    wire::read(message).map_err(|error| protocol(&what, error))
}

fn request(args: &Gate) -> EvaluateGateRequest {
    let subject = args.subject.subject();
    EvaluateGateRequest {
        scope: Some((&args.scope.scope()).into()),
        subject: (!subject.is_empty()).then(|| (&subject).into()),
        mode: match args.mode() {
            None => api::Mode::Unspecified,
            Some(Mode::Shadow) => api::Mode::Shadow,
            Some(Mode::Advisory) => api::Mode::Advisory,
            Some(Mode::Enforce) => api::Mode::Enforce,
        }
        .into(),
    }
}

/// What was typed can only make it stricter than the policy.
fn exit(args: &Gate, passport: &Passport) -> Exit {
    let fails = args.fail_on.is_some_and(|it| it.stops(passport.decision));
    match passport.stops() || fails {
        true => Exit::Otherwise,
        false => Exit::Answered,
    }
}

fn write_files(args: &Gate, passport: &Passport) -> Result<(), Fault> {
    if let Some(file) = &args.summary {
        let text = passport::markdown(passport) + "\n";
        let mut options = OpenOptions::new();
        let opened = options.append(true).create(true).open(file);
        let added = opened.and_then(|mut it| it.write_all(text.as_bytes()));
        added.map_err(|error| unwritable(file, &error))?;
    }
    match &args.junit {
        Some(file) => written(file, passport::junit(passport).as_bytes()),
        None => Ok(()),
    }
}

fn written(file: &Path, bytes: &[u8]) -> Result<(), Fault> {
    std::fs::write(file, bytes).map_err(|error| unwritable(file, &error))
}
