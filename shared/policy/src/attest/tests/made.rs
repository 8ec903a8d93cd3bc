//! Passports, keys and expectations for the tests.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use passport_evidence::{Origin, Status, Subject};
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    attest::{
        Ed25519Signer, Envelope, Expected, PAYLOAD_TYPE, PublicKey, Purpose, Refused, Signature,
        Signer as _, TrustedKey, TrustedKeys, Verified, attestation, pre_authentication, verify,
    },
    gate::{Consequence, Decision, Mode, RequirementResult, State, tests::made},
    passport::{Digest, Passport},
};

// Made for these tests with `openssl genpkey -algorithm ed25519`; they sign nothing else.
pub const KEY: &str = include_str!("key.pem");
pub const OTHER_KEY: &str = include_str!("other-key.pem");

pub fn signer(pem: &str) -> Ed25519Signer {
    Ed25519Signer::from_pem(&SecretString::from(pem)).unwrap()
}

pub fn public(pem: &str) -> PublicKey {
    signer(pem).public_key().clone()
}

/// An approval that rests on one source.
pub fn approval() -> Passport {
    let facts = vec![
        made::fact("error_rate", Status::Passed, 10),
        made::fact("latency", Status::Passed, 20),
    ];
    Passport {
        id: Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001),
        scope: made::scope(),
        subject: Some(made::subject()),
        decision: Decision::Allow,
        mode: Mode::Enforce,
        requirements: vec![requirement(State::Satisfied, Consequence::Allow)],
        until_allowed: Vec::new(),
        evidence: vec![made::evidence_of("prom", Origin::Pulled, facts)],
        failures: Vec::new(),
        waivers: Vec::new(),
        approvals: Vec::new(),
        policy_digest: Digest::of(b"policy"),
        decided_at: made::now(),
        valid_until: Some(made::now() + TimeDelta::seconds(280)),
        asked_by: "ci".to_owned(),
        revoked_at: None,
    }
}

pub fn requirement(state: State, consequence: Consequence) -> RequirementResult {
    RequirementResult {
        requirement: "error_rate of prom".to_owned(),
        state,
        consequence,
        explanation: "error_rate is 0.5%".to_owned(),
        next_action: (consequence > Consequence::Allow).then(|| "look at prom".to_owned()),
        source: Some(made::source("prom")),
        fact: Some(made::fact_name("error_rate")),
        item: None,
        reason: None,
        waiver_id: None,
    }
}

/// Whoever verifies trusts one key and wants to release what [`approval`] is about.
pub struct Wanted {
    pub keys: TrustedKeys,
    pub workspace: String,
    pub subject: Subject,
    pub seconds_later: i64,
    pub purpose: Purpose,
}

impl Wanted {
    pub fn approval() -> Self {
        Self {
            keys: TrustedKeys::of(vec![TrustedKey::always(public(KEY))]).unwrap(),
            workspace: made::scope().workspace.to_string(),
            subject: made::subject(),
            seconds_later: 10,
            purpose: Purpose::Approval,
        }
    }

    pub fn record() -> Self {
        Self {
            purpose: Purpose::Record,
            ..Self::approval()
        }
    }

    pub fn verify(&self, envelope: &[u8]) -> Result<Verified, Refused> {
        self.with(envelope, |_| ())
    }

    pub fn with(
        &self,
        envelope: &[u8],
        change: impl FnOnce(&mut Expected<'_>),
    ) -> Result<Verified, Refused> {
        let mut expected = Expected {
            keys: &self.keys,
            workspace: &self.workspace.parse().unwrap(),
            scope: None,
            subject: &self.subject,
            policy_digest: None,
            purpose: self.purpose,
            now: made::now() + TimeDelta::seconds(self.seconds_later),
        };
        change(&mut expected);
        verify(envelope, &expected)
    }
}

pub fn signed(passport: &Passport) -> Vec<u8> {
    attestation(passport, None, &signer(KEY)).unwrap()
}

/// A payload that the trusted key signs although no gateway makes it so.
pub fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    let signer = signer(KEY);
    let message = pre_authentication(PAYLOAD_TYPE, payload);
    let envelope = Envelope {
        payload: BASE64_STANDARD.encode(payload),
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: vec![Signature {
            keyid: signer.key_id().to_owned(),
            sig: BASE64_STANDARD.encode(signer.sign(&message).unwrap()),
        }],
    };
    serde_json::to_vec(&envelope).unwrap()
}

pub fn payload(envelope: &[u8]) -> Value {
    let envelope: Envelope = serde_json::from_slice(envelope).unwrap();
    serde_json::from_slice(&BASE64_STANDARD.decode(envelope.payload).unwrap()).unwrap()
}

/// The Statement of [`approval`] with something changed, signed again by the trusted key.
pub fn forged(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut statement = payload(&signed(&approval()));
    bind(&mut statement);
    change(&mut statement);
    signed_bytes(&serde_json::to_vec(&statement).unwrap())
}

/// Binds the first evidence as it stands: a [`Value`] is written with its keys in another order.
pub fn bind(statement: &mut Value) {
    let evidence = statement["predicate"]["passport"]["evidence"][0].to_string();
    let digest = Digest::of(evidence.as_bytes()).to_string();
    statement["predicate"]["evidence"][0]["digest"] = digest.into();
}
