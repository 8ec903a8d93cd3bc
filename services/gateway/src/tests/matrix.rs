//! Who may do what: every RPC and every route, for every kind of caller. A new RPC or route
//! without a row here fails.

use axum::{Router, body::Body};
use http::StatusCode;
use passport_evidence::Scope;
use passport_policy::{
    gate::Actor,
    grants::{Grant, Grants, Selection, Verb},
    tokens::{Token, Tokens, hash},
};
use passport_proto::{FILE_DESCRIPTOR_SET, evidence::Subject, gateway::*};
use passport_service_kit::access::Clients;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use serde_json::json;
use tonic::{Code, Status};

use super::workloads;
use super::world::{World, bearing, now, scope, scope_of, send, text};
use crate::{
    Access,
    access::Hooks,
    http::routes::{self, Route},
};

/// What a call demands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Demand {
    /// Nothing.
    Nothing,
    /// The verb on the scope.
    OnScope(Verb),
    /// The verb on any scope.
    Anywhere(Verb),
    /// The verb on any scope of the workspace.
    Within(Verb),
    /// The verb on every scope of the workspace, by one grant.
    OnAll(Verb),
    /// The verb on the scope; all who lack it are told the same.
    Silent(Verb),
    /// A token in the path that was made for that.
    OfHook,
}

/// How a call ended, as far as this matters here.
#[derive(Debug, PartialEq)]
enum Ended {
    Admitted,
    Unauthenticated,
    Denied,
}

fn rpc(method: &str) -> Demand {
    match method {
        "CollectEvidence" | "StreamEvidence" => Demand::OnScope(Verb::Collect),
        "IngestEvidence" => Demand::Silent(Verb::Ingest),
        "ListConnectors" => Demand::Anywhere(Verb::Read),
        "ListSources" => Demand::OnScope(Verb::Read),
        "CheckSource" => Demand::OnScope(Verb::Check),
        "SendNotice" => Demand::OnScope(Verb::Notify),
        "EvaluateGate" | "WatchGate" => Demand::OnScope(Verb::Evaluate),
        "ListPassports" => Demand::OnScope(Verb::Read),
        "GetPassport" | "GetAttestation" => Demand::Within(Verb::Read),
        "GetLedgerHead" | "ExportLedger" => Demand::OnAll(Verb::Read),
        "ListWaivers" | "ListApprovals" => Demand::OnScope(Verb::Read),
        "CreateWaiver" => Demand::OnScope(Verb::Waive),
        "RevokeWaiver" => Demand::Within(Verb::Waive),
        "ApproveRelease" => Demand::OnScope(Verb::Approve),
        "RevokeApproval" => Demand::Within(Verb::Approve),
        unknown => panic!("{unknown} has no row"),
    }
}

fn route(id: &str) -> Demand {
    match id {
        "collectEvidence" => Demand::OnScope(Verb::Collect),
        "ingestEvidence" => Demand::Silent(Verb::Ingest),
        "listConnectors" => Demand::Anywhere(Verb::Read),
        "listSources" => Demand::OnScope(Verb::Read),
        "checkSource" => Demand::OnScope(Verb::Check),
        "sendNotice" => Demand::OnScope(Verb::Notify),
        "evaluateGate" => Demand::OnScope(Verb::Evaluate),
        "listPassports" => Demand::OnScope(Verb::Read),
        "getPassport" | "getAttestation" => Demand::Within(Verb::Read),
        "getLedgerHead" | "exportLedger" => Demand::OnAll(Verb::Read),
        "answerFlagger" => Demand::OfHook,
        "measureForArgoRollouts" | "evaluateForArgoRollouts" => Demand::OnScope(Verb::Evaluate),
        "listWaivers" | "listApprovals" => Demand::OnScope(Verb::Read),
        "createWaiver" => Demand::OnScope(Verb::Waive),
        "confirmWaiver" | "revokeWaiver" => Demand::Within(Verb::Waive),
        "approveRelease" => Demand::OnScope(Verb::Approve),
        "revokeApproval" => Demand::Within(Verb::Approve),
        "alive" | "ready" | "metrics" | "statusPage" | "openapi" => Demand::Nothing,
        unknown => panic!("{unknown} has no row"),
    }
}

