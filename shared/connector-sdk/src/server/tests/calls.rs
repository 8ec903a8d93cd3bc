//! What calls are answered, and what they say of sources.

use passport_proto::collector::{
    CheckSourceRequest, IngestRequest, ListSourcesRequest, SourceState,
};
use tonic::Code;

use super::*;
use crate::{
    CollectError, Observation,
    stub::{LISTENING, load},
};

fn naming(names: &[&str]) -> CollectRequest {
    CollectRequest {
        sources: names.iter().map(ToString::to_string).collect(),
        ..everything()
    }
}

#[tokio::test]
async fn only_the_named_sources_are_asked_and_an_unknown_name_is_a_failure() {
    let asked = Stub::well();
    let other = Stub::well();
    let calls = [asked.calls(), other.calls()];
    let house = House::of(vec![asked.source("one"), other.source("two")]);
    let outcomes = house.ask(naming(&["one", "three"])).await;
    let codes: Vec<_> = outcomes.iter().map(|it| (it.source(), it.code())).collect();
    assert_eq!(
        codes,
        [("three", Some(FailureCode::NotConfigured)), ("one", None)]
    );
    assert_eq!(calls.map(|calls| calls.count()), [1, 0]);
}

#[tokio::test]
async fn a_source_of_another_scope_is_not_asked() {
    let (house, calls) = House::of_one(Stub::well());
    assert!(house.ask(of_workspace("globex")).await.is_empty());
    assert_eq!(calls.count(), 0);
}

#[tokio::test]
async fn only_sources_of_the_wanted_categories_are_asked() {
    let (house, calls) = House::of_one(Stub::well());
    let of = |category: &str| CollectRequest {
        categories: vec![category.to_owned()],
        ..everything()
    };
    assert!(house.ask(of("logs")).await.is_empty());
    assert_eq!(calls.count(), 0);
    assert_eq!(house.ask(of("metrics")).await.len(), 1);
}

#[tokio::test]
async fn a_request_that_is_not_well_formed_is_refused_by_field() {
    let (house, calls) = House::of_one(Stub::well());
    let mut ill_named = everything();
    if let Some(scope) = &mut ill_named.scope {
        scope.workspace_id = "Not A Name".to_owned();
    }
    for (request, field) in [
        (CollectRequest::default(), "scope"),
        (ill_named, "scope"),
        (naming(&["Not A Name"]), "sources"),
        (no_older_than(0), "max_age"),
        (no_older_than(-1), "max_age"),
        (
            CollectRequest {
                categories: vec!["weather".to_owned()],
                ..everything()
            },
            "categories",
        ),
    ] {
        let refused = house.server.collect(Request::new(request)).await;
        let status = refused.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().starts_with(field), "{status:?}");
    }
    assert_eq!(calls.count(), 0);
}

#[tokio::test]
async fn a_delivery_is_not_taken_where_it_would_not_last() {
    let (house, _) = House::of_one(Stub::well());
    let refused = house.server.ingest(Request::new(IngestRequest::default()));
    assert_eq!(refused.await.unwrap_err().code(), Code::Unimplemented);
}

#[tokio::test]
async fn a_source_tells_how_it_is_doing() {
    let stub = Stub::answering(|call, request| match call {
        1 => Err(CollectError::new(FailureCode::Denied)),
        _ => Ok(Observation::pulled(vec![load(request.now)])),
    });
    let (house, _) = House::of_one(stub);
    let doing = async || {
        let SourceId { scope, .. } = id("acme", "one");
        let request = ListSourcesRequest {
            scope: Some((&scope).into()),
        };
        let answer = house.server.list_sources(Request::new(request)).await;
        let mut sources = answer.unwrap().into_inner().sources;
        let source = sources.remove(0);
        (source.state(), source.failing_since.map(|at| at.seconds))
    };
    let first = crate::stub::at(0).timestamp();
    assert_eq!(doing().await, (SourceState::Configured, None));
    house.ask_one().await;
    assert_eq!(doing().await, (SourceState::Validated, None));
    house.clock.set(20);
    house.ask_one().await;
    assert_eq!(doing().await, (SourceState::Failing, Some(first + 20)));
    house.clock.set(40);
    house.ask_one().await;
    assert_eq!(doing().await, (SourceState::Validated, None));
}

#[tokio::test]
async fn a_check_of_a_source_that_is_not_there_is_not_found() {
    let (house, _) = House::of_one(Stub::well());
    let SourceId { scope, .. } = id("acme", "one");
    let request = CheckSourceRequest {
        scope: Some((&scope).into()),
        source: "two".to_owned(),
    };
    let refused = house.server.check_source(Request::new(request)).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_source_that_only_listens_is_not_validated_by_being_asked() {
    let mut source = Stub::well().source("one");
    source.descriptor = &LISTENING;
    let house = House::of(vec![source]);
    assert_eq!(house.ask_one().await.code(), None);
    let list = ListSourcesRequest {
        scope: everything().scope,
    };
    let listed = house.server.list_sources(Request::new(list)).await.unwrap();
    let listed = listed.into_inner().sources;
    assert_eq!(listed[0].state(), SourceState::Configured);
    assert_eq!(listed[0].validated_at, None);
}
