//! What is sent to an API server, and what its answers come to.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use kube::api::DeleteParams;
use passport_connector_sdk::{
    CollectRequest, Hub, HubOptions, ProviderClient, ReadError,
    provider::AddressPolicy,
    secrets::{SecretError, SecretReader, SecretRef},
    settings::TlsSettings,
};
use passport_testkit::{
    capture,
    provider::{Provider, Reply},
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    Action, Allowed, Found, List, ListError, ListPath, ObjectPath, client::Client, find, list,
    may_as_of, narrow::Narrow, object::resource, read, rules, served_resources, served_versions,
};

const PATH: &str = "/api/v1/namespaces/shop/pods";
const NOW: &str = "2026-05-03T09:30:00Z";

const PODS: ListPath<'_> = ListPath {
    group: "",
    version: "v1",
    kind: "Pod",
    resource: "pods",
    namespace: "shop",
    selector: "app=checkout-api,tier in (a,b)",
    page_size: 2,
};

const DEPLOYMENT: ObjectPath<'_> = ObjectPath {
    group: "apps",
    version: "v1",
    kind: "Deployment",
    resource: "deployments",
    namespace: "shop",
    name: "checkout-api",
};

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/shop/deployments/checkout-api";

struct NoSecrets;

impl SecretReader for NoSecrets {
    fn read(&self, secret: &SecretRef) -> Result<secrecy::SecretString, SecretError> {
        Err(SecretError::Absent(secret.to_string()))
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Pod {
    spec: Spec,
}

#[derive(Debug, Clone, Deserialize)]
struct Spec {
    restarts: u32,
}

fn client(provider: &Provider) -> ProviderClient {
    let loopback: IpNet = "127.0.0.0/8".parse().unwrap();
    let options = HubOptions {
        addresses: AddressPolicy::allowing([loopback]),
        retry_wait: Duration::ZERO,
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(NoSecrets));
    let client = hub.client_of_command(&provider.base(), None, TlsSettings::default());
    client.unwrap_or_else(|_| panic!("no client"))
}

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

fn request() -> CollectRequest {
    CollectRequest {
        now: now(),
        subject: None,
        deadline: Instant::now() + Duration::from_secs(20),
    }
}

fn pods(version: &str, rest: &str, restarts: &[u32]) -> Value {
    let items = restarts.iter().map(|restarts| {
        json!({"metadata": {"name": "a", "namespace": "shop"}, "spec": {"restarts": restarts}})
    });
    json!({
        "kind": "PodList", "apiVersion": "v1",
        "metadata": {"resourceVersion": version, "continue": rest},
        "items": items.collect::<Vec<_>>(),
    })
}

fn dated(body: Value, date: &str) -> Reply {
    Reply::json(200, body).header("Date", date)
}

/// Gives this answer to everything.
async fn answering(reply: Reply) -> Provider {
    let script = Provider::script().any().respond(reply);
    script.start().await.unwrap()
}

async fn listed(provider: &Provider) -> Result<List<Pod>, ListError> {
    list(&client(provider), PODS, &request()).await
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_is_as_old_as_its_oldest() {
    let script = Provider::script()
        .on("GET", PATH)
        .respond(dated(
            pods("7", "on", &[1, 2]),
            "Sun, 03 May 2026 09:29:58 GMT",
        ))
        .on("GET", PATH)
        .query("continue", "on")
        .respond(dated(pods("7", "", &[3]), "Sun, 03 May 2026 09:29:40 GMT"));
    let provider = script.start().await.unwrap();
    let found = listed(&provider).await.unwrap();
    let restarts: Vec<_> = found.items.iter().map(|it| it.spec.restarts).collect();
    assert_eq!(restarts, [1, 2, 3]);
    assert_eq!(found.observed_at, now() - Duration::from_secs(20));
    let seen = provider.requests();
    let selector = "labelSelector=app%3Dcheckout-api%2Ctier+in+%28a%2Cb%29&limit=2";
    let targets: Vec<_> = seen
        .iter()
        .map(passport_testkit::provider::Seen::target)
        .collect();
    assert_eq!(
        targets,
        [
            format!("{PATH}?{selector}"),
            format!("{PATH}?{selector}&continue=on")
        ]
    );
    assert!(
        seen.iter()
            .all(|it| it.header("accept") == Some("application/json"))
    );
}

#[tokio::test]
async fn a_list_whose_rest_is_gone_is_begun_again() {
    let gone = json!({"kind": "Status", "status": "Failure", "reason": "Expired", "code": 410});
    let moved = || pods("8", "", &[9]);
    for answer in [
        Reply::json(410, gone.clone()),
        Reply::json(200, gone.clone()),
        Reply::json(200, moved()),
    ] {
        let script = Provider::script()
            .on("GET", PATH)
            .reply(200, pods("7", "on", &[1]))
            .on("GET", PATH)
            .query("continue", "on")
            .respond(answer)
            .on("GET", PATH)
            .reply(200, pods("8", "", &[2, 3]));
        let provider = script.start().await.unwrap();
        let found = listed(&provider).await.unwrap();
        assert_eq!((found.items.len(), provider.requests().len()), (2, 3));
    }
    let script = Provider::script()
        .on("GET", PATH)
        .reply(200, pods("7", "on", &[1]))
        .on("GET", PATH)
        .query("continue", "on")
        .reply(410, gone);
    let provider = script.start().await.unwrap();
    assert_eq!(listed(&provider).await.err(), Some(ListError::Incomplete));
    assert_eq!(provider.requests().len(), 6);
}

#[tokio::test]
async fn a_read_error_goes_through_as_it_is() {
    let failure = |code: u16| json!({"kind": "Status", "status": "Failure", "code": code});
    for (reply, wanted) in [
        (Reply::json(401, json!({})), ReadError::Unauthenticated),
        (Reply::json(403, failure(403)), ReadError::Denied),
        (Reply::json(200, failure(403)), ReadError::Denied),
        (Reply::json(422, json!({})), ReadError::Rejected),
        (Reply::json(500, json!({})), ReadError::Unreachable),
        (Reply::text(302, ""), ReadError::Malformed),
        (
            Reply::text(200, "<html>log in</html>"),
            ReadError::Malformed,
        ),
        (Reply::text(200, ""), ReadError::Malformed),
        (Reply::json(200, json!([])), ReadError::Shape),
        (
            Reply::json(200, json!({"kind": "PodList"})),
            ReadError::Shape,
        ),
        (Reply::big(6 << 20), ReadError::TooLarge),
    ] {
        let provider = answering(reply).await;
        assert_eq!(listed(&provider).await.err(), Some(ListError::Read(wanted)));
        let read = read::<IgnoredAny>(&client(&provider), DEPLOYMENT, &request()).await;
        assert_eq!(read.err(), Some(wanted));
    }
}

#[tokio::test]
async fn what_does_not_exist_is_told_from_what_is_not_known() {
    let of = |name: &str| json!({"kind": "Status", "status": "Failure", "code": 404, "details": {"name": name}});
    let date = "Sun, 03 May 2026 09:29:50 GMT";
    let at = now() - Duration::from_secs(10);
    for (reply, wanted) in [
        (
            Reply::json(404, of("checkout-api")).header("Date", date),
            Some(at),
        ),
        (
            Reply::json(200, of("checkout-api")).header("Date", date),
            Some(at),
        ),
        (Reply::json(404, of("other")), None),
        (Reply::text(404, "404 page not found"), None),
    ] {
        let script = Provider::script().on("GET", DEPLOYMENTS).respond(reply);
        let provider = script.start().await.unwrap();
        let client = client(&provider);
        let found = find::<IgnoredAny>(&client, DEPLOYMENT, &request()).await;
        let absent = match found.unwrap() {
            Found::Absent(at) => Some(at),
            Found::NoSuchKind => None,
            Found::Object(..) => panic!("found"),
        };
        assert_eq!(absent, wanted);
        let read = read::<IgnoredAny>(&client, DEPLOYMENT, &request()).await;
        assert_eq!(read.err(), Some(ReadError::NotFound));
    }
}

#[tokio::test]
async fn reviews_are_asked_as_documented_and_a_server_that_won_t_say_is_no_failure() {
    let action = Action {
        verb: "get",
        group: "",
        resource: "secrets",
        subresource: None,
        namespace: Some("shop"),
        name: None,
    };
    let yes = json!({"status": {"allowed": true}});
    let reply = Reply::json(201, yes).header("Date", "Sun, 03 May 2026 09:29:59 GMT");
    let provider = answering(reply).await;
    let client_of = client(&provider);
    let answer = may_as_of(&client_of, action, &request()).await;
    assert_eq!(answer, Ok((Allowed::Yes, now() - Duration::from_secs(1))));
    assert!(
        rules(&client_of, "shop", &request())
            .await
            .unwrap()
            .is_none()
    );
    let seen = provider.requests();
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    assert_eq!(seen[0].target(), path);
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(
        body["spec"]["resourceAttributes"],
        json!({"verb": "get", "group": "", "resource": "secrets", "namespace": "shop"})
    );
    let body: Value = serde_json::from_slice(&seen[1].body).unwrap();
    assert_eq!(body["kind"], "SelfSubjectRulesReview");
    assert_eq!(body["spec"], json!({"namespace": "shop"}));
    for reply in [
        Reply::json(403, json!({})),
        Reply::json(404, json!({})),
        Reply::json(400, json!({})),
        Reply::json(201, json!({"status": {}})),
    ] {
        let provider = answering(reply).await;
        let answer = may_as_of(&client(&provider), action, &request()).await;
        assert_eq!(answer.map(|it| it.0), Ok(Allowed::Untold));
    }
}

#[tokio::test]
async fn a_group_that_is_not_served_is_told_from_one_that_is() {
    let script = Provider::script()
        .on("GET", "/apis/argoproj.io/v1alpha1")
        .reply(
            200,
            json!({"groupVersion": "argoproj.io/v1alpha1", "resources": [{"name": "rollouts"}]}),
        )
        .on("GET", "/apis/argoproj.io")
        .reply(
            200,
            json!({"name": "argoproj.io", "versions": [{"version": "v1alpha1"}]}),
        );
    let provider = script.start().await.unwrap();
    let (client, request) = (client(&provider), request());
    let named = |name: &str| Ok(Some(vec![name.to_owned()]));
    let kinds = served_resources(&client, "argoproj.io", "v1alpha1", &request).await;
    assert_eq!(kinds, named("rollouts"));
    let versions = served_versions(&client, "argoproj.io", &request).await;
    assert_eq!(versions, named("v1alpha1"));
    let none = served_versions(&client, "flagger.app", &request).await;
    assert_eq!(none, Ok(None));
}

#[tokio::test]
async fn nothing_is_changed_and_no_path_is_made_of_a_name() {
    let provider = Provider::script().start().await.unwrap();
    let (client_of, request) = (client(&provider), request());
    let kind = resource("", "v1", "Pod", "pods");
    let asking = Client::new(&client_of, &request);
    let pods = asking.objects::<Narrow<IgnoredAny>>(&kind, "shop");
    let deleted = asking.ask(pods.delete("a", &DeleteParams::default())).await;
    assert_eq!(
        deleted.map(|_| ()).map_err(ReadError::from),
        Err(ReadError::Rejected)
    );
    for (namespace, name) in [
        ("shop", "a/../../secrets/b"),
        ("shop/pods", "a"),
        ("", "a"),
        ("shop", "a?b"),
    ] {
        let path = ObjectPath {
            namespace,
            name,
            ..DEPLOYMENT
        };
        let found = read::<IgnoredAny>(&client_of, path, &request).await;
        assert_eq!(found.err(), Some(ReadError::Rejected), "{namespace} {name}");
    }
    let path = ListPath {
        namespace: "shop/../other",
        ..PODS
    };
    let found: Result<List<Pod>, _> = list(&client_of, path, &request).await;
    assert_eq!(found.err(), Some(ReadError::Rejected.into()));
    assert!(provider.requests().is_empty());
}

/// `kube` would write the text of an answer into the log that it can't read.
#[tokio::test]
async fn nothing_of_an_answer_is_logged_and_our_own_lines_are() {
    let marker = "in-the-answer-7f3a";
    let mut wrong = pods("7", "", &[1]);
    wrong["items"][0]["spec"]["restarts"] = json!(marker);
    let missing = json!({"kind": "Status", "message": marker, "details": 5});
    for reply in [
        Reply::json(200, wrong),
        Reply::json(404, missing),
        Reply::text(404, marker),
    ] {
        let (error, log) = capture::logged(move || async move {
            let provider = answering(reply).await;
            listed(&provider).await.err()
        })
        .await
        .unwrap();
        assert!(error.is_some());
        assert!(!log.contains(marker), "{log}");
        assert!(log.contains("provider call"), "{log}");
    }
}
