use prost_types::Duration;

use super::*;

fn request() -> CollectEvidenceRequest {
    CollectEvidenceRequest {
        scope: Some(proto::Scope {
            workspace_id: "acme".to_owned(),
            service: "checkout-api".to_owned(),
            environment: "production".to_owned(),
        }),
        ..CollectEvidenceRequest::default()
    }
}

fn fields(request: CollectEvidenceRequest) -> Vec<String> {
    match Question::try_from(request) {
        Err(CallError::Invalid(wrong)) => wrong.into_iter().map(|it| it.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let request = CollectEvidenceRequest {
        scope: Some(proto::Scope {
            workspace_id: String::new(),
            service: "checkout-api".to_owned(),
            environment: "*".to_owned(),
        }),
        subject: Some(proto::Subject {
            version: "1\n2".to_owned(),
            artifact_digests: vec![String::new()],
            ..proto::Subject::default()
        }),
        sources: vec!["build".to_owned(), "No Such".to_owned()],
        categories: vec!["cicd".to_owned()],
        max_age: Some(Duration {
            seconds: 0,
            nanos: 1,
        }),
    };
    assert_eq!(
        fields(request),
        [
            "scope.workspace_id",
            "scope.environment",
            "subject.version",
            "subject.artifact_digests[0]",
            "sources[1]",
            "categories[0]",
            "max_age",
        ]
    );
}

#[test]
fn a_question_without_a_scope_is_none() {
    assert_eq!(fields(CollectEvidenceRequest::default()), ["scope"]);
}

#[test]
fn a_violation_does_not_repeat_what_was_sent() {
    let request = CollectEvidenceRequest {
        sources: vec!["hunter2 HUNTER2".to_owned()],
        ..request()
    };
    let text = format!("{:?}", Question::try_from(request));
    assert!(!text.to_lowercase().contains("hunter2"), "{text}");
}

#[test]
fn an_empty_subject_is_no_subject() {
    let request = CollectEvidenceRequest {
        subject: Some(proto::Subject::default()),
        ..request()
    };
    assert_eq!(Question::try_from(request).unwrap().subject, None);
}

#[test]
fn more_names_than_are_allowed_are_refused_unread() {
    let request = CollectEvidenceRequest {
        sources: vec!["No".to_owned(); MAX_ITEMS + 1],
        ..request()
    };
    assert_eq!(fields(request), ["sources"]);
}
