//! The in-toto Statement of a passport.

use serde::Serialize;

use super::{
    CannotSign,
    digests::{Resource, resources},
    predicate::{EvidenceDigest, LedgerPosition, PREDICATE_TYPE, Predicate},
};
use crate::passport::Passport;

/// Names the form of the Statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The in-toto Statement of a passport, as it is signed.
#[derive(Debug, Serialize)]
pub struct Statement<'a> {
    #[serde(rename = "_type")]
    kind: &'static str,
    subject: Vec<Resource>,
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: Predicate<'a>,
}

/// Why there is no attestation of a passport.
#[derive(Debug, thiserror::Error)]
pub enum NotAttested {
    /// A Statement is about something with a digest, and this release has none.
    #[error(
        "the passport names neither a full commit id nor an artifact digest, so there is nothing to attest; \
         evaluate the gate again with a revision or an artifact digest"
    )]
    NoSubject,
    /// It has no JSON.
    #[error("could not write the statement")]
    Unwritable(#[from] serde_json::Error),
    /// The key gave no signature.
    #[error(transparent)]
    Unsigned(#[from] CannotSign),
}

/// States a passport. A release that names neither a full commit id nor an artifact digest cannot be
/// attested: a Statement has at least one subject, and a subject has a digest.
///
/// # Errors
/// There is nothing that the Statement could be about.
pub fn statement(
    passport: &Passport,
    ledger: Option<LedgerPosition>,
) -> Result<Statement<'_>, NotAttested> {
    let subject = resources(passport);
    if subject.is_empty() {
        return Err(NotAttested::NoSubject);
    }
    let evidence = passport.evidence.iter().map(EvidenceDigest::of);
    Ok(Statement {
        kind: STATEMENT_TYPE,
        subject,
        predicate_type: PREDICATE_TYPE,
        predicate: Predicate {
            passport,
            evidence: evidence.collect::<Result<_, _>>()?,
            ledger,
        },
    })
}

// === impl NotAttested ===

impl NotAttested {
    /// Stable, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSubject => "no_subject",
            Self::Unwritable(_) => "unwritable",
            Self::Unsigned(_) => "cannot_sign",
        }
    }
}
