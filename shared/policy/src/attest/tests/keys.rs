//! Keys, as they are made and read.

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::SecretString;

use super::made::{KEY, OTHER_KEY, public, signer};
use crate::attest::{Ed25519Signer, PublicKey, Signer as _, TrustedKeys};

fn refused(pem: &str) -> &'static str {
    let signer = Ed25519Signer::from_pem(&SecretString::from(pem));
    signer.unwrap_err().code()
}

fn code(text: &str) -> &'static str {
    TrustedKeys::parse(text).unwrap_err().code()
}

#[test]
fn a_key_is_named_by_the_digest_of_its_public_key() {
    // `openssl pkey -in key.pem -pubout -outform DER | sha256sum`
    let id = include_str!("key.id").trim();
    assert_eq!(signer(KEY).key_id(), format!("sha256:{id}"));
}

#[test]
fn a_key_of_the_second_version_of_its_format_is_read() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let second = BASE64_STANDARD.encode(pair.to_pkcs8().unwrap());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{second}\n-----END PRIVATE KEY-----\n");
    let message = b"message";
    let signature = signer(&pem).sign(message).unwrap();
    assert!(public(&pem).has_signed(message, &signature));
    assert!(!public(&pem).has_signed(b"another", &signature));
}

#[test]
fn a_public_key_is_written_as_openssl_writes_it() {
    assert_eq!(public(KEY).to_pem(), include_str!("key.pub"));
}

#[test]
fn a_file_without_an_ed25519_key_is_no_signing_key() {
    assert_eq!(refused(""), "no_private_key");
    assert_eq!(refused(&public(KEY).to_pem()), "no_private_key");
    let damaged = KEY.replace("MC4CAQ", "MC4CAR");
    assert_eq!(refused(&damaged), "not_ed25519");
}

#[test]
fn a_signing_key_shows_its_id_alone() {
    let shown = format!("{:?}", signer(KEY));
    let id = public(KEY).id().to_owned();
    assert_eq!(shown, format!("Ed25519Signer {{ key_id: {id:?}, .. }}"));
}

#[test]
fn trusted_keys_are_pem_blocks_or_json_with_times() {
    let both = public(KEY).to_pem() + &public(OTHER_KEY).to_pem();
    assert!(TrustedKeys::parse(&both).is_ok());
    let json = serde_json::json!({"keys": [
        {"publicKey": public(KEY).to_pem(), "notAfter": "2027-01-01T00:00:00Z"},
        {"publicKey": public(OTHER_KEY).to_pem(), "notBefore": "2026-12-01T00:00:00+01:00"},
    ]});
    assert!(TrustedKeys::parse(&json.to_string()).is_ok());
}

#[test]
fn a_file_that_trusts_nothing_or_is_misspelt_is_refused() {
    let pem = public(KEY).to_pem();
    let json = |rest: &str| format!(r#"{{"keys":[{{"publicKey":{pem:?}{rest}}}]}}"#);
    assert_eq!(code(""), "no_keys");
    assert_eq!(code(KEY), "no_keys");
    assert_eq!(code(r#"{"keys":[]}"#), "no_keys");
    assert_eq!(code(r#"{"keys":[{"publicKey":""}]}"#), "bad_pem");
    assert_eq!(code(&json(r#","revoked":true"#)), "bad_json");
    assert_eq!(code(&json(r#","notAfter":"tomorrow""#)), "bad_json");
    assert_eq!(code(&pem.replace("END", "FIN")), "bad_pem");
    assert_eq!(code(&pem.replace("MCow", "MCox")), "not_ed25519");
    let turned = r#","notBefore":"2026-02-01T00:00:00Z","notAfter":"2026-01-01T00:00:00Z""#;
    assert_eq!(code(&json(turned)), "never_valid");
    assert_eq!(PublicKey::from_der(b""), None);
}

#[test]
fn a_key_vouches_for_what_it_signed_by_its_name_and_in_its_time() {
    let (signer, message) = (signer(KEY), b"message");
    let (id, signature) = (signer.key_id().to_owned(), signer.sign(message).unwrap());
    let at = |text: &str| text.parse().unwrap();
    let vouch = |times: &str, id: &str, made: &str| {
        let pem = public(KEY).to_pem();
        let json = format!(r#"{{"keys":[{{"publicKey":{pem:?}{times}}}]}}"#);
        let keys = TrustedKeys::parse(&json).unwrap();
        keys.vouch(id, message, &signature, at(made))
    };
    let made = "2026-05-03T09:30:00Z";
    assert!(vouch("", &id, made));
    assert!(!vouch("", "", made), "nobody is named");
    assert!(!vouch("", public(OTHER_KEY).id(), made));
    assert!(vouch(r#","notAfter":"2026-06-01T00:00:00Z""#, &id, made));
    for over in [
        r#","notAfter":"2026-05-03T09:30:00Z""#,
        r#","revokedFrom":"2026-05-01T00:00:00Z""#,
        r#","notBefore":"2026-05-04T00:00:00Z""#,
    ] {
        assert!(!vouch(over, &id, made), "{over}");
    }
    let keys = TrustedKeys::parse(&public(KEY).to_pem()).unwrap();
    assert!(!keys.vouch(&id, b"another", &signature, at(made)));
}
