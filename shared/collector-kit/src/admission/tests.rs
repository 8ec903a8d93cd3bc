use std::{sync::Arc, time::Duration};

use passport_connector_sdk::{CollectorServer, Registry, ServerParts, keep::MemoryKeeper};
use passport_proto::{
    collector::{self as api, collector_service_server::CollectorService as _},
    evidence as wire,
};
use passport_service_kit::{clock::SystemClock, config::model};
use rcgen::{CertificateParams, KeyPair, SanType};
use serde_json::json;
use tonic_types::StatusExt as _;

use super::*;

const GATEWAY: &str = "spiffe://acme.example/passport-gateway";

fn collector(verbs: &[&str]) -> Admitting<CollectorServer> {
    let clients: Vec<model::Client> = serde_json::from_value(json!([{
        "id": "gateway",
        "identity": GATEWAY,
        "grants": [{
            "workspace": "acme",
            "services": ["*"],
            "environments": ["production"],
            "verbs": verbs,
        }],
    }]))
    .unwrap();
    Admitting::new(server(), Admission::of(Clients::of(&clients).unwrap()))
}

/// A collector without sources.
fn server() -> CollectorServer {
    CollectorServer::new(ServerParts {
        name: "metrics",
        registry: Registry::default(),
        sources: Vec::new(),
        configuration_digest: "sha256:0".to_owned(),
        keeper: Arc::new(MemoryKeeper::default()),
        clock: Arc::new(SystemClock),
        source_timeout: Duration::from_secs(1),
    })
}

fn peer(uri: &str) -> Peer {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::URI(uri.try_into().unwrap())];
    let key = KeyPair::generate().unwrap();
    Peer::of(params.self_signed(&key).unwrap().der()).unwrap()
}

fn scope(environment: &str) -> Option<wire::Scope> {
    Some(wire::Scope {
        workspace_id: "acme".to_owned(),
        service: "shop".to_owned(),
        environment: environment.to_owned(),
    })
}

/// What became of each call of the service: the code and the reason.
async fn all(
    collector: &Admitting<CollectorServer>,
    caller: Option<&Peer>,
    environment: &str,
) -> Vec<(&'static str, Code, String)> {
    fn by<T>(message: T, caller: Option<&Peer>) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller.clone());
        }
        request
    }
    fn outcome<T>(verb: &'static str, answer: Result<T, Status>) -> (&'static str, Code, String) {
        match answer {
            Ok(_) => (verb, Code::Ok, String::new()),
            Err(status) => {
                let info = status.get_details_error_info();
                (verb, status.code(), info.unwrap().reason)
            }
        }
    }
    let scope = || scope(environment);
    let source = "prom".to_owned();
    let collect = api::CollectRequest {
        scope: scope(),
        ..api::CollectRequest::default()
    };
    let stream = api::CollectStreamRequest {
        collect: Some(collect.clone()),
    };
    let ingest = api::IngestRequest {
        scope: scope(),
        source: source.clone(),
        ..api::IngestRequest::default()
    };
    let check = api::CheckSourceRequest {
        scope: scope(),
        source: source.clone(),
    };
    let answer = api::AnswerQuestionRequest {
        scope: scope(),
        source,
        word: api::Word::Wait.into(),
        ..api::AnswerQuestionRequest::default()
    };
    let connectors = by(api::ListConnectorsRequest {}, caller);
    let sources = by(api::ListSourcesRequest { scope: scope() }, caller);
    vec![
        outcome("collect", collector.collect(by(collect, caller)).await),
        outcome(
            "collect",
            collector.collect_stream(by(stream, caller)).await,
        ),
        outcome("ingest", collector.ingest(by(ingest, caller)).await),
        outcome("check", collector.check_source(by(check, caller)).await),
        outcome(
            "notify",
            collector.answer_question(by(answer, caller)).await,
        ),
        outcome("read", collector.list_sources(sources).await),
        outcome("read", collector.list_connectors(connectors).await),
    ]
}

