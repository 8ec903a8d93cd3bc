mod connections;

use std::{future::pending, net::SocketAddr};

use axum::routing::get;
use futures::TryStreamExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tonic::{Code, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use super::*;
use crate::client::{CollectorClient, Far};
use crate::telemetry::{Meters, Metrics, TelemetryOptions};

const AMPLE: Duration = Duration::from_secs(60);

/// A server that runs until it is told to stop.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), ServeError>>,
}

async fn start(router: Router, health: Health, drain: Duration) -> Running {
    let listen = "127.0.0.1:0".parse().unwrap();
    let listener = ServerOptions { listen, drain }.bind().await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve(router, listener, health.until(stopped), drain));
    Running {
        address,
        stop,
        ended,
    }
}

impl Running {
    fn channel(&self) -> Channel {
        let uri = format!("http://{}", self.address);
        Channel::from_shared(uri).unwrap().connect_lazy()
    }

    async fn get(&self, path: &str) -> String {
        get_from(self.address, path).await
    }
}

/// The whole answer to an HTTP/1.1 request.
async fn get_from(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn with_http(http: Router) -> (Router, Health) {
    let (grpc, health) = grpc_routes().into_router().await.unwrap();
    (grpc.merge(http), health)
}

fn ask(name: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: name.to_owned(),
    }
}

#[tokio::test]
async fn http_1_and_grpc_are_served_on_one_port() {
    let (router, health) = with_http(Router::new().route("/", get(|| async { "page" }))).await;
    let running = start(router, health, AMPLE).await;
    assert!(running.get("/").await.ends_with("page"));
    assert!(running.get("/nothing").await.starts_with("HTTP/1.1 404"));
    let answer = HealthClient::new(running.channel())
        .check(ask(""))
        .await
        .unwrap();
    assert_eq!(answer.into_inner().status, ServingStatus::Serving as i32);
}

#[tokio::test]
async fn a_service_that_is_not_here_is_unimplemented() {
    let (router, health) = with_http(Router::new()).await;
    let running = start(router, health, AMPLE).await;
    let client = CollectorClient::far(Far {
        address: format!("http://{}", running.address),
        ..Far::default()
    });
    let request = passport_proto::collector::ListConnectorsRequest {};
    let status = client
        .unwrap()
        .for_caller("tests")
        .list_connectors(request, AMPLE)
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
}

#[tokio::test]
async fn reflection_tells_what_is_served() {
    let (router, health) = with_http(Router::new()).await;
    let running = start(router, health, AMPLE).await;
    let all = MessageRequest::ListServices(String::new());
    let MessageResponse::ListServicesResponse(list) = reflected(&running, &all).await else {
        panic!("no list of services");
    };
    let mut names: Vec<_> = list.service.into_iter().map(|it| it.name).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection",
        ]
    );
}

#[tokio::test]
async fn reflection_knows_the_details_of_errors_and_whatever_they_are_made_of() {
    let (router, health) = with_http(Router::new()).await;
    let running = start(router, health, AMPLE).await;
    let mut wanted = vec![
        MessageRequest::FileContainingSymbol("google.rpc.ErrorInfo".to_owned()),
        MessageRequest::FileContainingSymbol("google.rpc.BadRequest".to_owned()),
        MessageRequest::FileContainingSymbol("google.rpc.RetryInfo".to_owned()),
        MessageRequest::FileContainingSymbol("google.rpc.Status".to_owned()),
    ];
    while let Some(request) = wanted.pop() {
        let MessageResponse::FileDescriptorResponse(found) = reflected(&running, &request).await
        else {
            panic!("{request:?} is not known");
        };
        for file in found.file_descriptor_proto {
            let file = <prost_types::FileDescriptorProto as prost::Message>::decode(&file[..]);
            let parts = file.unwrap().dependency.into_iter();
            wanted.extend(parts.map(MessageRequest::FileByFilename));
        }
    }
}

#[tokio::test]
async fn clients_that_speak_the_older_reflection_are_told_the_same() {
    use tonic_reflection::pb::v1alpha::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let (router, health) = with_http(Router::new()).await;
    let running = start(router, health, AMPLE).await;
    let named = "passport.gateway.v1.GatewayService".to_owned();
    let requests = futures::stream::iter([ServerReflectionRequest {
        message_request: Some(MessageRequest::FileContainingSymbol(named)),
        ..ServerReflectionRequest::default()
    }]);
    let mut client = ServerReflectionClient::new(running.channel());
    let answers = client.server_reflection_info(requests).await.unwrap();
    let answer = answers.into_inner().try_next().await.unwrap().unwrap();
    let Some(MessageResponse::FileDescriptorResponse(found)) = answer.message_response else {
        panic!("{answer:?}");
    };
    assert!(!found.file_descriptor_proto.is_empty());
}

