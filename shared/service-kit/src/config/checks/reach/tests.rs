use serde_json::json;

use super::*;

/// Where something is wrong with one collector.
fn said(at: Value) -> Vec<String> {
    let file = json!({ "collectors": { "metrics": at } });
    problems(&file).into_iter().map(|it| it.path).collect()
}

#[test]
fn what_is_encrypted_or_stays_on_this_machine_is_fine() {
    for at in [
        json!({ "address": "https://metrics.mesh.svc:8443", "ca": "/ca.crt", "identity": "dns:m" }),
        json!({ "address": "http://127.0.0.1:8081" }),
        json!({ "address": "http://[::1]:8081" }),
        json!({ "address": "http://localhost:8081" }),
        json!({ "address": "http://metrics.mesh.svc:8081", "allow_plain_http": true }),
    ] {
        assert_eq!(said(at.clone()), [""; 0], "{at}");
    }
}

#[test]
fn nothing_leaves_this_machine_in_the_clear_unless_that_is_said() {
    for host in [
        "metrics.mesh.svc",
        "10.1.2.3",
        "[fd00::1]",
        "localhost.example",
    ] {
        let at = json!({ "address": format!("http://{host}:8081") });
        assert_eq!(said(at), ["collectors.metrics.address"], "{host}");
    }
}

#[test]
fn what_is_about_certificates_is_of_no_use_without_them() {
    let at = json!({ "address": "http://127.0.0.1:1", "ca": "/ca.crt", "identity": "dns:m" });
    assert_eq!(
        said(at),
        ["collectors.metrics.ca", "collectors.metrics.identity"]
    );
}
