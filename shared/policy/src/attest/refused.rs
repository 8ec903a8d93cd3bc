//! Why an attestation is not believed.

use crate::gate::Decision;

/// Why an attestation is not believed. The message says what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is larger than any that is made.
    #[error("the file is larger than 16 MiB; give the attestation alone")]
    TooLarge,
    /// It is not the JSON of a DSSE envelope, or has keys that such an envelope has not.
    #[error(
        "this is not a DSSE envelope; export it again with `GET /v1/passports/{{id}}/attestation`"
    )]
    NotAnEnvelope,
    /// An object names a key twice, so that two readers can see two things.
    #[error("the attestation names a key twice; export it again, and ask who changed it")]
    DuplicateKey,
    /// The payload is of another type.
    #[error("the payload is not an in-toto statement; give the attestation of a passport")]
    PayloadType,
    /// The payload is not written as it is by a gateway.
    #[error("the payload is not in padded base64 of the standard alphabet; export it again")]
    PayloadEncoding,
    /// There is none, or more than anybody makes.
    #[error("the envelope has no signature or more than 16; export it again from the gateway")]
    SignatureCount,
    /// No trusted key is said to have signed.
    #[error(
        "it is signed by a key that is not trusted; if it is the gateway's, add its public key to the \
         trusted keys"
    )]
    UntrustedKey,
    /// A trusted key is said to have signed and has not.
    #[error("the signature does not fit: it was changed after it was signed; do not use it")]
    BadSignature,
    /// It was signed before the key counted.
    #[error("it says that it was made before key {key} counted; evaluate the gate again")]
    KeyNotYetValid {
        /// Id of the key.
        key: String,
    },
    /// The key does not count any more.
    #[error(
        "key {key} does not count any more; evaluate the gate again, which signs with a newer key"
    )]
    KeyExpired {
        /// Id of the key.
        key: String,
    },
    /// The key may be in other hands.
    #[error("key {key} was revoked; evaluate the gate again, which signs with another key")]
    KeyRevoked {
        /// Id of the key.
        key: String,
    },
    /// What was signed is no in-toto Statement v1.
    #[error("the payload is not an in-toto statement v1; give the attestation of a passport")]
    NotAStatement,
    /// The Statement says something else than a passport.
    #[error("the statement is not about a release passport; give the attestation of a passport")]
    PredicateType,
    /// The predicate cannot be read.
    #[error("the statement holds no readable passport; verify it with the version that made it")]
    NotAPassport,
    /// A word is of a later version, and nobody here knows what it allows.
    #[error("this version does not know the {what} it states; verify it with a newer version")]
    UnknownWord {
        /// What the word says.
        what: &'static str,
    },
    /// The Statement is about something else than its passport.
    #[error(
        "the statement names other digests than its passport; do not use it, tell the operator"
    )]
    SubjectsDiffer,
    /// The caller does not say what is released.
    #[error("say which release is expected: its revision or an artifact digest")]
    NothingExpected,
    /// It is of another tenant.
    #[error("it is of another workspace; give the attestation of this one")]
    OtherWorkspace,
    /// It is of another service or environment.
    #[error("it is of {scope}; evaluate the gate of the expected scope")]
    OtherScope {
        /// What it is of.
        scope: String,
    },
    /// It is of another release.
    #[error("it is of another release; evaluate the gate for the expected revision and digests")]
    OtherSubject,
    /// It was decided by another policy.
    #[error("it was decided by another policy than the expected one; evaluate the gate again")]
    OtherPolicy,
    /// A digest is not that of the evidence beside it.
    #[error("the evidence is not the one that its digests name; do not use it, tell the operator")]
    EvidenceDiffers,
    /// Evidence of somebody else's service stands in it.
    #[error("it holds evidence of another scope; do not use it, tell the operator")]
    EvidenceOfOtherScope,
    /// A fact claims what its own value or time denies.
    #[error(
        "a fact in it claims what its value or its time denies; do not use it, tell the operator"
    )]
    ContradictoryEvidence,
    /// The decision does not follow from what became of the requirements.
    #[error("the decision does not follow from its requirements; do not use it, tell the operator")]
    InconsistentDecision,
    /// It is dated ahead of the clock.
    #[error(
        "it says that it was made in the future; set the clocks of this machine and the gateway"
    )]
    FromFuture,
    /// It was withdrawn when it was exported.
    #[error("it was withdrawn; evaluate the gate again")]
    Withdrawn,
    /// A policy in shadow binds nobody and approves nothing.
    #[error(
        "it was decided in shadow, which approves nothing; set the policy to advisory or enforce"
    )]
    Shadow,
    /// It says no, or not yet.
    #[error("the decision is {decision}, which is no approval; do what its requirements ask for")]
    NotAnApproval {
        /// What was decided.
        decision: Decision,
    },
    /// What it rests on is too old, or it rests on nothing.
    #[error("what it rests on is too old now; evaluate the gate again")]
    Expired,
}

// === impl Refused ===

impl Refused {
    /// Stable, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotAnEnvelope => "not_an_envelope",
            Self::DuplicateKey => "duplicate_key",
            Self::PayloadType => "payload_type",
            Self::PayloadEncoding => "payload_encoding",
            Self::SignatureCount => "signature_count",
            Self::UntrustedKey => "untrusted_key",
            Self::BadSignature => "bad_signature",
            Self::KeyNotYetValid { .. } => "key_not_yet_valid",
            Self::KeyExpired { .. } => "key_expired",
            Self::KeyRevoked { .. } => "key_revoked",
            Self::NotAStatement => "not_a_statement",
            Self::PredicateType => "predicate_type",
            Self::NotAPassport => "not_a_passport",
            Self::UnknownWord { .. } => "unknown_word",
            Self::SubjectsDiffer => "subjects_differ",
            Self::NothingExpected => "nothing_expected",
            Self::OtherWorkspace => "other_workspace",
            Self::OtherScope { .. } => "other_scope",
            Self::OtherSubject => "other_subject",
            Self::OtherPolicy => "other_policy",
            Self::EvidenceDiffers => "evidence_differs",
            Self::EvidenceOfOtherScope => "evidence_of_other_scope",
            Self::ContradictoryEvidence => "contradictory_evidence",
            Self::InconsistentDecision => "inconsistent_decision",
            Self::FromFuture => "from_future",
            Self::Withdrawn => "withdrawn",
            Self::Shadow => "shadow",
            Self::NotAnApproval { .. } => "not_an_approval",
            Self::Expired => "expired",
        }
    }
}
