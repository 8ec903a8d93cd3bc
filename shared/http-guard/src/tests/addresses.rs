//! Names whose addresses are not what they seem.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;

use super::server::Server;
use super::{endpoint, options};
use crate::{
    AddressPolicy, BuildError, ClientOptions, GuardedClient, Refused, Request, Resolve, SendError,
    Stage,
};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";

/// Gives each question the next answer; none is an error.
#[derive(Debug)]
struct Script(Mutex<VecDeque<Vec<IpAddr>>>);

impl Script {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|each| each.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(parse).collect())))
    }
}

impl Resolve for Script {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let next = self.0.lock().unwrap().pop_front();
        Box::pin(async { next.ok_or_else(|| io::Error::other("secret.internal: no answer")) })
    }
}

fn named(server: &Server, resolver: Arc<Script>) -> GuardedClient {
    let url = format!("http://provider.example:{}", server.address.port());
    GuardedClient::new(
        endpoint(&url),
        ClientOptions {
            resolver,
            ..options()
        },
    )
    .unwrap()
}

#[tokio::test]
async fn the_connection_goes_to_the_checked_answer() {
    let server = Server::replying(OK).await;
    let client = named(&server, Script::of(&[&["127.0.0.1"]]));
    assert_eq!(
        &client.send(Request::get(["api"])).await.unwrap().body[..],
        b"hi"
    );
    let host = format!("\r\nhost: provider.example:{}\r\n", server.address.port());
    assert!(server.heads()[0].contains(&host));
}

#[tokio::test]
async fn one_forbidden_answer_among_good_ones_refuses_the_name() {
    for forbidden in ["10.0.0.1", "fd00::1"] {
        let server = Server::replying(OK).await;
        let client = named(&server, Script::of(&[&["127.0.0.1", forbidden]]));
        let refused = client.send(Request::get(["api"])).await.unwrap_err();
        assert!(matches!(refused, SendError::Refused(_)), "{refused:?}");
        assert!(refused.is_before_send());
        assert_eq!(server.connections(), 0);
    }
}

#[tokio::test]
async fn a_name_that_turns_to_the_metadata_service_is_refused() {
    let server = Server::replying(OK).await;
    let client = named(
        &server,
        Script::of(&[&["127.0.0.1"], &["::ffff:169.254.169.254"]]),
    );
    client.send(Request::get(["api"])).await.unwrap();
    let refused = client.send(Request::get(["api"])).await.unwrap_err();
    assert_eq!(refused, SendError::Refused(Refused::Metadata));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_name_without_an_answer_is_unreachable() {
    let server = Server::replying(OK).await;
    let failed = named(&server, Script::of(&[]))
        .send(Request::get(["api"]))
        .await
        .unwrap_err();
    assert_eq!(failed, SendError::Unreachable(Stage::Lookup));
    assert!(failed.is_before_send());
}

#[tokio::test]
async fn a_name_with_an_empty_answer_is_unreachable() {
    let server = Server::replying(OK).await;
    let client = named(&server, Script::of(&[&[]]));
    let failed = client.send(Request::get(["api"])).await.unwrap_err();
    assert_eq!(failed, SendError::Unreachable(Stage::Lookup));
}

#[tokio::test]
async fn localhost_is_this_machine_without_a_question() {
    let server = Server::replying(OK).await;
    let url = format!("http://localhost:{}", server.address.port());
    let options = ClientOptions {
        resolver: Script::of(&[]),
        ..options()
    };
    let client = GuardedClient::new(endpoint(&url), options).unwrap();
    assert!(client.send(Request::get(["api"])).await.is_ok());
}

#[tokio::test]
async fn an_address_that_another_policy_passed_is_refused_again() {
    let options = ClientOptions {
        addresses: AddressPolicy::public_only(),
        ..options()
    };
    let refused = GuardedClient::new(endpoint("http://127.0.0.1:9"), options).unwrap_err();
    assert_eq!(refused, BuildError::Refused(Refused::Loopback));
}
