//! Notices that sources send.

use passport_proto::collector::NoticeResult;
use passport_proto::evidence::{Failure, FailureCode};
use passport_proto::gateway::SendNoticeResponse;

use crate::fake::Fake;
use crate::run::{Ran, SCOPE, passport, run};

fn says(result: NoticeResult, failure: Option<Failure>) -> Fake {
    Fake {
        notice: SendNoticeResponse {
            result: result.into(),
            failure,
        },
        ..Fake::default()
    }
}

async fn notify(url: &str, more: &[&str]) -> Ran {
    let mut command = passport();
    command
        .args(["--gateway", url, "notify", "--source", "cab"])
        .args(SCOPE)
        .args(more);
    run(command).await
}

#[tokio::test]
async fn what_becomes_of_a_notice_is_told_in_words_and_by_the_exit_code() {
    for (result, code, words) in [
        (NoticeResult::Sent, 0, "sent; "),
        (NoticeResult::SentBefore, 0, "sent before; "),
        (NoticeResult::NothingToSend, 1, "not configured to send"),
    ] {
        let listening = says(result, None).listen().await;
        let ran = notify(&listening.url, &["--version", "1.8.0"]).await;
        assert_eq!((ran.code, ran.err.as_str()), (code, ""));
        assert!(ran.out.contains(words), "{}", ran.out);
        let asked = listening.asked().notice.unwrap();
        assert_eq!(asked.source, "cab");
        assert_eq!(asked.subject.unwrap().version, "1.8.0");
        assert_eq!(asked.scope.unwrap().service, "checkout-api");
    }
}

#[tokio::test]
async fn a_notice_without_an_answer_is_not_sent() {
    let failure = Failure {
        connector: "slack".to_owned(),
        source: "cab".to_owned(),
        code: FailureCode::Unreachable.into(),
        message: "the provider can't be reached".to_owned(),
        retry_at: None,
    };
    for result in [NoticeResult::Unspecified, NoticeResult::Sent] {
        let listening = says(result, Some(failure.clone())).listen().await;
        let json = ["--version", "1.8.0", "--output", "json"];
        let ran = notify(&listening.url, &json).await;
        assert_eq!(ran.code, 3);
        let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(told["result"], "unanswered");
        assert_eq!(told["failure"]["code"], "UNREACHABLE");
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_none() {
    let listening = says(NoticeResult::Unspecified, None).listen().await;
    let ran = notify(&listening.url, &["--revision", &"a".repeat(40)]).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
}

#[tokio::test]
async fn a_notice_about_nothing_is_not_asked_for() {
    let listening = says(NoticeResult::Sent, None).listen().await;
    let ran = notify(&listening.url, &[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--digest"), "{}", ran.err);
    assert!(listening.asked().notice.is_none());
}
