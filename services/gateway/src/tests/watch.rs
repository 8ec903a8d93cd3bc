//! A gate that is watched, while what it rests on changes.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, poll};
use http::HeaderMap;
use passport_evidence::{Clock, FailureCode, Subject};
use passport_policy::{
    gate::{Decision, Mode},
    grants::{Grant, Grants, Verb},
    tokens::{Token, Tokens, hash},
};
use passport_proto::{evidence as proto, gateway as api};
use passport_service_kit::server::{Beside, Health};
use passport_store::Listing;
use serde_json::json;
use tokio::time::{self, Instant, timeout};
use tonic::Code;

use super::world::{
    World, around, config_of, evidence_of, fails, good, now, observed_before, says, scope, send,
    text,
};
use crate::{
    Access, CallError, Caller, GateQuestion, Gateway,
    gate::watch::{Decisions, Shown, WatchQuestion, Watched},
    router,
};

/// Is what a test sets it to.
struct Moved(Mutex<DateTime<Utc>>);

impl Clock for Moved {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

struct Watching {
    world: World,
    clock: Arc<Moved>,
    gateway: Gateway,
    /// Serves the same, and is what ends.
    health: Health,
    served: axum::Router,
    decisions: Decisions,
}

impl Watching {
    /// Somebody watches while the source that is required says this.
    async fn start(errors: proto::Outcome) -> Self {
        Self::of(World::metrics_says(vec![errors]), HeaderMap::new()).await
    }

    async fn of(mut world: World, headers: HeaderMap) -> Self {
        let clock = Arc::new(Moved(Mutex::new(now())));
        world.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        let (served, health) = serve(&world).await;
        let gateway = world.gateway();
        let of = WatchQuestion {
            shown: Shown::new(&gateway, &Caller::anybody(), &headers, None),
            question: question(),
            until: Instant::now() + Duration::from_secs(3_600),
            _place: None,
        };
        let decisions = gateway.watch_gate(of).await.unwrap();
        Self {
            world,
            clock,
            gateway,
            health,
            served,
            decisions,
        }
    }

    fn says(&self, errors: proto::Outcome) {
        self.world.metrics.seen.lock().unwrap().says = Some(vec![errors]);
    }

    async fn told(&mut self) -> Result<Watched, CallError> {
        let next = timeout(Duration::from_secs(20), self.decisions.next());
        next.await.expect("nothing was told").expect("it ended")
    }

    async fn next(&mut self) -> Watched {
        self.told().await.unwrap()
    }

    async fn pass(&mut self, seconds: u64) {
        assert!(poll!(self.decisions.next()).is_pending());
        *self.clock.0.lock().unwrap() += Duration::from_secs(seconds);
        pass(seconds).await;
    }

    /// The collectors are asked anew, and who watches hears nothing of it.
    async fn looks_in_vain(&mut self) {
        let before = self.world.calls();
        let silent = timeout(Duration::from_millis(500), self.decisions.next()).await;
        assert!(silent.is_err(), "{silent:?}");
        assert!(self.world.calls() > before, "nobody was asked");
    }

