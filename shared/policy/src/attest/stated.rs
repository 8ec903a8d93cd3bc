//! The passport that a Statement holds, and whether it agrees with itself.

use std::borrow::Cow;

use passport_evidence::Evidence;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{EvidenceDigest, LedgerPosition, Refused};
use crate::passport::{Digest, Passport};

/// What was found in a predicate.
pub(super) struct Stated {
    pub(super) passport: Passport,
    pub(super) ledger: Option<LedgerPosition>,
}

#[derive(Deserialize)]
struct PredicateRead<'a> {
    #[serde(borrow)]
    passport: &'a RawValue,
    evidence: Vec<EvidenceDigest>,
    #[serde(default)]
    ledger: Option<LedgerPosition>,
}

/// What the passport says in words that a later version may add to, and the bytes of its evidence.
#[derive(Deserialize)]
struct PassportWords<'a> {
    #[serde(borrow)]
    decision: Cow<'a, str>,
    #[serde(borrow)]
    mode: Cow<'a, str>,
    #[serde(borrow)]
    requirements: Vec<RequirementWords<'a>>,
    #[serde(borrow)]
    evidence: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct RequirementWords<'a> {
    #[serde(borrow)]
    state: Cow<'a, str>,
    #[serde(borrow)]
    consequence: Cow<'a, str>,
}

#[derive(Deserialize)]
struct EvidenceWords<'a> {
    #[serde(borrow)]
    facts: Vec<FactWords<'a>>,
}

#[derive(Deserialize)]
struct FactWords<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
}

/// Reads a predicate.
pub(super) fn read(predicate: &str) -> Result<Stated, Refused> {
    let read: PredicateRead<'_> = of(predicate)?;
    let passport: Passport = of(read.passport.get())?;
    let words: PassportWords<'_> = of(read.passport.get())?;
    known(&words, &passport)?;
    bound(&words.evidence, &read.evidence, &passport)?;
    for (raw, evidence) in words.evidence.iter().zip(&passport.evidence) {
        if evidence.scope != passport.scope {
            return Err(Refused::EvidenceOfOtherScope);
        }
        holds(raw, evidence)?;
    }
    Ok(Stated {
        passport,
        ledger: read.ledger,
    })
}

fn of<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Refused> {
    serde_json::from_str(json).map_err(|_| Refused::NotAPassport)
}

/// Reading a passport takes an unknown word for a known one that asks for more; here nobody may guess.
fn known(words: &PassportWords<'_>, passport: &Passport) -> Result<(), Refused> {
    let unknown = |what| Err(Refused::UnknownWord { what });
    if words.decision != passport.decision.as_str() {
        return unknown("decision");
    }
    if words.mode != passport.mode.as_str() {
        return unknown("mode");
    }
    for (words, result) in words.requirements.iter().zip(&passport.requirements) {
        if words.state != result.state.as_str() {
            return unknown("state of a requirement");
        }
        if words.consequence != result.consequence.as_str() {
            return unknown("consequence of a requirement");
        }
    }
    Ok(())
}

/// Whether the digests are those of the evidence, one of each and in its order.
fn bound(
    raw: &[&RawValue],
    digests: &[EvidenceDigest],
    passport: &Passport,
) -> Result<(), Refused> {
    let pairs = raw.iter().zip(&passport.evidence);
    let digest = |raw: &RawValue| Digest::of(raw.get().as_bytes());
    let is = pairs.map(|(raw, evidence)| EvidenceDigest::bound(evidence, digest(raw)));
    match is.eq(digests.iter().cloned()) {
        true => Ok(()),
        false => Err(Refused::EvidenceDiffers),
    }
}

/// Whether every fact is still what it claims to be when it is judged again.
fn holds(raw: &RawValue, evidence: &Evidence) -> Result<(), Refused> {
    let claimed: EvidenceWords<'_> = of(raw.get())?;
    let claimed = claimed.facts.iter().map(|it| it.status.as_ref());
    let judged = evidence.facts().iter().map(|it| it.status().as_str());
    match claimed.eq(judged) {
        true => Ok(()),
        false => Err(Refused::ContradictoryEvidence),
    }
}
