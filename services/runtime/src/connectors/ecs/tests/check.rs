//! What a check says of a credential.

use chrono::DateTime;
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector,
    provider::{Provider, Reply, Script},
};
use serde_json::json;

use crate::connectors::ecs::Ecs;

const TARGET: &str = "AmazonEC2ContainerServiceV20141113";
const ROLE: &str = "arn:aws:sts::111122223333:assumed-role/reader/session";

/// What a check says where the services answer so, and how often they were asked.
async fn checked(script: Script) -> (Result<(Option<String>, Status), FailureCode>, usize) {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "ecs", "endpoint": provider.base(), "sts_endpoint": provider.base(),
        "credential": {"access_key_id": {"env": "ID"}, "secret_access_key": {"env": "SECRET"}},
        "scope": {
            "region": "eu-west-1", "account_id": "111122223333", "cluster": "shop-prod",
            "service": "checkout-api",
        },
    });
    let hub = connector::hub(&[("ID", "an-id"), ("SECRET", "a-secret")]);
    let connector = connector::built::<Ecs>(&source, &hub).unwrap();
    let now = DateTime::from_timestamp(1_777_800_600, 0).unwrap();
    let observed = connector.check(&connector::request(now)).await;
    let observed = observed.map_err(|it| it.code).map(|it| {
        let [fact] = it.facts.as_slice() else {
            panic!("{:?}", it.facts);
        };
        (fact.value_text(), fact.status())
    });
    (observed, provider.requests().len())
}

fn refusal(word: &str) -> Reply {
    Reply::json(400, json!({"__type": word, "message": "no"}))
}

fn answered(script: Script, operation: &str, reply: Reply) -> Script {
    let target = format!("{TARGET}.{operation}");
    script
        .on("POST", "/")
        .header("x-amz-target", target)
        .respond(reply)
}

fn caller(arn: &str) -> Script {
    let xml = format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{arn}</Arn>\
         <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    let form = json!({"Action": "GetCallerIdentity"});
    let reply = Reply::text(200, &xml).header("Content-Type", "text/xml");
    Provider::script().on("POST", "/").body(form).respond(reply)
}

fn missing() -> Reply {
    Reply::json(
        200,
        json!({"services": [], "failures": [{"reason": "MISSING"}]}),
    )
}

#[tokio::test]
async fn a_role_that_is_refused_all_clusters_is_narrow_even_without_its_service() {
    let script = answered(caller(ROLE), "DescribeServices", missing());
    let script = answered(script, "ListClusters", refusal("AccessDeniedException"));
    let (said, asked) = checked(script).await;
    assert_eq!(said, Ok((Some("narrow".to_owned()), Status::Passed)));
    assert_eq!(asked, 4);
}

#[tokio::test]
async fn a_role_that_lists_all_clusters_is_broad() {
    let script = answered(caller(ROLE), "DescribeServices", missing());
    let all = Reply::json(200, json!({"clusterArns": []}));
    let (said, _) = checked(answered(script, "ListClusters", all)).await;
    assert_eq!(said, Ok((Some("broad".to_owned()), Status::Warning)));
}

#[tokio::test]
async fn a_credential_that_can_not_read_its_service_has_failed() {
    for (word, code) in [
        ("AccessDeniedException", FailureCode::Denied),
        ("ExpiredTokenException", FailureCode::Unauthenticated),
        ("ThrottlingException", FailureCode::Throttled),
        ("ClusterNotFoundException", FailureCode::NotFound),
        ("ClientException", FailureCode::Internal),
    ] {
        let script = answered(caller(ROLE), "DescribeServices", refusal(word));
        assert_eq!(checked(script).await.0, Err(code), "{word}");
    }
}

#[tokio::test]
async fn a_credential_of_another_account_is_out_of_scope_and_asks_nothing_more() {
    let other = ROLE.replace("111122223333", "444455556666");
    let xml = format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{other}</Arn>\
         <Account>444455556666</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    let script = Provider::script().any().respond(Reply::text(200, &xml));
    let (said, asked) = checked(script).await;
    assert_eq!((said, asked), (Err(FailureCode::OutOfScope), 1));
}
