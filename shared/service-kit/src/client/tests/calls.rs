use futures::TryStreamExt as _;
use passport_proto::collector::{
    AnswerQuestionRequest, CheckSourceRequest, IngestRequest, ListConnectorsRequest,
    ListSourcesRequest,
};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{AMPLE, CollectorClient, both, collector::Obedient, far, order};

#[tokio::test]
async fn near_and_far_give_the_same_answers() {
    let [near, far] = both(Obedient).await;
    let collected = near.collect(order("a"), AMPLE).await.unwrap();
    assert_eq!(collected.configuration_digest, "collected a");
    assert_eq!(collected, far.collect(order("a"), AMPLE).await.unwrap());

    let request = ListSourcesRequest {
        scope: order("a").scope,
    };
    let listed = near.list_sources(request.clone(), AMPLE).await.unwrap();
    assert_eq!(listed.sources[0].name, "one");
    assert_eq!(listed, far.list_sources(request, AMPLE).await.unwrap());

    let request = CheckSourceRequest {
        scope: order("a").scope,
        source: "one".to_owned(),
    };
    let checked = near.check_source(request.clone(), AMPLE).await.unwrap();
    assert_eq!(checked.source.as_ref().unwrap().name, "one");
    assert_eq!(checked, far.check_source(request, AMPLE).await.unwrap());

    let request = AnswerQuestionRequest {
        comment: "held".to_owned(),
        ..AnswerQuestionRequest::default()
    };
    let answered = near.answer_question(request.clone(), AMPLE).await.unwrap();
    assert_eq!(answered.failure.as_ref().unwrap().message, "held");
    assert_eq!(answered, far.answer_question(request, AMPLE).await.unwrap());

    let request = ListConnectorsRequest {};
    let connectors = near.list_connectors(request, AMPLE).await.unwrap();
    assert_eq!(
        connectors,
        far.list_connectors(request, AMPLE).await.unwrap()
    );
}

#[tokio::test]
async fn near_and_far_stream_the_same_outcomes() {
    for client in both(Obedient).await {
        let stream = client.collect_stream(order("a"), AMPLE).await.unwrap();
        let outcomes: Vec<_> = stream.try_collect().await.unwrap();
        let texts: Vec<_> = outcomes
            .iter()
            .map(|it| it.configuration_digest.as_str())
            .collect();
        assert_eq!(texts, ["first", "second"]);
    }
}

#[tokio::test]
async fn an_error_keeps_its_code_its_text_and_its_details() {
    for client in both(Obedient).await {
        let status = client.collect(order("refuse"), AMPLE).await.unwrap_err();
        assert_eq!(
            (status.code(), status.message()),
            (Code::InvalidArgument, "no such scope")
        );
        let details = status.get_error_details();
        assert_eq!(details.error_info().unwrap().reason, "BAD_SCOPE");
        assert_eq!(
            details.bad_request().unwrap().field_violations[0].field,
            "scope"
        );
    }
}

#[tokio::test]
async fn a_push_may_be_large_and_other_calls_may_not() {
    for client in both(Obedient).await {
        let push = |length| IngestRequest {
            body: vec![0; length].into(),
            ..IngestRequest::default()
        };
        let kept = client.ingest(push(32 << 20), AMPLE).await.unwrap();
        assert_eq!(kept.body, (32_usize << 20).to_string());
        assert_eq!(
            client
                .ingest(push(34 << 20), AMPLE)
                .await
                .unwrap_err()
                .code(),
            Code::ResourceExhausted
        );

        let large = order(&"x".repeat(5 << 20));
        assert_eq!(
            client.collect(large, AMPLE).await.unwrap_err().code(),
            Code::ResourceExhausted
        );
        let answer = client.collect(order("be large"), AMPLE).await;
        assert_eq!(answer.unwrap_err().code(), Code::ResourceExhausted);
    }
}

#[tokio::test]
async fn the_collector_is_told_who_asks() {
    for (name, told) in [
        ("release-bot", "release-bot"),
        ("a b\r\nx: y\u{e9}", "a_b__x:_y_"),
        ("", ""),
        (&"x".repeat(500), &"x".repeat(128)),
    ] {
        let near = CollectorClient::in_process(Obedient).for_caller(name);
        let asked = near.collect(order("tell the caller"), AMPLE).await;
        assert_eq!(asked.unwrap().configuration_digest, told);
    }
    let far = far(Obedient).await;
    let asked = far.collect(order("tell the caller"), AMPLE).await;
    assert_eq!(asked.unwrap().configuration_digest, "tests");
}

#[tokio::test]
async fn a_call_can_move_between_threads() {
    let [near, _] = both(Obedient).await;
    let asked = tokio::spawn(async move { near.collect(order("a"), AMPLE).await });
    assert!(asked.await.unwrap().is_ok());
}