/// How a caller of that name has to fare.
fn expected(caller: &str, demand: Demand) -> Ended {
    let admitted = |is: bool, otherwise| if is { Ended::Admitted } else { otherwise };
    let workload = caller.strip_prefix(WORKLOAD);
    let name = workload.unwrap_or(caller);
    let stranger = ["nobody", "wrong", "expired", HOOK].contains(&name);
    let is_person = workload.is_none() && name != "service";
    let never = |verb: Verb| verb.wants_a_person() && !is_person;
    let has = |verb: Verb| name != format!("all-but-{}", verb.as_str()) && !never(verb);
    let elsewhere = name.starts_with("other-");
    match demand {
        Demand::Nothing => Ended::Admitted,
        Demand::OfHook => admitted(caller == HOOK, Ended::Unauthenticated),
        Demand::Silent(verb) => {
            admitted(!stranger && !elsewhere && has(verb), Ended::Unauthenticated)
        }
        _ if stranger => Ended::Unauthenticated,
        Demand::Anywhere(verb) => admitted(has(verb), Ended::Denied),
        Demand::Within(verb) => admitted(has(verb) && name != "other-workspace", Ended::Denied),
        Demand::OnAll(_) => admitted(name == "everywhere", Ended::Denied),
        Demand::OnScope(verb) => admitted(has(verb) && !elsewhere, Ended::Denied),
    }
}

/// A token that was made for a path; everybody else shows his own there, too.
const HOOK: &str = "pmh_hook";

/// What the names of workloads begin with, which show a token of an issuer in place of one of ours.
const WORKLOAD: &str = "workload/";

/// Names of callers; each was granted what its name says, whatever it shows.
fn callers() -> Vec<String> {
    let named = [names(), vec![HOOK.to_owned()]].concat();
    let known = named
        .iter()
        .filter(|name| *name != "nobody" && *name != HOOK);
    let workloads: Vec<_> = known.map(|name| format!("{WORKLOAD}{name}")).collect();
    [named, workloads].concat()
}

/// The same without what is shown; each but `nobody` and `wrong` is also a token of ours.
fn names() -> Vec<String> {
    let named = ["nobody", "wrong", "expired", "all", "everywhere", "service"];
    let elsewhere = ["other-workspace", "other-service", "other-environment"];
    let verbs = Verb::ALL.map(|verb| format!("all-but-{}", verb.as_str()));
    let names = named.iter().chain(&elsewhere).map(ToString::to_string);
    names.chain(verbs).collect()
}

async fn access() -> Access {
    let known = || {
        let names = names().into_iter();
        names.filter(|name| name != "nobody" && name != "wrong")
    };
    let mapped = known().map(|name| {
        let (scope, verbs) = granted(&name);
        (name, scope, verbs)
    });
    let issuers = workloads::issuers(mapped).await;
    Access::known(
        known().map(token).collect::<Tokens>(),
        Clients::default(),
        issuers,
    )
    .with_hooks(hooks())
}

/// One hook of the scope, and, by oversight, the token of `all` as that of another.
fn hooks() -> Hooks {
    let entry = |id: &str, token: &str| {
        json!({
            "id": id,
            "sha256": hex::encode(hash(token)),
            "scope": { "workspace": "acme", "service": "checkout-api", "environment": "production" },
        })
    };
    let entries = json!([entry("hook", HOOK), entry("mistaken", "all")]);
    Hooks::of(&serde_json::from_value::<Vec<_>>(entries).unwrap()).unwrap()
}

/// What a caller of that name may do, and where.
fn granted(name: &str) -> (Scope, Vec<Verb>) {
    let scope = match name {
        "other-workspace" => scope_of("globex", "checkout-api", "production"),
        "other-service" => scope_of("acme", "other", "production"),
        "other-environment" => scope_of("acme", "checkout-api", "staging"),
        _ => scope(),
    };
    let lacks = name.strip_prefix("all-but-");
    let verbs = Verb::ALL
        .into_iter()
        .filter(|verb| Some(verb.as_str()) != lacks);
    (scope, verbs.collect())
}

fn token(name: String) -> Token {
    let (scope, verbs) = granted(&name);
    let grant = Grant {
        workspace: scope.workspace,
        services: match name.as_str() {
            "everywhere" => Selection::All,
            _ => [scope.service].into_iter().collect(),
        },
        environments: match name.as_str() {
            "everywhere" => Selection::All,
            _ => [scope.environment].into_iter().collect(),
        },
        verbs: verbs.into_iter().collect(),
    };
    Token {
        sha256: hash(&name),
        expires: (name == "expired").then(now),
        grants: Grants::from_iter([grant]),
        person: (name != "service").then(|| Actor {
            issuer: "https://idp.example.com".to_owned(),
            subject: name.clone(),
        }),
        id: name,
    }
}

async fn guarded() -> World {
    World {
        access: access().await,
        ..World::new()
    }
}

fn presented(caller: &str) -> Option<String> {
    match caller.strip_prefix(WORKLOAD) {
        Some(name) => Some(workloads::token(name, name == "expired")),
        None => (caller != "nobody").then(|| caller.to_owned()),
    }
}

