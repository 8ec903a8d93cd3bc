//! A key that seals heads. What it makes is as good as a signature for whoever doesn't know it.

use chrono::{DateTime, Utc};
use passport_store::{Seal, Sealer, Verifier};
use sha2::{Digest as _, Sha256};

pub struct Key;

/// Knows another key.
pub struct Stranger;

impl Sealer for Key {
    fn seal(&self, message: &[u8]) -> Seal {
        Seal {
            key_id: "test-key".to_owned(),
            signature: signature(message),
        }
    }
}

impl Verifier for Key {
    fn verify(&self, seal: &Seal, message: &[u8], _: DateTime<Utc>) -> bool {
        seal.key_id == "test-key" && seal.signature == signature(message)
    }
}

impl Verifier for Stranger {
    fn verify(&self, _: &Seal, _: &[u8], _: DateTime<Utc>) -> bool {
        false
    }
}

fn signature(message: &[u8]) -> Vec<u8> {
    Sha256::digest([b"only the gateway knows this".as_slice(), message].concat()).to_vec()
}
