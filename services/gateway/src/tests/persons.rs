//! Waivers and approvals, from who says them to what they change.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Body};
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, StatusCode};
use passport_evidence::{Clock, FailureCode, json::time};
use passport_policy::{
    gate::Actor,
    grants::{Grant, Grants, Selection, Verb},
    tokens::{Token, Tokens, hash},
};
use serde_json::{Value, json};

use super::world::{CONFIG, World, bad, fails, good, json as body_of, now, says, scope, send};
use crate::Access;

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

const WAIVABLE: &str = "waivers: { of: [ { source: errors, fact: error_rate } ], longest: 4h";

/// A clock that is set by hand.
struct Hands(Mutex<DateTime<Utc>>);

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A gateway that knows `ada`, by two tokens, `bob`, a `robot` with the same grants and `eve`, who may do
/// all that in another service.
struct Desk {
    router: Router,
    clock: Arc<Hands>,
    _world: World,
}

fn token(id: &str, person: Option<&str>) -> Token {
    let all = Grant {
        workspace: scope().workspace,
        services: match id {
            "eve" => ["other".parse().unwrap()].into_iter().collect(),
            _ => Selection::All,
        },
        environments: Selection::All,
        verbs: Verb::ALL.into_iter().collect(),
    };
    Token {
        id: id.to_owned(),
        sha256: hash(id),
        expires: None,
        grants: Grants::from_iter([all]),
        person: person.map(|subject| Actor {
            issuer: "https://idp.example.com".to_owned(),
            subject: subject.to_owned(),
        }),
    }
}

impl Desk {
    /// Under a policy that says this beside its requirement, of a release that fails it.
    async fn of(policy: &str) -> Self {
        Self::where_it(policy, says(bad("errors"))).await
    }

    async fn where_it(policy: &str, errors: passport_proto::evidence::Outcome) -> Self {
        let require = "require: [ { source: errors, facts: [error_rate] } ]";
        let text = CONFIG.replace(require, &format!("{require}\n              {policy}"));
        let clock = Arc::new(Hands(Mutex::new(now())));
        let mut world = World::configured(&text);
        world.metrics.outcomes = vec![errors, says(good("latency"))];
        world.cicd.outcomes = vec![fails("pipeline", FailureCode::Denied)];
        world.clock = clock.clone();
        let tokens = [
            token("ada", Some("ada")),
            token("ada-laptop", Some("ada")),
            token("bob", Some("bob")),
            token("eve", Some("eve")),
            token("robot", None),
        ];
        world.access = Access::tokens(tokens.into_iter().collect::<Tokens>());
        Self {
            router: world.router().await,
            clock,
            _world: world,
        }
    }

    fn later(&self, seconds: i64) {
        *self.clock.0.lock().unwrap() += TimeDelta::seconds(seconds);
    }

    async fn ask(&self, who: &str, to: &str, body: Value) -> (StatusCode, Value) {
        let (method, path) = to.split_once(' ').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {who}"))
            .body(Body::from(body.to_string()));
        let response = send(self.router.clone(), request.unwrap()).await;
        (response.status(), body_of(response).await)
    }

    async fn waive(&self, who: &str, change: impl FnOnce(&mut Value)) -> (StatusCode, Value) {
        let mut body = waiver();
        change(&mut body);
        self.ask(who, "POST /v1/waivers", body).await
    }

    /// The id of a waiver that was taken.
    async fn waived(&self, who: &str) -> String {
        let (status, waiver) = self.waive(who, |_| ()).await;
        assert_eq!(status, StatusCode::CREATED, "{waiver}");
        waiver["waiverId"].as_str().unwrap().to_owned()
    }

    async fn confirm(&self, who: &str, id: &str) -> (StatusCode, Value) {
        let to = format!("POST /v1/waivers/{id}/confirm?workspaceId=acme");
        self.ask(who, &to, json!({})).await
    }

    async fn approve(&self, who: &str) -> Value {
        let (status, approval) = self.ask(who, "POST /v1/approvals", approval()).await;
        assert_eq!(status, StatusCode::CREATED, "{approval}");
        approval
    }

