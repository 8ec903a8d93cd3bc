//! What no change gets past.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use proptest::prelude::*;

use super::made::{Wanted, approval, signed};
use crate::attest::Envelope;

fn flipped(text: &str, bit: prop::sample::Index) -> String {
    let mut bytes = BASE64_STANDARD.decode(text).unwrap();
    let bit = bit.index(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    BASE64_STANDARD.encode(bytes)
}

proptest! {
    #[test]
    fn a_flipped_bit_of_payload_or_signature_is_refused(
        bit: prop::sample::Index,
        in_signature: bool,
    ) {
        let mut envelope: Envelope = serde_json::from_slice(&signed(&approval())).unwrap();
        match in_signature {
            true => envelope.signatures[0].sig = flipped(&envelope.signatures[0].sig, bit),
            false => envelope.payload = flipped(&envelope.payload, bit),
        }
        let envelope = serde_json::to_vec(&envelope).unwrap();
        let refused = Wanted::record().verify(&envelope).unwrap_err();
        prop_assert_eq!(refused.code(), "bad_signature");
    }

    #[test]
    fn a_changed_byte_of_the_file_is_refused_or_changes_nothing(
        at: prop::sample::Index,
        byte: u8,
    ) {
        let mut envelope = signed(&approval());
        let whole = Wanted::approval().verify(&envelope).unwrap();
        let at = at.index(envelope.len());
        envelope[at] = byte;
        if let Ok(verified) = Wanted::approval().verify(&envelope) {
            prop_assert_eq!(verified, whole);
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes: Vec<u8>) {
        prop_assert!(Wanted::record().verify(&bytes).is_err());
    }
}