async fn reflected(running: &Running, message: &MessageRequest) -> MessageResponse {
    let request = ServerReflectionRequest {
        message_request: Some(message.clone()),
        ..ServerReflectionRequest::default()
    };
    let requests = futures::stream::iter([request]);
    let mut client = ServerReflectionClient::new(running.channel());
    let answers = client.server_reflection_info(requests).await.unwrap();
    let answer = answers.into_inner().try_next().await.unwrap().unwrap();
    answer.message_response.unwrap()
}

#[tokio::test]
async fn a_call_that_was_begun_ends_after_the_server_was_told_to_stop() {
    let (begun, mut begins) = mpsc::channel::<()>(1);
    let (finish, finishes) = tokio::sync::watch::channel(false);
    let slow = get(move || async move {
        begun.send(()).await.unwrap();
        finishes.clone().wait_for(|it| *it).await.unwrap();
        "done"
    });
    let (router, health) = with_http(Router::new().route("/slow", slow)).await;
    let running = start(router, health.clone(), AMPLE).await;
    let address = running.address;
    let call = get_from(address, "/slow");
    let stop = async {
        begins.recv().await.unwrap();
        running.stop.send(()).unwrap();
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!health.is_serving());
        finish.send(true).unwrap();
    };
    let (answer, ()) = tokio::join!(call, stop);
    assert!(answer.ends_with("done"), "{answer}");
    assert!(running.ended.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_call_that_does_not_end_is_cut_off_after_the_drain() {
    let (begun, mut begins) = mpsc::channel::<()>(1);
    let hang = get(move || async move {
        begun.send(()).await.unwrap();
        pending::<()>().await;
    });
    let (router, health) = with_http(Router::new().route("/hang", hang)).await;
    let running = start(router, health, Duration::from_millis(10)).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET /hang HTTP/1.1\r\nhost: here\r\n\r\n")
        .await
        .unwrap();
    begins.recv().await.unwrap();
    running.stop.send(()).unwrap();
    let ended = running.ended.await.unwrap();
    assert!(
        matches!(ended, Err(ServeError::CutOff { connections: 1 })),
        "{ended:?}"
    );
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_the_end() {
    let (router, health) = with_http(Router::new().route("/", get(|| async { "page" }))).await;
    let running = start(router, health, AMPLE).await;
    let silent = TcpStream::connect(running.address).await.unwrap();
    let mut kept_alive = TcpStream::connect(running.address).await.unwrap();
    kept_alive
        .write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n")
        .await
        .unwrap();
    assert!(kept_alive.read(&mut [0; 1_024]).await.unwrap() > 0);
    HealthClient::new(running.channel())
        .check(ask(""))
        .await
        .unwrap();
    running.stop.send(()).unwrap();
    assert!(running.ended.await.unwrap().is_ok());
    drop(silent);
}

#[tokio::test]
async fn those_who_watch_health_are_told_and_do_not_hold_up_the_end() {
    let (router, health) = with_http(Router::new()).await;
    let running = start(router, health, AMPLE).await;
    let mut client = HealthClient::new(running.channel());
    let mut told = client.watch(ask("")).await.unwrap().into_inner();
    let first = told.try_next().await.unwrap().unwrap();
    assert_eq!(first.status, ServingStatus::Serving as i32);
    running.stop.send(()).unwrap();
    let last = told.try_next().await.unwrap().unwrap();
    assert_eq!(last.status, ServingStatus::NotServing as i32);
    assert!(told.try_next().await.unwrap().is_none());
    assert!(running.ended.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_that_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = taken.local_addr().unwrap();
    let options = ServerOptions {
        listen,
        drain: AMPLE,
    };
    let error = options.bind().await.unwrap_err();
    assert_eq!(error.to_string(), format!("could not listen on {listen}"));
}

#[tokio::test]
async fn a_handler_knows_where_the_caller_is() {
    use axum::extract::ConnectInfo;
    let caller =
        get(|ConnectInfo(caller): ConnectInfo<SocketAddr>| async move { caller.ip().to_string() });
    let (router, health) = with_http(Router::new().route("/", caller)).await;
    let running = start(router, health, AMPLE).await;
    assert!(running.get("/").await.ends_with("127.0.0.1"));
}

#[tokio::test]
async fn every_answer_has_an_id_and_is_counted() {
    let meters = Meters::new(&TelemetryOptions::named("test")).unwrap();
    let (router, health) = with_http(Router::new().route("/", get(|| async { "page" }))).await;
    let router = observed(router, &Metrics::new(&meters.meter()));
    let running = start(router, health, AMPLE).await;
    assert!(running.get("/").await.contains("\r\nx-request-id: "));
    HealthClient::new(running.channel())
        .check(ask(""))
        .await
        .unwrap();
    let text = meters.render();
    assert!(text.contains(r#"method="GET /""#), "{text}");
    assert!(
        text.contains(r#"method="grpc.health.v1.Health/Check""#),
        "{text}"
    );
}
