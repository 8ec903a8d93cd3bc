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
fn narrow_is_only_who_was_refused_what_is_too_much() {
    use Breadth::{Broad, Narrow, Unverifiable, WriteCapable};
    use Probe::{Answered, Refused, Untold};
    let role = Caller::Role("reader".to_owned());
    for (caller, wanted) in [
        (Caller::Root, [WriteCapable; 3]),
        (Caller::User, [Broad, Narrow, Unverifiable]),
        (role, [Broad, Narrow, Unverifiable]),
        (Caller::Other, [Broad, Unverifiable, Unverifiable]),
    ] {
        let found = [Answered, Refused, Untold].map(|probe| judge(&caller, probe));
        assert_eq!(found, wanted, "{caller:?}");
    }
}

/// What a check says, and how often was asked.
async fn checked(script: Script, account: &str) -> (Result<Option<String>, FailureCode>, usize) {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "cloudwatch-logs", "endpoint": provider.base(), "sts_endpoint": provider.base(),
        "credential": {"access_key_id": {"env": "ID"}, "secret_access_key": {"env": "SECRET"}},
        "scope": {"region": "eu-central-1", "account_id": account},
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

fn groups(reply: Reply) -> Script {
    let target = "Logs_20140328.DescribeLogGroups";
    let on = caller().on("POST", "/").header("x-amz-target", target);
    on.respond(reply)
}

fn refusal(word: &str) -> Reply {
    Reply::json(400, json!({"__type": word}))
}

#[tokio::test]
async fn a_credential_that_lists_all_log_groups_is_broad() {
    let said = |text: &str| Ok(Some(text.to_owned()));
    let all = Reply::json(200, json!({"logGroups": []}));
    assert_eq!(checked(groups(all), "111122223333").await.0, said("broad"));
    for (word, wanted) in [
        ("AccessDeniedException", said("narrow")),
        ("ThrottlingException", said("unverifiable")),
        ("ExpiredTokenException", Err(FailureCode::Unauthenticated)),
    ] {
        let found = checked(groups(refusal(word)), "111122223333").await.0;
        assert_eq!(found, wanted, "{word}");
    }
}

#[tokio::test]
async fn a_credential_of_another_account_is_out_of_scope_and_asks_nothing_more() {
    let found = checked(caller(), "444455556666").await;
    assert_eq!(found, (Err(FailureCode::OutOfScope), 1));
}