/// An id that nothing recorded has.
const NO_PASSPORT: &str = "019a0000-0000-7000-8000-000000000001";

// === gRPC ===

fn methods() -> Vec<String> {
    let files = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let services = files.file.into_iter().flat_map(|file| file.service);
    let gateway = services.filter(|service| service.name() == "GatewayService");
    let methods = gateway.flat_map(|service| service.method);
    methods.map(|method| method.name().to_owned()).collect()
}

async fn call(
    router: &Router,
    method: &str,
    token: Option<&str>,
    scope: &Scope,
) -> Result<(), Status> {
    let mut client = gateway_service_client::GatewayServiceClient::new(router.clone());
    let workspace = scope.workspace.to_string();
    let scope = Some(scope.into());
    let source = "errors".to_owned();
    macro_rules! call {
        ($call:ident, $message:expr) => {
            client.$call(bearing(token, $message)).await.map(|_| ())
        };
    }
    let collect = CollectEvidenceRequest {
        scope,
        ..CollectEvidenceRequest::default()
    };
    let scope = collect.scope.clone();
    match method {
        "CollectEvidence" => call!(collect_evidence, collect),
        "StreamEvidence" => call!(
            stream_evidence,
            StreamEvidenceRequest {
                collect: Some(collect)
            }
        ),
        "IngestEvidence" => call!(
            ingest_evidence,
            IngestEvidenceRequest {
                scope,
                source,
                ..IngestEvidenceRequest::default()
            }
        ),
        "ListConnectors" => call!(list_connectors, ListConnectorsRequest {}),
        "ListSources" => call!(list_sources, ListSourcesRequest { scope }),
        "CheckSource" => call!(check_source, CheckSourceRequest { scope, source }),
        "SendNotice" => call!(
            send_notice,
            SendNoticeRequest {
                scope,
                source,
                subject: Some(Subject {
                    version: "1.8.0".to_owned(),
                    ..Subject::default()
                }),
            }
        ),
        "EvaluateGate" => call!(
            evaluate_gate,
            EvaluateGateRequest {
                scope,
                ..EvaluateGateRequest::default()
            }
        ),
        "WatchGate" => call!(
            watch_gate,
            WatchGateRequest {
                evaluate: Some(EvaluateGateRequest {
                    scope,
                    ..EvaluateGateRequest::default()
                }),
            }
        ),
        "ListPassports" => call!(
            list_passports,
            ListPassportsRequest {
                scope,
                ..ListPassportsRequest::default()
            }
        ),
        "GetPassport" => call!(
            get_passport,
            GetPassportRequest {
                workspace_id: workspace,
                passport_id: NO_PASSPORT.to_owned(),
            }
        ),
        "GetAttestation" => call!(
            get_attestation,
            GetAttestationRequest {
                workspace_id: workspace,
                passport_id: NO_PASSPORT.to_owned(),
            }
        ),
        "GetLedgerHead" => call!(
            get_ledger_head,
            GetLedgerHeadRequest {
                workspace_id: workspace,
            }
        ),
        "ExportLedger" => call!(
            export_ledger,
            ExportLedgerRequest {
                workspace_id: workspace,
            }
        ),
        "CreateWaiver" => call!(
            create_waiver,
            CreateWaiverRequest {
                scope,
                ..CreateWaiverRequest::default()
            }
        ),
        "ListWaivers" => call!(
            list_waivers,
            ListWaiversRequest {
                scope,
                ..ListWaiversRequest::default()
            }
        ),
        "RevokeWaiver" => call!(
            revoke_waiver,
            RevokeWaiverRequest {
                workspace_id: workspace,
                waiver_id: NO_PASSPORT.to_owned(),
                reason: "over".to_owned(),
            }
        ),
        "ApproveRelease" => call!(
            approve_release,
            ApproveReleaseRequest {
                scope,
                ..ApproveReleaseRequest::default()
            }
        ),
        "ListApprovals" => call!(
            list_approvals,
            ListApprovalsRequest {
                scope,
                ..ListApprovalsRequest::default()
            }
        ),
        "RevokeApproval" => call!(
            revoke_approval,
            RevokeApprovalRequest {
                workspace_id: workspace,
                approval_id: NO_PASSPORT.to_owned(),
                reason: "over".to_owned(),
            }
        ),
        unknown => panic!("{unknown} is not called"),
    }
}

fn ended(answer: &Result<(), Status>) -> Ended {
    match answer.as_ref().map_err(Status::code) {
        Err(Code::Unauthenticated) => Ended::Unauthenticated,
        Err(Code::PermissionDenied) => Ended::Denied,
        Ok(()) | Err(_) => Ended::Admitted,
    }
}