    async fn recorded(&self) -> usize {
        let scope = scope();
        let all = Listing {
            workspace: &scope.workspace,
            service: None,
            environment: None,
            kinds: &[],
            before: None,
            limit: 100,
        };
        self.gateway.records.passports(&all).await.unwrap().len()
    }
}

async fn serve(world: &World) -> (axum::Router, Health) {
    let around = around(world.meters.clone());
    router(world.gateway(), &around, Beside::default())
        .await
        .unwrap()
}

async fn pass(seconds: u64) {
    time::pause();
    time::advance(Duration::from_secs(seconds)).await;
    time::resume();
}

fn question() -> GateQuestion {
    GateQuestion {
        scope: scope(),
        subject: Some(Subject {
            revision: Some("a".repeat(40)),
            ..Subject::default()
        }),
        mode: None,
    }
}

fn failed() -> proto::Outcome {
    says(evidence_of(10, "errors", "gauge", "0.2"))
}

fn stale() -> proto::Outcome {
    says(observed_before(400, "errors", "gauge"))
}

fn passed() -> proto::Outcome {
    says(good("errors"))
}

#[tokio::test]
async fn what_is_waited_for_comes_and_the_release_may_go() {
    let mut watching = Watching::start(stale()).await;
    let first = watching.next().await;
    assert_eq!(first.passport.decision, Decision::Hold);
    assert!(!first.outlook.is_settled);
    assert_eq!(first.outlook.waits_for.len(), 1);
    watching.says(passed());
    watching.pass(6).await;
    let second = watching.next().await;
    assert_eq!(second.passport.decision, Decision::Allow);
    assert!(!second.revokes_earlier);
    assert!(second.outlook.waits_for.is_empty());
}

#[tokio::test]
async fn an_approval_that_turns_is_withdrawn_in_the_stream_and_in_the_ledger() {
    let mut watching = Watching::start(passed()).await;
    let first = watching.next().await.passport;
    assert_eq!(first.decision, Decision::Allow);
    watching.says(failed());
    watching.pass(31).await;
    let turned = watching.next().await;
    assert_eq!(turned.passport.decision, Decision::Block);
    assert!(turned.revokes_earlier);
    assert!(turned.outlook.is_settled);
    let records = &watching.gateway.records;
    let kept = records.passport(&scope().workspace, first.id).await;
    let kept = kept.unwrap().unwrap().passport;
    assert_eq!(kept.revoked_at, Some(turned.passport.decided_at));
    watching.says(fails("errors", FailureCode::Unreachable));
    watching.pass(31).await;
    assert!(!watching.next().await.revokes_earlier, "it was already");
}

#[tokio::test]
async fn what_says_the_same_is_neither_sent_nor_recorded() {
    let mut watching = Watching::start(passed()).await;
    watching.next().await;
    for _ in 0..3 {
        watching.pass(31).await;
        watching.looks_in_vain().await;
    }
    assert_eq!(watching.recorded().await, 1);
}

#[tokio::test]
async fn evidence_that_expires_holds_what_it_let_go() {
    let mut watching = Watching::start(passed()).await;
    let first = watching.next().await.passport;
    let end = first.valid_until.unwrap() - now();
    watching
        .pass(u64::try_from(end.num_seconds()).unwrap() + 1)
        .await;
    let held = watching.next().await;
    assert_eq!(held.passport.decision, Decision::Hold);
    assert!(held.revokes_earlier);
}

#[tokio::test]
async fn an_approval_that_is_renewed_after_its_end_is_sent_again() {
    let mut watching = Watching::start(passed()).await;
    let first = watching.next().await.passport;
    watching.says(says(evidence_of(-285, "errors", "gauge", "0.0002")));
    watching.pass(295).await;
    let second = watching.next().await;
    assert_eq!(second.passport.decision, Decision::Allow);
    assert!(!second.revokes_earlier);
    assert!(second.passport.valid_until > first.valid_until);
    assert_eq!(watching.recorded().await, 2);
}

#[tokio::test]
async fn a_provider_that_is_away_holds_and_is_waited_for() {
    let mut watching = Watching::start(passed()).await;
    watching.next().await;
    watching.says(fails("errors", FailureCode::Unreachable));
    watching.pass(31).await;
    let held = watching.next().await;
    assert_eq!(held.passport.decision, Decision::Hold);
    assert!(held.outlook.waits_for[0].contains("UNREACHABLE"));
}

#[tokio::test]
async fn a_delivery_is_looked_at_soon_and_one_to_another_scope_is_not() {
    let mut watching = Watching::start(passed()).await;
    watching.next().await;
    watching.says(failed());
    let elsewhere = super::world::scope_of("acme", "checkout-api", "staging");
    watching.world.watches.delivered(&elsewhere);
    watching.pass(3).await;
    let before = watching.world.calls();
    assert!(poll!(watching.decisions.next()).is_pending());
    assert_eq!(watching.world.calls(), before);
    watching.world.watches.delivered(&scope());
    assert_eq!(watching.next().await.passport.decision, Decision::Block);
}

#[tokio::test]
async fn another_configuration_takes_effect_in_an_open_watch() {
    let mut watching = Watching::start(passed()).await;
    let first = watching.next().await.passport;
    assert_eq!(first.mode, Mode::Advisory);
    watching.world.config = config_of(|text| text.replace("mode: advisory", "mode: enforce"));
    watching.pass(3).await;
    (watching.served, watching.health) = serve(&watching.world).await;
    let second = watching.next().await.passport;
    assert_eq!(second.mode, Mode::Enforce);
}

fn token(id: &str, verb: Verb) -> Access {
    let grant = Grant {
        workspace: scope().workspace,
        services: [scope().service].into_iter().collect(),
        environments: [scope().environment].into_iter().collect(),
        verbs: [verb].into_iter().collect(),
    };
    let token = Token {
        id: id.to_owned(),
        sha256: hash(id),
        expires: None,
        person: None,
        grants: Grants::from_iter([grant]),
    };
    Access::tokens(Tokens::from_iter([token]))
}

#[tokio::test]
async fn who_loses_the_token_or_the_grant_is_told_and_sees_no_more() {
    for (access, code) in [
        (token("another", Verb::Evaluate), Code::Unauthenticated),
        (token("mine", Verb::Read), Code::PermissionDenied),
    ] {
        let mut world = World::metrics_says(vec![passed()]);
        world.access = token("mine", Verb::Evaluate);
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer mine".parse().unwrap());
        let mut watching = Watching::of(world, headers).await;
        watching.next().await;
        watching.world.access = access;
        watching.pass(3).await;
        (watching.served, watching.health) = serve(&watching.world).await;
        let refused = tonic::Status::from(watching.told().await.unwrap_err());
        assert_eq!(refused.code(), code);
        assert!(watching.decisions.next().await.is_none());
    }
}

#[tokio::test]
async fn a_gateway_that_ends_ends_its_watches() {
    let mut watching = Watching::start(passed()).await;
    watching.next().await;
    assert!(poll!(watching.decisions.next()).is_pending());
    watching.health.set(false).await;
    assert_eq!(watching.told().await.unwrap_err(), CallError::Ending);
    assert!(watching.decisions.next().await.is_none());
}

#[tokio::test]
async fn of_a_caller_who_left_nothing_goes_on() {
    let mut watching = Watching::start(passed()).await;
    watching.next().await;
    let before = watching.world.calls();
    watching.decisions = futures::stream::empty().boxed();
    pass(600).await;
    time::sleep(Duration::from_millis(50)).await;
    assert_eq!(watching.world.calls(), before);
}

fn message() -> api::WatchGateRequest {
    api::WatchGateRequest {
        evaluate: Some(api::EvaluateGateRequest {
            scope: Some((&scope()).into()),
            ..api::EvaluateGateRequest::default()
        }),
    }
}

#[tokio::test]
async fn over_grpc_a_watch_lasts_as_long_as_its_caller_says_and_not_ten_seconds() {
    let world = World::metrics_says(vec![passed()]);
    let mut client = world.grpc().await;
    let mut request = tonic::Request::new(message());
    request.set_timeout(Duration::from_secs(300));
    let mut stream = client.watch_gate(request).await.unwrap().into_inner();
    let first = stream.message().await.unwrap().unwrap();
    assert_eq!(first.passport.unwrap().decision(), api::Decision::Allow);
    world.metrics.seen.lock().unwrap().says = Some(vec![failed()]);
    assert!(poll!(stream.next()).is_pending());
    pass(200).await;
    let second = stream.message().await.unwrap().unwrap();
    assert!(second.revokes_earlier && second.settled);
    assert!(poll!(stream.next()).is_pending());
    pass(200).await;
    let over = stream.message().await.unwrap_err();
    assert_eq!(over.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn one_watch_too_many_is_refused() {
    let world = World::metrics_says(vec![passed()]);
    let router = world.router_within(json!({ "watches": 1 })).await;
    let origin = http::Uri::from_static("http://localhost");
    let mut client = api::gateway_service_client::GatewayServiceClient::with_origin(router, origin);
    let first = client.watch_gate(message()).await.unwrap();
    let refused = client.watch_gate(message()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    drop(first);
    client.watch_gate(message()).await.unwrap();
}

#[tokio::test]
async fn over_http_each_decision_is_an_event() {
    let world = World::metrics_says(vec![passed()]);
    let body = json!({ "scope": scope() }).to_string();
    let request = http::Request::post("/v1/gate/evaluate")
        .header("content-type", "application/json")
        .header("accept", "text/event-stream")
        .header("passport-timeout", "3s");
    let router = world.router().await;
    let answer = send(router, request.body(body.into()).unwrap()).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let told = text(answer).await;
    assert_eq!(told.matches("event: passport").count(), 1, "{told}");
    assert!(told.contains(r#""decision":"allow""#));
    assert!(told.ends_with("event: done\ndata: {}\n\n"), "{told}");
}