#[tokio::test]
async fn each_call_wants_its_own_verb() {
    let gateway = peer(GATEWAY);
    for granted in ["collect", "ingest", "check", "notify", "read"] {
        let collector = collector(&[granted]);
        for (wanted, code, reason) in all(&collector, Some(&gateway), "production").await {
            let is_denied = (code, reason.as_str()) == (Code::PermissionDenied, "DENIED");
            assert_eq!(is_denied, wanted != granted, "{granted}: {wanted} {code:?}");
        }
    }
}

#[tokio::test]
async fn a_grant_on_one_environment_is_none_on_another() {
    let collector = collector(&["collect", "ingest", "check", "notify", "read"]);
    let answers = all(&collector, Some(&peer(GATEWAY)), "staging").await;
    let (of_scopes, of_none) = answers.split_at(6);
    for (verb, code, _) in of_scopes {
        assert_eq!(*code, Code::PermissionDenied, "{verb}");
    }
    assert_eq!(of_none[0].1, Code::Ok);
}

#[tokio::test]
async fn who_is_not_known_may_nothing() {
    let collector = collector(&["collect", "ingest", "check", "notify", "read"]);
    let other = peer("spiffe://acme.example/passport-gateway/2");
    for caller in [None, Some(&other)] {
        for (verb, code, reason) in all(&collector, caller, "production").await {
            let outcome = (code, reason.as_str());
            assert_eq!(
                outcome,
                (Code::Unauthenticated, "UNAUTHENTICATED"),
                "{verb}"
            );
        }
    }
}

#[test]
fn a_person_is_believed_only_of_a_caller_that_may_vouch() {
    let told = |collector: &Admitting<CollectorServer>| {
        let header = |name: &str| api::Header {
            name: name.to_owned(),
            value: "x".into(),
        };
        let names = ["content-type", "passport-person", "Passport-Person-Rights"];
        let mut request = Request::new(api::IngestRequest {
            scope: scope("production"),
            headers: names.map(header).to_vec(),
            ..api::IngestRequest::default()
        });
        request.extensions_mut().insert(peer(GATEWAY));
        let delivered = collector.delivered(request).unwrap().into_inner();
        let names: Vec<_> = delivered.headers.into_iter().map(|it| it.name).collect();
        names
    };
    assert_eq!(told(&collector(&["ingest"])), ["content-type"]);
    let everybody = Admitting::new(server(), Admission::of(Clients::default()));
    assert_eq!(told(&everybody), ["content-type"]);
    let vouching = told(&collector(&["ingest", "vouch"]));
    assert_eq!(vouching.len(), 3, "{vouching:?}");
    let refused = collector(&["vouch"]).delivered(Request::new(api::IngestRequest {
        scope: scope("production"),
        ..api::IngestRequest::default()
    }));
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_call_without_a_scope_is_told_so_only_by_somebody_known() {
    let collector = collector(&["collect"]);
    let mut request = Request::new(api::CollectRequest::default());
    let refused = collector.collect(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    request = Request::new(api::CollectRequest::default());
    request.extensions_mut().insert(peer(GATEWAY));
    let refused = collector.collect(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn without_clients_everybody_is_answered() {
    let admission = Admission::of(Clients::default());
    assert!(admission.admits_everybody());
    let collector = Admitting::new(server(), admission);
    for (verb, code, _) in all(&collector, None, "staging").await {
        let is_refused = matches!(code, Code::PermissionDenied | Code::Unauthenticated);
        assert!(!is_refused, "{verb}");
    }
}

#[test]
fn the_forwarded_name_is_written_down_short_and_plain() {
    let mut headers = HeaderMap::new();
    assert_eq!(on_behalf_of(&headers), "");
    let odd = format!("ci bot\t{}", "x".repeat(500));
    headers.insert(CALLER, odd.parse().unwrap());
    let name = on_behalf_of(&headers);
    assert!(
        name.starts_with("cibot") && name.len() <= LONGEST_NAME,
        "{name}"
    );
}
