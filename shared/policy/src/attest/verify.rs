//! Believing an attestation.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use passport_evidence::freshness::SKEW;
use serde::Deserialize;

use super::{
    Envelope, Expected, LedgerPosition, PAYLOAD_TYPE, PREDICATE_TYPE, Purpose, Refused,
    STATEMENT_TYPE, TrustedKey,
    digests::{Resource, resources},
    envelope::pre_authentication,
    stated, strict,
};
use crate::{
    gate::{Consequence, Decision, Mode},
    passport::Passport,
};

/// The largest envelope that is looked at, in bytes.
pub const MAX_ENVELOPE: usize = 16 << 20;

/// The most signatures that are looked at.
const MAX_SIGNATURES: usize = 16;

/// What nobody can know offline. Show it beside every [`Verified`].
pub const NOT_CHECKED: &str = "whether it was withdrawn after it was exported was not checked: \
     that is known to the gateway alone";

/// An attestation that is believed, except for what only the gateway knows: [`NOT_CHECKED`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The record, every fact judged again as of the moment of the decision.
    pub passport: Passport,
    /// Where it stands in the workspace's ledger, if it says so.
    pub ledger: Option<LedgerPosition>,
    /// The trusted key that has signed.
    pub key_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatementRead<'a> {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Resource>,
    predicate_type: String,
    #[serde(borrow)]
    predicate: &'a serde_json::value::RawValue,
}

/// Believes an attestation or says why not. No key is taken from the envelope, and nothing in the payload
/// is looked at before a trusted key is found to have signed it.
///
/// Whether the passport was withdrawn since cannot be known offline: see [`NOT_CHECKED`].
///
/// # Errors
/// The first reason not to believe it, or not to use it for this purpose.
pub fn verify(envelope: &[u8], expected: &Expected<'_>) -> Result<Verified, Refused> {
    expected.names_a_subject()?;
    let envelope = read(envelope)?;
    let payload = BASE64_STANDARD
        .decode(&envelope.payload)
        .map_err(|_| Refused::PayloadEncoding)?;
    let signers = signers(&envelope, &payload, expected)?;
    let statement = statement(&payload)?;
    let stated = stated::read(statement.predicate.get())?;
    let passport = &stated.passport;
    if statement.subject != resources(passport) {
        return Err(Refused::SubjectsDiffer);
    }
    expected.is_about(passport)?;
    follows(passport)?;
    let key = standing(&signers, passport, expected)?;
    usable(passport, expected)?;
    Ok(Verified {
        key_id: key.key.id().to_owned(),
        passport: stated.passport,
        ledger: stated.ledger,
    })
}

fn read(envelope: &[u8]) -> Result<Envelope, Refused> {
    if envelope.len() > MAX_ENVELOPE {
        return Err(Refused::TooLarge);
    }
    strict::checked(envelope, Refused::NotAnEnvelope)?;
    let envelope: Envelope =
        serde_json::from_slice(envelope).map_err(|_| Refused::NotAnEnvelope)?;
    match envelope.payload_type == PAYLOAD_TYPE {
        true => Ok(envelope),
        false => Err(Refused::PayloadType),
    }
}

/// The trusted keys that have signed.
fn signers<'a>(
    envelope: &'a Envelope,
    payload: &[u8],
    expected: &Expected<'a>,
) -> Result<Vec<&'a TrustedKey>, Refused> {
    if !(1..=MAX_SIGNATURES).contains(&envelope.signatures.len()) {
        return Err(Refused::SignatureCount);
    }
    let message = pre_authentication(PAYLOAD_TYPE, payload);
    let mut refused = Refused::UntrustedKey;
    let mut signers = Vec::new();
    for signature in &envelope.signatures {
        let bytes = BASE64_STANDARD.decode(&signature.sig).unwrap_or_default();
        for key in expected.keys.named(&signature.keyid) {
            match key.key.has_signed(&message, &bytes) {
                true => signers.push(key),
                false => refused = Refused::BadSignature,
            }
        }
    }
    match signers.is_empty() {
        true => Err(refused),
        false => Ok(signers),
    }
}

fn statement(payload: &[u8]) -> Result<StatementRead<'_>, Refused> {
    strict::checked(payload, Refused::NotAStatement)?;
    let statement: StatementRead<'_> =
        serde_json::from_slice(payload).map_err(|_| Refused::NotAStatement)?;
    if statement.kind != STATEMENT_TYPE {
        return Err(Refused::NotAStatement);
    }
    match statement.predicate_type == PREDICATE_TYPE {
        true => Ok(statement),
        false => Err(Refused::PredicateType),
    }
}

/// Whether the decision is the one that its requirements come to.
fn follows(passport: &Passport) -> Result<(), Refused> {
    let consequences = passport.requirements.iter().map(|it| it.consequence);
    let worst = consequences.max().unwrap_or(Consequence::Hold);
    let is_one_of = [false, true]
        .into_iter()
        .any(|already_runs| Decision::of(worst, already_runs) == passport.decision);
    match is_one_of {
        true => Ok(()),
        false => Err(Refused::InconsistentDecision),
    }
}

/// The first signer whose signature counts; else why the first one's does not.
fn standing<'a>(
    signers: &[&'a TrustedKey],
    passport: &Passport,
    expected: &Expected<'_>,
) -> Result<&'a TrustedKey, Refused> {
    let mut refused = Refused::UntrustedKey;
    for key in signers.iter().rev() {
        match key.counts(passport.decided_at, expected.now, expected.purpose) {
            Ok(()) => return Ok(key),
            Err(why) => refused = why,
        }
    }
    Err(refused)
}

/// Whether it serves its purpose now.
fn usable(passport: &Passport, expected: &Expected<'_>) -> Result<(), Refused> {
    let now = expected.now;
    if passport.decided_at - now > SKEW {
        return Err(Refused::FromFuture);
    }
    if expected.purpose == Purpose::Record {
        return Ok(());
    }
    let decision = passport.decision;
    let checks = [
        (passport.revoked_at.is_none(), Refused::Withdrawn),
        (passport.mode != Mode::Shadow, Refused::Shadow),
        (decision.lets_go(), Refused::NotAnApproval { decision }),
    ];
    let first = checks.into_iter().find(|(holds, _)| !holds);
    first.map_or(Ok(()), |(_, why)| Err(why))?;
    match passport.approves(now) {
        true => Ok(()),
        false => Err(Refused::Expired),
    }
}
