use super::*;
use crate::{
    provider::HubOptions,
    stub::{DESCRIPTOR, SetEnv, id},
};

/// An environment with a token and a client certificate.
fn env() -> SetEnv {
    let env = SetEnv::default();
    let pair = rcgen::generate_simple_self_signed(["collector".to_owned()]).unwrap();
    env.set("TOKEN", "token-1");
    env.set("CERTIFICATE", &pair.cert.pem());
    env.set("KEY", &pair.signing_key.serialize_pem());
    env
}

/// Whether a source with these shows a credential.
fn shows(token: bool, certificate: bool) -> bool {
    let hub = Hub::new(HubOptions::default(), Arc::new(env()));
    let id = id("acme", "one");
    let secret = |name: &str| SecretRef::Env(name.to_owned());
    let tls = certificate.then(|| TlsSettings {
        client_cert: Some(secret("CERTIFICATE")),
        client_key: Some(secret("KEY")),
        ..TlsSettings::default()
    });
    let mut builder = Builder {
        context: &SourceContext { id },
        hub: &hub,
        common: CommonSettings {
            tls,
            ..CommonSettings::default()
        },
        descriptor: &DESCRIPTOR,
        problems: Vec::new(),
        secrets: Vec::new(),
        own_facts: Default::default(),
        kept_apart: None,
    };
    let token = token.then(|| Credential::Token(secret("TOKEN")));
    let auth = builder.auth(token.as_ref());
    let client = builder.client("https://metrics.example.com", auth);
    assert_eq!(builder.problems, []);
    client.unwrap().has_credential()
}

#[test]
fn a_token_and_a_client_certificate_are_credentials() {
    assert!(shows(true, false));
    assert!(shows(false, true));
    assert!(shows(true, true));
    assert!(!shows(false, false));
}
