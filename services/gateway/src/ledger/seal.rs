//! Signs the head of each chain with whichever key is in use.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use passport_policy::attest::{Ed25519Signer, Signer as _};
use passport_store::{Seal, Sealer};
use tracing::error;

pub(super) struct Seals(Arc<ArcSwapOption<Ed25519Signer>>);

impl Seals {
    pub fn with(signer: Arc<ArcSwapOption<Ed25519Signer>>) -> Self {
        Self(signer)
    }
}

impl Sealer for Seals {
    /// Without a key a head says so: no key has an empty id, and no verifier trusts it.
    fn seal(&self, message: &[u8]) -> Seal {
        let none = Seal {
            key_id: String::new(),
            signature: Vec::new(),
        };
        let Some(signer) = self.0.load_full() else {
            return none;
        };
        match signer.sign(message) {
            Ok(signature) => Seal {
                key_id: signer.key_id().to_owned(),
                signature,
            },
            Err(failed) => {
                error!("the head of a ledger is not signed: {failed}");
                none
            }
        }
    }
}
