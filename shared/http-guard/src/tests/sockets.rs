//! Servers that listen on a Unix socket.

use axum::{Router, routing::get};
use http::HeaderMap;
use tempfile::TempDir;
use tokio::net::UnixListener;

use crate::{
    AddressPolicy, BuildError, ClientOptions, Endpoint, EndpointProblem, GuardedClient, Request,
    SendError, Stage, TlsOptions,
};

async fn host(headers: HeaderMap) -> String {
    headers["host"].to_str().unwrap().to_owned()
}

fn endpoint(folder: &TempDir) -> Endpoint {
    let path = folder.path().join("server.sock");
    Endpoint::of_socket(&format!("unix://{}", path.display())).unwrap()
}

/// No address is allowed: a socket has none.
fn client(folder: &TempDir) -> GuardedClient {
    let options = ClientOptions {
        addresses: AddressPolicy::public_only(),
        ..ClientOptions::default()
    };
    GuardedClient::new(endpoint(folder), options).unwrap()
}

#[tokio::test]
async fn a_socket_is_asked_without_any_address() {
    let folder = TempDir::new().unwrap();
    let listener = UnixListener::bind(folder.path().join("server.sock")).unwrap();
    let router = Router::new().route("/v1/host", get(host));
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    let reply = client(&folder).send(Request::get(["v1", "host"])).await;
    assert_eq!(reply.unwrap().body, "localhost");
    serving.abort();
}

#[tokio::test]
async fn a_socket_that_is_not_there_is_no_connection() {
    let folder = TempDir::new().unwrap();
    let reply = client(&folder).send(Request::get(["v1"])).await;
    assert_eq!(reply.unwrap_err(), SendError::Unreachable(Stage::Connect));
}

#[test]
fn a_socket_is_shown_by_its_path_and_has_no_tls() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("server.sock");
    let wanted = format!("unix://{}", socket.display());
    assert_eq!(endpoint(&folder).to_string(), wanted);
    assert!(endpoint(&folder).is_local());
    let options = ClientOptions {
        tls: TlsOptions {
            server_name: Some("a.example".to_owned()),
            ..TlsOptions::default()
        },
        ..ClientOptions::default()
    };
    let refused = GuardedClient::new(endpoint(&folder), options);
    assert_eq!(refused.unwrap_err(), BuildError::TlsWithoutHttps);
}

#[test]
fn only_an_absolute_path_names_a_socket() {
    for text in [
        "unix://",
        "unix:///",
        "unix://run/a.sock",
        "unix:///run//a.sock",
        "unix:///run/../a.sock",
        "unix:///run/a.sock/",
        "unix:///run/a.sock?x",
        "unix:///run/a%2e",
        "unix://me@/run/a.sock",
        "unix:///run/a\nb",
    ] {
        let refused = Endpoint::of_socket(text).unwrap_err();
        assert_eq!(refused, EndpointProblem::Socket, "{text}");
    }
    let long = format!("unix:///{}", "a".repeat(200));
    assert_eq!(
        Endpoint::of_socket(&long).unwrap_err(),
        EndpointProblem::Socket
    );
    for text in ["/run/a.sock", "http://localhost", "npipe:////./pipe/a"] {
        let refused = Endpoint::of_socket(text).unwrap_err();
        assert_eq!(refused, EndpointProblem::Scheme, "{text}");
    }
}
