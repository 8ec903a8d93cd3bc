//! A key that seals heads. What it makes is as good as a signature for whoever doesn't know it.

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
    fn verify(&self, key_id: &str, message: &[u8], signed: &[u8]) -> bool {
        key_id == "test-key" && signed == signature(message)
    }
}

impl Verifier for Stranger {
    fn verify(&self, _: &str, _: &[u8], _: &[u8]) -> bool {
        false
    }
}

fn signature(message: &[u8]) -> Vec<u8> {
    Sha256::digest([b"only the gateway knows this".as_slice(), message].concat()).to_vec()
}
