//! A passport that others can check: an in-toto Statement in a DSSE envelope.
//!
//! [`attestation`] makes one, [`verify`] believes one. The payload is an in-toto Statement v1:
//!
//! - `subject`: what is released, by digest: each artifact digest (`sha256`, `sha384` or `sha512`) and the
//!   revision (`gitCommit`). Every one is named after the service.
//! - `predicateType`: [`PREDICATE_TYPE`].
//! - `predicate.passport`: the passport's own JSON, whole: scope, subject, decision, mode, requirements,
//!   evidence, failures, waivers, digest of the policy, `decidedAt`, `validUntil`.
//! - `predicate.evidence`: for each of `passport.evidence`, in that order, its `source`, `connector`,
//!   `observedAt`, `maxAgeSeconds` and `digest`: SHA-256 of the bytes of that evidence as they stand in the
//!   payload.
//! - `predicate.ledger`, where it is known: `sequence` and `entryHash`, the place in the workspace's ledger.
//!
//! The envelope is signed with Ed25519. The id of a key is `sha256:` and the digest of its
//! SubjectPublicKeyInfo, as `openssl pkey -pubin -in key.pem -outform DER | sha256sum` prints it.

mod digests;
mod envelope;
mod expected;
mod keys;
mod predicate;
mod refused;
mod signer;
mod stated;
mod statement;
mod strict;
mod verify;

pub use envelope::{Envelope, PAYLOAD_TYPE, Signature, attestation, pre_authentication, sign};
pub use expected::{Expected, Purpose};
pub use keys::{BadKeys, PublicKey, TrustedKey, TrustedKeys};
pub use predicate::{EvidenceDigest, LedgerPosition, PREDICATE_TYPE, Predicate};
pub use refused::Refused;
pub use signer::{BadKey, CannotSign, Ed25519Signer, Signer};
pub use statement::{NotAttested, STATEMENT_TYPE, Statement, statement};
pub use verify::{MAX_ENVELOPE, NOT_CHECKED, Verified, verify};

#[cfg(test)]
mod tests;