    async fn decided(&self) -> Value {
        self.decided_of(REVISION).await
    }

    async fn decided_of(&self, revision: &str) -> Value {
        let body = json!({ "scope": scope(), "subject": { "revision": revision } });
        self.ask("robot", "POST /v1/gate/evaluate", body).await.1
    }

    async fn listed(&self, what: &str) -> usize {
        let to = format!("GET /v1/{what}&workspaceId=acme");
        let (status, page) = self.ask("robot", &to, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let items = page.get("waivers").or(page.get("approvals"));
        items.unwrap().as_array().unwrap().len()
    }
}

fn waiver() -> Value {
    json!({
        "scope": scope(), "subject": { "revision": REVISION },
        "source": "errors", "fact": "error_rate",
        "reason": "a known burst, mended tomorrow", "expiresAt": in_seconds(120),
    })
}

fn approval() -> Value {
    json!({
        "scope": scope(), "subject": { "revision": REVISION },
        "reason": "looked at it", "expiresAt": in_seconds(120),
    })
}

fn in_seconds(seconds: i64) -> String {
    time(now() + TimeDelta::seconds(seconds))
}

fn fields(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array();
    let errors = errors.into_iter().flatten();
    errors.map(|it| it["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_waived_failure_stays_failed_is_shown_as_waived_and_lets_go() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    assert_eq!(desk.decided().await["decision"], "block");
    let id = desk.waived("ada").await;
    let passport = desk.decided().await;
    assert_eq!(passport["decision"], "allow", "{passport:#}");
    let deciding = &passport["requirements"][0];
    assert_eq!(deciding["state"], "waived");
    assert_eq!(deciding["waiverId"], id.as_str());
    assert_eq!(passport["waivers"][0]["actor"]["subject"], "ada");
    assert_eq!(
        passport["validUntil"],
        in_seconds(120),
        "the waiver ends first"
    );
    let facts = passport["evidence"][0]["facts"].as_array().unwrap();
    assert_eq!(facts[0]["status"], "failed");
}

#[tokio::test]
async fn where_two_are_asked_one_person_is_not_enough_however_he_calls() {
    let desk = Desk::of(&format!("{WAIVABLE}, second_actor: true }}")).await;
    let id = desk.waived("ada").await;
    assert_eq!(desk.decided().await["decision"], "block");
    for who in ["ada", "ada-laptop"] {
        let (status, problem) = desk.confirm(who, &id).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::CONFLICT, &json!("SAME_PERSON"))
        );
    }
    assert_eq!(desk.decided().await["decision"], "block");
    assert_eq!(desk.waived("ada-laptop").await.len(), id.len());
    assert_eq!(
        desk.decided().await["decision"],
        "block",
        "two of one person"
    );
    let (status, confirmed) = desk.confirm("bob", &id).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(confirmed["secondActor"]["subject"], "bob");
    let passport = desk.decided().await;
    assert_eq!(passport["decision"], "allow");
    assert_eq!(passport["waivers"], json!([confirmed]));
    let (_, problem) = desk.confirm("bob", &id).await;
    assert_eq!(problem["code"], "ALREADY_CONFIRMED");
}

#[tokio::test]
async fn who_is_no_person_says_nothing_although_he_was_granted_it() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    let id = desk.waived("ada").await;
    let given = desk.approve("ada").await;
    let approval_id = given["approvalId"].as_str().unwrap();
    let why = json!({ "reason": "over" });
    for (to, body) in [
        ("POST /v1/waivers".to_owned(), waiver()),
        (
            format!("POST /v1/waivers/{id}/confirm?workspaceId=acme"),
            json!({}),
        ),
        (
            format!("DELETE /v1/waivers/{id}?workspaceId=acme"),
            why.clone(),
        ),
        ("POST /v1/approvals".to_owned(), approval()),
        (
            format!("DELETE /v1/approvals/{approval_id}?workspaceId=acme"),
            why,
        ),
    ] {
        let (status, problem) = desk.ask("robot", &to, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{to}");
        assert_eq!(problem["code"], "NOT_A_PERSON", "{to}");
    }
    assert_eq!(desk.listed("waivers?service=checkout-api").await, 1);
}

#[tokio::test]
async fn on_loopback_anybody_is_no_person() {
    let router = World::new().router().await;
    let request = Request::post("/v1/waivers").header("content-type", "application/json");
    let request = request.body(Body::from(waiver().to_string())).unwrap();
    let response = send(router, request).await;
    assert_eq!(body_of(response).await["code"], "NOT_A_PERSON");
}

#[tokio::test]
async fn a_waiver_ends_with_its_time_and_is_listed_no_more() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    let id = desk.waived("ada").await;
    desk.later(119);
    assert_eq!(desk.decided().await["decision"], "allow");
    desk.later(1);
    let passport = desk.decided().await;
    assert_eq!(passport["decision"], "block");
    assert_eq!(passport["waivers"], json!([]));
    assert_eq!(desk.listed("waivers?pageSize=5").await, 0);
    assert_eq!(desk.listed("waivers?includeEnded=true").await, 1);
    let (status, problem) = desk.confirm("bob", &id).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("WAIVER_ENDED"))
    );
}

