use super::*;
use crate::{
    provider::{AddressPolicy, HubOptions, ProbeOptions},
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
        default_max_age: None,
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

/// How long evidence lasts where the settings say this, and the source that.
fn lasts(settings: Option<u64>, source: Option<u32>) -> Option<u32> {
    let hub = Hub::new(HubOptions::default(), Arc::new(env()));
    let mut builder = Builder {
        context: &SourceContext {
            id: id("acme", "one"),
        },
        hub: &hub,
        common: CommonSettings {
            max_age: source.map(crate::settings::Span::of_seconds),
            ..CommonSettings::default()
        },
        descriptor: &DESCRIPTOR,
        problems: Vec::new(),
        secrets: Vec::new(),
        kept_apart: None,
        own_facts: Default::default(),
        default_max_age: None,
    };
    if let Some(max_age) = settings.and_then(MaxAge::from_secs) {
        builder.lasts_by_default(max_age);
    }
    builder.max_age().map(MaxAge::as_secs)
}

#[test]
fn the_source_says_how_long_its_evidence_lasts_before_its_settings_and_its_connector() {
    let of_connector = DESCRIPTOR.default_max_age_seconds;
    assert_eq!(lasts(None, None), Some(of_connector));
    assert_eq!(lasts(Some(86_400), None), Some(86_400));
    assert_eq!(lasts(Some(86_400), Some(60)), Some(60));
}

/// The problems of a probe of this endpoint, where the operator allows this machine and the source these.
fn problems(endpoint: &str, allowed: &[&str]) -> Vec<String> {
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(env()));
    let mut builder = Builder {
        context: &SourceContext {
            id: id("acme", "one"),
        },
        hub: &hub,
        common: CommonSettings::default(),
        descriptor: &DESCRIPTOR,
        problems: Vec::new(),
        secrets: Vec::new(),
        kept_apart: None,
        own_facts: Default::default(),
        default_max_age: None,
    };
    let options = ProbeOptions {
        allow_addresses: allowed.iter().map(|it| (*it).to_owned()).collect(),
        timeout: std::time::Duration::from_secs(3),
        body_limit: 1024,
        headers: Vec::new(),
    };
    let client = builder.probe_client(endpoint, options);
    assert_eq!(client.is_none(), !builder.problems.is_empty());
    let paths = builder.problems.into_iter();
    paths.map(|it| it.path).collect()
}

#[test]
fn a_probe_goes_only_where_both_the_operator_and_the_source_allow_it() {
    assert!(problems("http://127.0.0.1", &["127.0.0.0/8"]).is_empty());
    assert_eq!(problems("http://127.0.0.1", &[]), ["endpoint"]);
    assert_eq!(problems("https://10.0.0.1", &["10.0.0.0/8"]), ["endpoint"]);
    assert_eq!(
        problems("https://a.example", &["10.0.0.*"]),
        ["allow_addresses"]
    );
}
