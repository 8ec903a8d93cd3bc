//! What a check says of a credential.

use chrono::DateTime;
use passport_aws_api::Caller;
use passport_connector_sdk::credential_scope::Breadth;
use passport_evidence::FailureCode;
use passport_testkit::{
    connector,
    provider::{Provider, Reply, Script},
};
use serde_json::json;

use crate::connectors::cloudwatch_logs::{
    CloudwatchLogs,
    breadth::{Probe, judge},
};

#[test]
fn narrow_is_only_who_was_refused_all_that_is_too_much() {
    use Probe::{Answered, Refused, Untold};
    let all = [Answered, Refused, Untold];
    let role = Caller::Role("reader".to_owned());
    for caller in [Caller::Root, Caller::User, role, Caller::Other] {
        for probes in all.iter().flat_map(|one| all.map(|other| [*one, other])) {
            let wanted = match (&caller, probes) {
                (Caller::Root, _) => Breadth::WriteCapable,
                (_, [Answered, _] | [_, Answered]) => Breadth::Broad,
                (Caller::User | Caller::Role(_), [Refused, Refused]) => Breadth::Narrow,
                _ => Breadth::Unverifiable,
            };
            assert_eq!(judge(&caller, probes), wanted, "{caller:?} {probes:?}");
        }
    }
}

/// What a check says, and how often was asked.
async fn checked(script: Script, account: &str) -> (Result<Option<String>, FailureCode>, usize) {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "cloudwatch-logs", "endpoint": provider.base(), "sts_endpoint": provider.base(),
        "credential": {"access_key_id": {"env": "ID"}, "secret_access_key": {"env": "SECRET"}},
        "scope": {"region": "eu-central-1", "account_id": account, "log_groups": ["/ecs/prod/checkout-api"]},
        "queries": {"alarm_state": {"alarm": "checkout-api-5xx"}},
    });
    let hub = connector::hub(&[("ID", "an-id"), ("SECRET", "a-secret")]);
    let connector = connector::built::<CloudwatchLogs>(&source, &hub).unwrap();
    let now = DateTime::from_timestamp(1_777_800_600, 0).unwrap();
    let observed = connector.check(&connector::request(now)).await;
    let said = observed.map_err(|it| it.code);
    let said = said.map(|it| it.facts[0].value_text());
    (said, provider.requests().len())
}

fn caller() -> Script {
    let xml = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
               <Arn>arn:aws:sts::111122223333:assumed-role/reader/s</Arn><Account>111122223333</Account>\
               </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let form = json!({"Action": "GetCallerIdentity"});
    let reply = Reply::text(200, xml).header("Content-Type", "text/xml");
    Provider::script().on("POST", "/").body(form).respond(reply)
}

/// What comes of the question for all log groups, and of that for lines of one beside the source's own.
fn groups(all: Reply, beside: Reply) -> Script {
    let ask = |script: Script, operation: &str, body: serde_json::Value| {
        let target = format!("Logs_20140328.{operation}");
        script
            .on("POST", "/")
            .header("x-amz-target", target)
            .body(body)
    };
    let group = json!({"logGroupNames": ["/ecs/prod/passport-mesh-probe"]});
    let script = ask(caller(), "DescribeLogGroups", json!({"limit": 1})).respond(all);
    ask(script, "StartQuery", group).respond(beside)
}

fn refusal(word: &str) -> Reply {
    Reply::json(400, json!({"__type": word}))
}

#[tokio::test]
async fn a_credential_that_reads_more_than_its_groups_is_broad() {
    let said = |text: &str| Ok(Some(text.to_owned()));
    let refused = || refusal("AccessDeniedException");
    let all = Reply::json(200, json!({"logGroups": []}));
    for (all, beside, wanted) in [
        (all, refused(), said("broad")),
        (
            refused(),
            refusal("ResourceNotFoundException"),
            said("broad"),
        ),
        (
            refused(),
            Reply::json(200, json!({"queryId": "q"})),
            said("broad"),
        ),
        (refused(), refused(), said("narrow")),
        (
            refused(),
            refusal("ThrottlingException"),
            said("unverifiable"),
        ),
        (
            refusal("ThrottlingException"),
            refused(),
            said("unverifiable"),
        ),
        (
            refusal("ExpiredTokenException"),
            refused(),
            Err(FailureCode::Unauthenticated),
        ),
        (
            refused(),
            refusal("ExpiredTokenException"),
            Err(FailureCode::Unauthenticated),
        ),
    ] {
        let found = checked(groups(all, beside), "111122223333").await.0;
        assert_eq!(found, wanted);
    }
}

#[tokio::test]
async fn a_query_that_a_check_started_after_all_is_stopped() {
    let started = Reply::json(200, json!({"queryId": "q-1"}));
    let script = groups(refusal("AccessDeniedException"), started);
    let (_, asked) = checked(script, "111122223333").await;
    // Who asks, the two questions, and the word to stop.
    assert_eq!(asked, 4);
}

#[tokio::test]
async fn a_credential_of_another_account_is_out_of_scope_and_asks_nothing_more() {
    let found = checked(caller(), "444455556666").await;
    assert_eq!(found, (Err(FailureCode::OutOfScope), 1));
}
