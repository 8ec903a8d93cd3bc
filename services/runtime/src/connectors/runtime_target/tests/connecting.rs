//! Targets that are only connected to, and those to which no way leads.

use passport_connector_sdk::Kept;
use passport_evidence::{FailureCode, Reason, Status};
use passport_testkit::connector::{built, hub, request};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::connectors::runtime_target::RuntimeTarget;

fn source(port: u16) -> Value {
    json!({
        "connector": "runtime-target", "mode": "tcp_connect", "scope": {"target": "edge-box"},
        "endpoint": format!("tcp://127.0.0.1:{port}"), "allow_addresses": ["127.0.0.0/8"],
    })
}

type Found = (String, Status, Option<Reason>, Option<String>);

async fn collected(source: &Value) -> Result<Vec<Found>, FailureCode> {
    let connector = built::<RuntimeTarget>(source, &hub(&[])).unwrap();
    let now = "2026-05-03T09:30:00Z".parse().unwrap();
    let observed = connector.collect(&request(now), &Kept::default()).await;
    let facts = observed.map_err(|it| it.code)?.facts.into_iter();
    let told = facts.map(|it| {
        let name = it.name().to_string();
        (name, it.status(), it.reason(), it.value_text())
    });
    Ok(told.collect())
}

#[tokio::test]
async fn a_connection_alone_is_a_warning() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let found = collected(&source(port)).await.unwrap();
    let state = (
        "declared_target_state".to_owned(),
        Status::Warning,
        Some(Reason::NotConfigured),
        Some("connected".to_owned()),
    );
    assert_eq!(found[0], state);
    assert!(found.iter().all(|it| it.1 != Status::Passed), "{found:?}");
    assert_eq!(found.len(), 4);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_a_bad_state() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for (mode, endpoint) in [("tcp_connect", "tcp"), ("http_probe", "http")] {
        let mut source = source(port);
        source["mode"] = json!(mode);
        source["endpoint"] = json!(format!("{endpoint}://127.0.0.1:{port}"));
        if mode == "http_probe" {
            source["probe"] = json!({"path": "/healthz"});
        }
        let found = collected(&source).await.unwrap();
        assert_eq!(found[0].1, Status::Failed, "{mode}");
        assert_eq!(found[0].2, Some(Reason::BadState), "{mode}");
    }
}

#[test]
fn how_no_way_leads_to_a_target_is_a_failure() {
    use passport_connector_sdk::provider::{ProbeError, SendError, Stage};

    use crate::connectors::runtime_target::probe::{Silent, sort};

    for failed in [
        SendError::Unreachable(Stage::Lookup),
        SendError::Unreachable(Stage::Connect),
        SendError::TimedOut { connecting: true },
    ] {
        let sorted = sort(Err(ProbeError::Failed(failed)));
        assert_eq!(sorted.unwrap_err(), Silent::Unreachable, "{failed:?}");
    }
}
