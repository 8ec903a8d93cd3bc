//! A collector is told which person delivers, by the gateway and by nobody else.

use axum::body::Body;
use bytes::Bytes;
use http::{Request, StatusCode};
use passport_evidence::{Person, Right, person};
use passport_policy::{
    gate::Actor,
    grants::{Grant, Grants, Selection, Verb},
    tokens::{Token, Tokens, hash},
};
use passport_proto::collector::{Header, IngestResponse, IngestResult};

use super::world::{World, scope, send};
use crate::Access;

const PATH: &str = "/v1/evidence/ingest/errors\
                    ?workspaceId=acme&service=checkout-api&environment=production";

fn token(
    id: &str,
    person: Option<&str>,
    services: Selection<passport_evidence::ServiceName>,
    verbs: &[Verb],
) -> Token {
    let grant = Grant {
        workspace: scope().workspace,
        services,
        environments: Selection::All,
        verbs: verbs.iter().copied().collect(),
    };
    Token {
        id: id.to_owned(),
        sha256: hash(id),
        expires: None,
        grants: Grants::from_iter([grant]),
        person: person.map(|subject| Actor {
            issuer: "https://idp.example.com".to_owned(),
            subject: subject.to_owned(),
        }),
    }
}

/// What the collector is told of who delivers with this token, and says to be somebody else.
async fn told(token: Token) -> Option<Person> {
    let mut world = World::new();
    world.metrics.ingest = Ok(IngestResponse {
        result: IngestResult::Accepted.into(),
        http_status: 202,
        headers: Vec::new(),
        body: Bytes::new(),
        question: None,
    });
    let bearer = format!("Bearer {}", token.id);
    world.access = Access::tokens(Tokens::from_iter([token]));
    let request = Request::post(PATH)
        .header("authorization", bearer)
        .header(person::PERSON, "https://idp.example.com|root")
        .header(
            person::RIGHTS,
            "evidence:submit,evidence:approve,every-service",
        );
    let request = request.body(Body::from("{}")).unwrap();
    let response = send(world.router().await, request).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let seen = world.metrics.seen.lock().unwrap();
    let headers: &[Header] = &seen.deliveries[0].headers;
    let one = |name: &str| {
        let mut values = headers.iter().filter(|it| it.name == name);
        let value = values
            .next()
            .map(|it| String::from_utf8(it.value.to_vec()).unwrap());
        assert!(values.next().is_none(), "{name} twice");
        value
    };
    Person::read(&one(person::PERSON)?, &one(person::RIGHTS)?)
}

#[tokio::test]
async fn a_person_is_told_with_what_was_granted() {
    let own = || [scope().service].into_iter().collect();
    let ada = told(token("ada", Some("ada"), own(), &[Verb::Ingest]))
        .await
        .unwrap();
    assert_eq!(ada.id(), "https://idp.example.com|ada");
    assert!(ada.may(Right::Submit) && !ada.may(Right::Approve) && !ada.may(Right::EveryService));
    let both = [Verb::Ingest, Verb::Approve];
    let bob = told(token("bob", Some("bob"), own(), &both)).await.unwrap();
    assert!(bob.may(Right::Approve) && !bob.may(Right::EveryService));
    let eve = told(token("eve", Some("eve"), Selection::All, &both))
        .await
        .unwrap();
    assert!(eve.may(Right::Approve) && eve.may(Right::EveryService));
}

#[tokio::test]
async fn who_is_no_person_is_told_as_nobody_whatever_he_says() {
    let robot = token(
        "robot",
        None,
        Selection::All,
        &[Verb::Ingest, Verb::Approve],
    );
    assert_eq!(told(robot).await, None);
}