#[tokio::test]
async fn a_waiver_that_was_revoked_counts_no_more_and_withdraws_what_rested_on_it() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    let id = desk.waived("ada").await;
    let before = desk.decided().await;
    assert_eq!(before["decision"], "allow");
    let to = format!("DELETE /v1/waivers/{id}?workspaceId=acme");
    let (status, problem) = desk.ask("bob", &to, json!({ "reason": " " })).await;
    assert_eq!(
        (status, fields(&problem)),
        (StatusCode::BAD_REQUEST, vec!["reason"])
    );
    let why = json!({ "reason": "mended" });
    let (status, revoked) = desk.ask("bob", &to, why.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(revoked["revokedAt"], time(now()));
    assert_eq!(desk.decided().await["decision"], "block");
    let passport = before["passportId"].as_str().unwrap();
    let to_passport = format!("GET /v1/passports/{passport}?workspaceId=acme");
    let (_, withdrawn) = desk.ask("robot", &to_passport, Value::Null).await;
    assert_eq!(withdrawn["revokedAt"], time(now()));
    let (status, _) = desk.ask("bob", &to, why).await;
    assert_eq!(status, StatusCode::CONFLICT, "it has ended");
}

#[tokio::test]
async fn a_waiver_is_of_one_release_and_one_item() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    let (status, _) = desk.waive("ada", |it| it["item"] = "eu".into()).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(desk.decided().await["decision"], "block", "another item");
    desk.waived("ada").await;
    assert_eq!(desk.decided().await["decision"], "allow");
    let other = desk.decided_of(&"f".repeat(40)).await;
    assert_eq!(other["decision"], "block", "another release");
    assert_eq!(other["waivers"], json!([]));
}

#[tokio::test]
async fn what_the_policy_does_not_let_be_waived_is_refused_with_the_reason() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    type Mend = fn(&mut Value);
    let cases: [(&str, Mend); 12] = [
        ("fact", |it| it["fact"] = "p95".into()),
        ("fact", |it| it["source"] = "latency".into()),
        ("source", |it| it["source"] = "elsewhere".into()),
        ("source", |it| it["source"] = "".into()),
        ("subject", |it| it["subject"] = json!({})),
        ("subject", |it| it["subject"] = Value::Null),
        ("reason", |it| it["reason"] = " \n".into()),
        ("reason", |it| it["reason"] = "a".repeat(1001).into()),
        ("item", |it| it["item"] = "a".repeat(513).into()),
        ("expiresAt", |it| it["expiresAt"] = Value::Null),
        ("expiresAt", |it| it["expiresAt"] = time(now()).into()),
        ("expiresAt", |it| {
            it["expiresAt"] = in_seconds(4 * 3600 + 1).into()
        }),
    ];
    for (field, change) in cases {
        let (status, problem) = desk.waive("ada", change).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{field}: {problem}");
        assert_eq!(fields(&problem), [field], "{problem}");
    }
    assert_eq!(desk.listed("waivers?includeEnded=true").await, 0);
    let none = Desk::of("approvals: 0").await;
    let (_, problem) = none.waive("ada", |_| ()).await;
    assert!(
        problem.to_string().contains("lets nothing be waived"),
        "{problem}"
    );
}

