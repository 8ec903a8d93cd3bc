//! `passport passports verify`.

mod in_ledger;

use std::path::Path;

use passport_evidence::Scope;
use passport_gateway::policies::Policies;
use passport_policy::attest::{
    self, Expected, MAX_ENVELOPE, NOT_CHECKED, Purpose, Refused, TrustedKeys,
};
use passport_policy::passport::Passport;
use passport_service_kit::config::Report;

use super::super::config::{show_problems, sound, unusable};
use super::super::{Session, files};
use crate::cli::Verify;
use crate::exit::{Exit, Fault};
use crate::output::Verified;

/// Asks nobody: what was withdrawn since is not known here beyond the ledger that is given, and that is
/// said.
pub fn run(args: &Verify, session: &Session) -> Result<Exit, Fault> {
    let policies = match args.policy_file.as_deref().map(policies_of).transpose() {
        Ok(policies) => policies,
        Err((file, report)) => {
            show_problems(file, report, session)?;
            return Ok(Exit::Wrong);
        }
    };
    let keys = files::keys(&args.keys)?;
    let verified = verified(args, &keys, policies.as_ref(), session)?;
    session.show(&verified)?;
    match verified.is_good() {
        true => Ok(Exit::Answered),
        false => Ok(Exit::Otherwise),
    }
}

fn verified(
    args: &Verify,
    keys: &TrustedKeys,
    policies: Option<&Policies>,
    session: &Session,
) -> Result<Verified, Fault> {
    let refused = |why: Refused| Verified::refused(why.code(), why.to_string());
    let attested = match attested(args, keys, session)? {
        Ok(attested) => attested,
        Err(why) => return Ok(refused(why)),
    };
    if let Some(policies) = policies
        && let Some(why) = other_policy(&attested.passport, policies)
    {
        return Ok(refused(why));
    }
    match &args.ledger {
        Some(file) => in_ledger::verified(file, keys, attested, purpose(args)),
        None => Ok(Verified::good(attested, NOT_CHECKED, None)),
    }
}

/// What the envelope alone says.
fn attested(
    args: &Verify,
    keys: &TrustedKeys,
    session: &Session,
) -> Result<Result<attest::Verified, Refused>, Fault> {
    let envelope = files::read(&args.file, MAX_ENVELOPE)?;
    let scope = args.service.clone().zip(args.environment.clone());
    let scope = scope.map(|(service, environment)| Scope {
        workspace: args.workspace.clone(),
        service,
        environment,
    });
    let expected = Expected {
        keys,
        workspace: &args.workspace,
        scope: scope.as_ref(),
        subject: &args.subject.subject(),
        policy_digest: args.policy,
        purpose: purpose(args),
        now: session.now(),
    };
    Ok(attest::verify(&envelope, &expected))
}

fn purpose(args: &Verify) -> Purpose {
    match args.record {
        true => Purpose::Record,
        false => Purpose::Approval,
    }
}

/// The policies of a file, or what is wrong with it.
fn policies_of(file: &Path) -> Result<Policies, (&Path, Report)> {
    let loaded = sound(file).map_err(|report| (file, report))?;
    Policies::of(&loaded).map_err(|error| (file, unusable(&loaded, &error)))
}

/// Whether it was decided by another policy than that of its scope. A scope without one has none that
/// decides.
fn other_policy(passport: &Passport, policies: &Policies) -> Option<Refused> {
    let policy = policies.of_scope(&passport.scope);
    let is_its = policy.is_some_and(|it| it.digest == passport.policy_digest);
    (!is_its).then_some(Refused::OtherPolicy)
}