#[tokio::test]
async fn every_rpc_admits_those_who_were_granted_it_and_nobody_else() {
    let router = guarded().await.router().await;
    for method in methods() {
        for caller in callers() {
            let answer = call(&router, &method, presented(&caller).as_deref(), &scope()).await;
            let wanted = expected(&caller, rpc(&method));
            assert_eq!(ended(&answer), wanted, "{method} for {caller}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn over_grpc_a_denied_caller_learns_nothing_of_what_there_is() {
    let router = guarded().await.router().await;
    let nowhere = scope_of("acme", "no-such", "place");
    for method in methods() {
        for caller in callers() {
            let token = presented(&caller);
            let token = token.as_deref();
            let there = call(&router, &method, token, &scope()).await;
            if ended(&there) == Ended::Admitted {
                continue;
            }
            let not_there = call(&router, &method, token, &nowhere).await;
            assert_eq!(told(there), told(not_there), "{method} for {caller}");
        }
    }
}

fn told(answer: Result<(), Status>) -> Option<(Code, String, Vec<u8>)> {
    let status = answer.err()?;
    let (message, details) = (status.message().to_owned(), status.details().to_vec());
    Some((status.code(), message, details))
}

#[tokio::test]
async fn a_refused_caller_costs_no_collector_a_call() {
    let world = guarded().await;
    let router = world.router().await;
    for caller in callers().into_iter().filter(|name| name != "all") {
        for method in methods() {
            let before = world.calls();
            let answer = call(&router, &method, presented(&caller).as_deref(), &scope()).await;
            if ended(&answer) != Ended::Admitted {
                assert_eq!(world.calls(), before, "{method} for {caller}");
            }
        }
    }
}

// === HTTP ===

fn request(route: &Route, token: Option<&str>, scope: &Scope) -> http::Request<Body> {
    let path = route
        .path
        .replace("{source}", "errors")
        .replace("{token}", token.unwrap_or("none"))
        .replace("{hook}", "rollback")
        .replace("passports/{id}", &format!("passports/{NO_PASSPORT}"))
        .replace("waivers/{id}", &format!("waivers/{NO_PASSPORT}"))
        .replace("approvals/{id}", &format!("approvals/{NO_PASSPORT}"))
        .replace("{id}", "errors");
    let query = format!(
        "workspaceId={}&service={}&environment={}",
        scope.workspace, scope.service, scope.environment
    );
    let uri = match route.query.is_empty() {
        true => path,
        false => format!("{path}?{query}"),
    };
    let mut request = http::Request::builder()
        .method(route.method.to_uppercase().as_str())
        .uri(uri)
        .header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = match route.method {
        "delete" => serde_json::json!({ "reason": "over" }),
        _ if !route.query.is_empty() => serde_json::json!({ "subject": { "version": "1.8.0" } }),
        _ => serde_json::json!({ "scope": scope }),
    };
    request.body(body.to_string().into()).unwrap()
}

fn ended_over_http(status: StatusCode) -> Ended {
    match status {
        StatusCode::UNAUTHORIZED => Ended::Unauthenticated,
        StatusCode::FORBIDDEN => Ended::Denied,
        _ => Ended::Admitted,
    }
}

#[tokio::test]
async fn every_route_admits_those_who_were_granted_it_and_nobody_else() {
    let router = guarded().await.router().await;
    for it in routes::all() {
        for caller in callers() {
            let request = request(it, presented(&caller).as_deref(), &scope());
            let response = send(router.clone(), request).await;
            let wanted = expected(&caller, route(it.id));
            let status = response.status();
            assert_eq!(ended_over_http(status), wanted, "{} for {caller}", it.id);
            let challenge = response.headers().get("www-authenticate");
            assert_eq!(challenge.is_some(), wanted == Ended::Unauthenticated);
        }
    }
}

#[tokio::test]
async fn over_http_a_denied_caller_learns_nothing_of_what_there_is() {
    let router = guarded().await.router().await;
    let nowhere = scope_of("acme", "no-such", "place");
    for it in routes::all() {
        for caller in callers() {
            let token = presented(&caller);
            let token = token.as_deref();
            let there = send(router.clone(), request(it, token, &scope())).await;
            if ended_over_http(there.status()) == Ended::Admitted {
                continue;
            }
            let not_there = send(router.clone(), request(it, token, &nowhere)).await;
            assert_eq!(there.headers(), not_there.headers());
            assert_eq!(there.status(), not_there.status());
            let (there, not_there) = (text(there).await, text(not_there).await);
            assert_eq!(there, not_there, "{} for {caller}", it.id);
        }
    }
}
