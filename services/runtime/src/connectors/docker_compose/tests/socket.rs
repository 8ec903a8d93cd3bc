//! An engine on a Unix socket.

use std::{path::PathBuf, sync::Arc};

use passport_connector_sdk::{Hub, HubOptions};
use passport_evidence::FailureCode;
use passport_testkit::{
    connector::{built, request},
    env::Env,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
};

use super::world::now;
use crate::connectors::docker_compose::DockerCompose;

/// Answers every read as an engine that is filtered and runs nothing.
async fn answer(mut stream: UnixStream) {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|it| it == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => head.extend_from_slice(&buffer[..read]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let (status, body) = match head.split_whitespace().nth(1).unwrap_or_default() {
        "/_ping" => ("200 OK", "OK"),
        path if path.starts_with("/v1.44/containers/json?") => ("200 OK", "[]"),
        _ => ("403 Forbidden", "{}"),
    };
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\napi-version: 1.44\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let _ = stream.write_all(reply.as_bytes()).await;
}

/// Not even this machine's addresses may be connected to: a socket has none.
fn hub(sockets: Vec<PathBuf>) -> Hub {
    let options = HubOptions {
        sockets,
        ..HubOptions::default()
    };
    Hub::new(options, Arc::new(Env::default()))
}

#[tokio::test]
async fn a_socket_is_spoken_to_by_its_path() {
    let folder = std::env::temp_dir().join(format!("passport-socket-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("docker-read.sock");
    let source = json!({
        "connector": "docker-compose", "endpoint": format!("unix://{}", path.display()),
        "scope": {"project": "shop", "service": "api"},
    });
    let connector = built::<DockerCompose>(&source, &hub(vec![path.clone()])).unwrap();
    let refused = connector.check(&request(now())).await;
    assert_eq!(refused.unwrap_err().code, FailureCode::Unreachable);

    let listener = UnixListener::bind(&path).unwrap();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    let observed = connector.check(&request(now())).await.unwrap();
    assert_eq!(observed.facts[0].value_text().as_deref(), Some("narrow"));
    for others in [
        Vec::new(),
        vec![folder.join("docker-read")],
        vec!["/run".into()],
    ] {
        let refused = built::<DockerCompose>(&source, &hub(others)).err().unwrap();
        assert!(refused.contains("has not opened"), "{refused}");
    }
    let of_folder = built::<DockerCompose>(&source, &hub(vec![folder.clone()]));
    assert!(of_folder.is_ok());
    serving.abort();
    std::fs::remove_dir_all(&folder).unwrap();
}
