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

#[test]
fn what_is_never_connected_to_is_neither_a_collector_nor_takes_telemetry() {
    for host in [
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "0.0.0.0",
        "[fe80::1]",
    ] {
        let at = json!({ "address": format!("https://{host}:8081") });
        assert_eq!(said(at), ["collectors.metrics.address"], "{host}");
        let file = json!({ "telemetry": { "otlp_endpoint": format!("http://{host}:4317") } });
        let said: Vec<_> = problems(&file).into_iter().map(|it| it.path).collect();
        assert_eq!(said, ["telemetry.otlp_endpoint"], "{host}");
    }
    for endpoint in [
        "http://10.0.0.1:4317",
        "https://otel.example.com:4317",
        "http://127.0.0.1:4317",
    ] {
        let file = json!({ "telemetry": { "otlp_endpoint": endpoint } });
        assert!(problems(&file).is_empty(), "{endpoint}");
    }
}
