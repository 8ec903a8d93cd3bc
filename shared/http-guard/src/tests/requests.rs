//! What is sent, and that it is sent once, to one place.

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, HOST};
use http::{HeaderValue, Method, StatusCode};

use super::server::Server;
use super::{client, endpoint};
use crate::{Flaw, Request, SendError, UnsafeSegment};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";

#[tokio::test]
async fn a_reply_comes_back_whole() {
    let server = Server::replying(OK).await;
    let reply = client(&server.http())
        .send(Request::get(["api"]))
        .await
        .unwrap();
    assert_eq!(
        (reply.status, &reply.body[..]),
        (StatusCode::OK, &b"hi"[..])
    );
}

#[tokio::test]
async fn path_query_and_headers_arrive_encoded() {
    let server = Server::replying(OK).await;
    let request = Request::new(Method::DELETE, ["a/b", "c"])
        .with_trailing_slash()
        .query("q", "x y&z")
        .header(AUTHORIZATION, HeaderValue::from_static("Bearer t"));
    client(&format!("{}/p", server.http()))
        .send(request)
        .await
        .unwrap();
    let head = &server.heads()[0];
    assert!(
        head.starts_with("delete /p/a%2fb/c/?q=x+y%26z http/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nauthorization: bearer t\r\n"), "{head}");
    assert!(
        head.contains(&format!("\r\nhost: {}\r\n", server.address)),
        "{head}"
    );
    assert!(head.contains("\r\nuser-agent: passport-mesh/"), "{head}");
    assert!(head.contains("\r\naccept-encoding: gzip\r\n"), "{head}");
}

#[tokio::test]
async fn a_form_says_what_it_is() {
    let server = Server::replying(OK).await;
    client(&server.http())
        .send(Request::post(["q"]).form(&[("a", "b c")]))
        .await
        .unwrap();
    let head = &server.heads()[0];
    assert!(
        head.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\ncontent-length: 5\r\n"), "{head}");
}

#[tokio::test]
async fn a_link_of_another_endpoint_stays_below_the_clients_own() {
    let server = Server::replying(OK).await;
    let link = endpoint("https://h.example/p")
        .same_origin("/p/x?page=2")
        .unwrap();
    client(&format!("{}/own", server.http()))
        .send(Request::follow(link))
        .await
        .unwrap();
    assert!(server.heads()[0].starts_with("get /own/x?page=2 http/1.1\r\n"));
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = Server::replying(OK).await;
    let head = format!(
        "HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
        other.http()
    );
    let server = Server::replying(&head).await;
    let reply = client(&server.http())
        .send(Request::get(["api"]))
        .await
        .unwrap();
    assert_eq!(reply.status, StatusCode::FOUND);
    assert_eq!((server.connections(), other.connections()), (1, 0));
}

#[tokio::test]
async fn a_redirect_to_the_same_host_is_not_followed() {
    let redirect = "HTTP/1.1 307 Temporary Redirect\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n";
    let server = Server::replying(redirect).await;
    let reply = client(&server.http())
        .send(Request::get(["api"]))
        .await
        .unwrap();
    assert_eq!(reply.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(server.heads().len(), 1);
}

#[tokio::test]
async fn headers_that_steer_the_connection_are_refused() {
    let server = Server::replying(OK).await;
    for name in [HOST, ACCEPT_ENCODING] {
        let request = Request::get(["api"]).header(name, HeaderValue::from_static("x"));
        let refused = client(&server.http()).send(request).await.unwrap_err();
        assert_eq!(refused, SendError::Invalid(Flaw::Header));
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_request_that_leads_up_the_path_is_not_sent() {
    let server = Server::replying(OK).await;
    let refused = client(&server.http())
        .send(Request::get(["a", ".."]))
        .await
        .unwrap_err();
    assert_eq!(refused, SendError::Invalid(Flaw::Path(UnsafeSegment)));
    assert!(refused.is_before_send());
    assert_eq!(server.connections(), 0);
}
