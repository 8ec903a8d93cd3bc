use serde_json::{Value, json};

use super::*;

const BEYOND: [&str; 4] = [
    "0.0.0.0:8080",
    "[::]:8080",
    "10.0.0.1:8080",
    "[::ffff:10.0.0.1]:80",
];

fn of_gateway(address: &str, configured: &Value) -> Result<(), Exposed> {
    let configured = serde_json::from_value(configured.clone()).unwrap();
    gateway(address.parse().unwrap(), &configured)
}

fn of_collector(address: &str, configured: &Value) -> Result<(), Exposed> {
    let configured = serde_json::from_value(configured.clone()).unwrap();
    collector(address.parse().unwrap(), Some(&configured))
}

fn client() -> Value {
    let all = json!(["*"]);
    json!({ "id": "it", "identity": "dns:it.example", "grants": [
        { "workspace": "acme", "services": all, "environments": all, "verbs": ["collect"] },
    ] })
}

fn issuer() -> Value {
    json!({
        "issuer": "https://ci.example.com", "kind": "gitlab_ci", "audience": "passport-mesh",
        "algorithms": ["RS256"], "mappings": [],
    })
}

fn tls() -> Value {
    json!({ "certificate": "/tls.crt", "key": "/tls.key", "client_ca": "/ca.crt" })
}

#[test]
fn loopback_needs_no_credentials() {
    let nobody = json!({});
    for address in [
        "127.0.0.1:8080",
        "127.9.9.9:8080",
        "[::1]:8080",
        "[::ffff:127.0.0.1]:8080",
    ] {
        assert!(of_gateway(address, &nobody).is_ok(), "{address}");
        let address = address.parse().unwrap();
        assert!(collector(address, None).is_ok(), "{address}");
    }
}

#[test]
fn beyond_loopback_a_gateway_serves_nobody_without_credentials() {
    let token = json!({ "id": "ci", "sha256": "a".repeat(64), "grants": [] });
    for address in BEYOND {
        assert!(of_gateway(address, &json!({})).is_err(), "{address}");
        assert!(of_gateway(address, &json!({ "tls": tls() })).is_err());
        let by_token = json!({ "tokens": [token] });
        assert!(of_gateway(address, &by_token).is_ok(), "{address}");
        let by_certificate = json!({ "tls": tls(), "clients": [client()] });
        assert!(of_gateway(address, &by_certificate).is_ok(), "{address}");
        assert!(of_gateway(address, &json!({ "clients": [client()] })).is_err());
        let by_issuer = json!({ "oidc": [issuer()] });
        assert!(of_gateway(address, &by_issuer).is_ok(), "{address}");
        assert!(of_gateway(address, &json!({ "oidc": [] })).is_err());
        let by_hook = json!({ "hooks": [{
            "id": "flagger", "sha256": "a".repeat(64),
            "scope": { "workspace": "acme", "service": "shop", "environment": "live" },
        }] });
        assert!(of_gateway(address, &by_hook).is_ok(), "{address}");
    }
}

#[test]
fn beyond_loopback_a_collector_knows_its_callers_by_certificates() {
    let address = "https://metrics.mesh.svc:8443";
    let token = json!({ "env": "TOKEN" });
    for listen in BEYOND {
        let by_token = json!({ "address": address, "tls": tls(), "token": token });
        assert!(of_collector(listen, &by_token).is_err(), "{listen}");
        let plain = json!({ "address": address, "clients": [client()] });
        assert!(of_collector(listen, &plain).is_err(), "{listen}");
        let known = json!({ "address": address, "tls": tls(), "clients": [client()] });
        assert!(of_collector(listen, &known).is_ok(), "{listen}");
        assert!(collector(listen.parse().unwrap(), None).is_err());
    }
}

#[test]
fn beyond_loopback_tokens_of_senders_are_not_sent_in_the_clear() {
    let plain = json!({ "address": "http://127.0.0.1:1", "token": { "env": "TOKEN" } });
    let secured = json!({ "address": "https://metrics.mesh.svc:8443", "tls": tls() });
    let of = |listen: &str, entry: &Value| {
        let entry = serde_json::from_value(entry.clone()).unwrap();
        senders(listen.parse().unwrap(), Some(&entry))
    };
    assert!(of("127.0.0.1:4318", &plain).is_ok());
    for listen in BEYOND {
        let refusal = of(listen, &plain).unwrap_err();
        assert!(refusal.fix().contains("`tls`"), "{listen}");
        assert!(of(listen, &secured).is_ok(), "{listen}");
        assert!(senders(listen.parse().unwrap(), None).is_err(), "{listen}");
    }
}

#[test]
fn the_refusal_says_what_to_do() {
    let refusal = of_gateway("0.0.0.0:8080", &json!({})).unwrap_err();
    assert!(refusal.to_string().contains("0.0.0.0:8080"), "{refusal}");
    assert!(refusal.fix().contains("gateway.tokens"));
    let refusal = collector("0.0.0.0:8080".parse().unwrap(), None).unwrap_err();
    assert!(refusal.fix().contains("client_ca"));
}
