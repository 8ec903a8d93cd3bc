//! The DSSE envelope around a Statement.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

use super::{LedgerPosition, NotAttested, Signer, Statement, statement};
use crate::passport::Passport;

/// What the payload of an envelope is.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A signed payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    /// The Statement's bytes in base64, padded, of the standard alphabet.
    pub payload: String,
    /// [`PAYLOAD_TYPE`].
    pub payload_type: String,
    /// At least one.
    pub signatures: Vec<Signature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Which key is said to have signed. It only chooses among keys that are trusted anyway.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub keyid: String,
    /// In base64.
    pub sig: String,
}

/// States a passport and signs it: the JSON of the envelope.
///
/// # Errors
/// There is nothing to attest, or the key gave no signature.
pub fn attestation(
    passport: &Passport,
    ledger: Option<LedgerPosition>,
    signer: &dyn Signer,
) -> Result<Vec<u8>, NotAttested> {
    let envelope = sign(&statement(passport, ledger)?, signer)?;
    Ok(serde_json::to_vec(&envelope)?)
}

/// Signs a Statement.
///
/// # Errors
/// The key gave no signature.
pub fn sign(statement: &Statement<'_>, signer: &dyn Signer) -> Result<Envelope, NotAttested> {
    let payload = serde_json::to_vec(statement)?;
    let signature = signer.sign(&pre_authentication(PAYLOAD_TYPE, &payload))?;
    Ok(Envelope {
        payload: BASE64_STANDARD.encode(payload),
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: vec![Signature {
            keyid: signer.key_id().to_owned(),
            sig: BASE64_STANDARD.encode(signature),
        }],
    })
}

/// What is signed of a payload: its type and its bytes, each with its length before it.
pub fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let (kind, length) = (payload_type.len(), payload.len());
    let head = format!("DSSEv1 {kind} {payload_type} {length} ");
    [head.as_bytes(), payload].concat()
}