#[tokio::test]
async fn of_another_service_nobody_learns_or_touches_a_waiver() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    let id = desk.waived("ada").await;
    let (status, _) = desk.waive("eve", |_| ()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (there, told) = desk.confirm("eve", &id).await;
    let nowhere = "019a0000-0000-7000-8000-000000000001";
    let (not_there, told_of_nothing) = desk.confirm("eve", nowhere).await;
    assert_eq!(
        (there, not_there),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert_eq!(told["detail"], told_of_nothing["detail"]);
    let to = "GET /v1/waivers?workspaceId=acme";
    let (_, page) = desk.ask("eve", to, Value::Null).await;
    assert_eq!(page, json!({ "waivers": [] }));
}

#[tokio::test]
async fn lists_go_on_page_by_page_newest_first() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        desk.later(1);
        made.insert(0, desk.waived("ada").await);
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    for _ in 0..2 {
        let to = format!("GET /v1/waivers?workspaceId=acme&pageSize=2&pageToken={token}");
        let (_, page) = desk.ask("robot", &to, Value::Null).await;
        let waivers = page["waivers"].as_array().unwrap().clone();
        seen.extend(
            waivers
                .iter()
                .map(|it| it["waiverId"].as_str().unwrap().to_owned()),
        );
        token = page["nextPageToken"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
    }
    assert_eq!((seen, token), (made, String::new()));
}

#[tokio::test]
async fn as_many_persons_agree_as_the_policy_wants() {
    let desk = Desk::where_it("approvals: 2", says(good("errors"))).await;
    assert_eq!(desk.decided().await["decision"], "require_approval");
    desk.approve("ada").await;
    desk.approve("ada-laptop").await;
    let passport = desk.decided().await;
    assert_eq!(passport["decision"], "require_approval", "one person");
    assert_eq!(passport["approvals"].as_array().unwrap().len(), 2);
    let second = desk.approve("bob").await;
    let passport = desk.decided().await;
    assert_eq!(passport["decision"], "allow");
    assert_eq!(
        passport["validUntil"],
        in_seconds(120),
        "the approvals end first"
    );
    let ids = passport["approvals"].as_array().unwrap().iter();
    let mut ids = ids.map(|it| &it["approvalId"]);
    assert!(ids.any(|it| *it == second["approvalId"]));
    let other = desk.decided_of(&"f".repeat(40)).await;
    assert_eq!(other["decision"], "require_approval", "another release");
    let id = second["approvalId"].as_str().unwrap();
    let to = format!("DELETE /v1/approvals/{id}?workspaceId=acme");
    let (status, _) = desk.ask("bob", &to, json!({ "reason": "no" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(desk.decided().await["decision"], "require_approval");
    assert_eq!(desk.listed("approvals?service=checkout-api").await, 2);
    desk.later(120);
    assert_eq!(desk.listed("approvals?service=checkout-api").await, 0);
    assert_eq!(desk.listed("approvals?includeEnded=true").await, 3);
}

#[tokio::test]
async fn an_approval_lets_nothing_go_that_fails_or_is_missing() {
    for (errors, decision) in [
        (says(bad("errors")), "block"),
        (fails("errors", FailureCode::Unreachable), "hold"),
    ] {
        let desk = Desk::where_it("approvals: 1", errors).await;
        desk.approve("ada").await;
        assert_eq!(desk.decided().await["decision"], decision);
    }
}

#[tokio::test]
async fn a_release_takes_no_more_waivers_than_a_decision_reads() {
    let desk = Desk::of(&format!("{WAIVABLE} }}")).await;
    for _ in 0..80 {
        desk.waived("ada").await;
    }
    let (status, problem) = desk.waive("ada", |_| ()).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("TOO_MANY_WAIVERS"))
    );
    assert_eq!(desk.decided().await["decision"], "allow");
}
