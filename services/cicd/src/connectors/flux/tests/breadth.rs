//! What a check says of tokens.

use chrono::DateTime;
use passport_connector_sdk::Connector;
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    case::{AccessReviews, Attributes, Rules},
    connector,
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};

use super::case;
use crate::connectors::flux::Flux;

const OBJECT: &str =
    "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/checkout-api";
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

fn asking(base: &str) -> Box<dyn Connector> {
    let mut source = case("kustomization-ready")["source"].clone();
    source["endpoint"] = json!(base);
    let hub = connector::hub(&[("CASE_TOKEN", "token-of-this-test")]);
    connector::built::<Flux>(&source, &hub).unwrap()
}

fn object() -> Value {
    case("kustomization-ready")["exchanges"][0]["response"]["body"].clone()
}

fn there() -> Script {
    Provider::script().on("GET", OBJECT).reply(200, object())
}

/// The word and status that a check gives, where the server answers so.
async fn checked(script: Script) -> Result<(Status, String), FailureCode> {
    let provider = script.start().await.unwrap();
    let request = connector::request(DateTime::from_timestamp(1_777_800_600, 0).unwrap());
    let source = asking(&provider.base());
    let observed = source.check(&request).await.map_err(|it| it.code)?;
    let [fact] = observed.facts.as_slice() else {
        panic!("{} facts", observed.facts.len());
    };
    Ok((fact.status(), fact.value_text().unwrap()))
}

/// A token that may do nothing of what is asked but this.
async fn allowed(what: &[[&str; 4]]) -> (Status, String) {
    let allowed = what.iter().map(|[verb, group, resource, namespace]| {
        let [verb, group, resource, namespace] =
            [verb, group, resource, namespace].map(|it| (*it).to_owned());
        Attributes {
            verb,
            group,
            resource,
            namespace,
            ..Attributes::default()
        }
    });
    let reviews = AccessReviews {
        default: false,
        allowed: allowed.collect(),
    };
    let rules = Rules {
        access_reviews: Some(reviews),
        ..Rules::default()
    };
    checked(there().rules(rules)).await.unwrap()
}

const GROUP: &str = "kustomize.toolkit.fluxcd.io";

#[tokio::test]
async fn narrow_is_what_may_only_read_the_one_object() {
    // It has read the object already; nothing that is asked beside that is allowed.
    let narrow = (Status::Passed, "narrow".to_owned());
    assert_eq!(allowed(&[]).await, narrow);
}

#[tokio::test]
async fn what_a_token_may_do_beyond_that_is_told() {
    let broad = (Status::Warning, "broad");
    let writes = (Status::Failed, "write_capable");
    for (may, (status, word)) in [
        (["list", "", "secrets", "flux-system"], broad),
        (["list", "", "secrets", ""], broad),
        (["get", "", "secrets", "flux-system"], broad),
        (["get", "", "secrets", ""], broad),
        (["get", GROUP, "kustomizations", "flux-system"], broad),
        (["get", "*", "*", "flux-system"], broad),
        (["get", "*", "*", ""], broad),
        (["get", GROUP, "kustomizations", ""], broad),
        (["patch", GROUP, "kustomizations", "flux-system"], writes),
        (["update", GROUP, "kustomizations", "flux-system"], writes),
        (["delete", GROUP, "kustomizations", "flux-system"], writes),
        (["*", "*", "*", ""], writes),
    ] {
        assert_eq!(allowed(&[may]).await, (status, word.to_owned()), "{may:?}");
    }
}

#[tokio::test]
async fn what_is_not_told_is_not_narrow() {
    let partly = json!({"status": {"allowed": false, "evaluationError": "webhook timed out"}});
    for reply in [
        Reply::json(201, partly),
        Reply::json(201, json!({"status": {}})),
        Reply::json(403, json!({"kind": "Status", "code": 403})),
        Reply::json(404, json!({"kind": "Status", "code": 404})),
    ] {
        let said = checked(there().on("POST", REVIEWS).respond(reply)).await;
        assert_eq!(said, Ok((Status::Unknown, "unverifiable".to_owned())));
    }
    let refused = there().on("POST", REVIEWS).reply(401, json!({}));
    assert_eq!(checked(refused).await, Err(FailureCode::Unauthenticated));
}

#[tokio::test]
async fn without_the_object_nothing_is_asked_of_the_token() {
    let absent = Provider::script().any().reply(404, json!({}));
    assert_eq!(checked(absent).await, Err(FailureCode::NotSupported));
    let forbidden = Provider::script().any().reply(403, json!({}));
    assert_eq!(checked(forbidden).await, Err(FailureCode::Denied));
}
