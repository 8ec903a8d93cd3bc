//! The plainest client: what it sends and gets is what is on the wire.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Provider;

/// An answer, to its end or to where the connection closed.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// Opens a connection and sends a request on it, its length and `extra` header lines.
pub async fn open(provider: &Provider, line: &str, extra: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(provider.address()).await.unwrap();
    write(&mut stream, line, extra, body).await;
    stream
}

pub async fn write(stream: &mut TcpStream, line: &str, extra: &str, body: &str) {
    let length = body.len();
    let head = format!("{line} HTTP/1.1\r\nhost: h\r\ncontent-length: {length}\r\n{extra}\r\n");
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .await
        .unwrap();
}

pub async fn ask(provider: &Provider, line: &str, extra: &str, body: &str) -> Got {
    let close = format!("connection: close\r\n{extra}");
    let mut stream = open(provider, line, &close, body).await;
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    parse(&all)
}

pub async fn get(provider: &Provider, target: &str) -> Got {
    ask(provider, &format!("GET {target}"), "", "").await
}

pub async fn post(provider: &Provider, target: &str, body: &str) -> Got {
    ask(provider, &format!("POST {target}"), "", body).await
}

pub async fn post_form(provider: &Provider, target: &str, body: &str) -> Got {
    let form = "content-type: application/x-www-form-urlencoded; charset=utf-8\r\n";
    ask(provider, &format!("POST {target}"), form, body).await
}

fn parse(all: &[u8]) -> Got {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&all[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_lowercase(), value.to_owned())
    });
    Got {
        status,
        headers: headers.collect(),
        body: all[end + 4..].to_vec(),
    }
}
