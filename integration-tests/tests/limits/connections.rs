//! As many connections as may be, and one more.

use anyhow::{Context, Result, ensure};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::of_sources;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The limit where the configuration says nothing.
const LIMIT: usize = 1_000;

/// The answer to a request over a connection that is open, which stays open.
async fn get(stream: &mut TcpStream, path: &str) -> Result<String> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    loop {
        let mut bytes = [0; 16 << 10];
        let read = stream.read(&mut bytes).await?;
        ensure!(read > 0, "the connection was closed");
        answer.extend_from_slice(bytes.get(..read).unwrap_or_default());
        let text = str::from_utf8(&answer)?;
        if is_whole(text)? {
            return Ok(text.to_owned());
        }
    }
}

fn is_whole(answer: &str) -> Result<bool> {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return Ok(false);
    };
    let length = head
        .lines()
        .find_map(|it| it.strip_prefix("content-length: "));
    let length: usize = length.context("no length")?.parse()?;
    Ok(body.len() >= length)
}

#[tokio::test]
async fn the_1001st_connection_is_closed_and_the_others_are_served() -> Result<()> {
    let mesh = AllInOne::up(&of_sources(json!({})), &[]).await?;
    let address = mesh.url().strip_prefix("http://").context("no address")?;
    let mut open = Vec::new();
    for _ in 0..LIMIT {
        open.push(TcpStream::connect(address).await?);
    }
    let mut one_more = TcpStream::connect(address).await?;
    // Closed or reset.
    let read = one_more.read(&mut [0; 1]).await.unwrap_or(0);
    assert_eq!(read, 0);
    let (first, last) = (open.first_mut(), LIMIT.to_string());
    let metrics = get(first.context("none is open")?, "/metrics").await?;
    let shows = |series: &str, value: &str| {
        let mut lines = metrics.lines();
        lines.any(|line| line.starts_with(series) && line.ends_with(&format!(" {value}")))
    };
    ensure!(shows("passport_limits_connections ", &last), "{metrics}");
    let refused = "passport_limits_refused_total{limit=\"connections\"";
    ensure!(shows(refused, "1"), "{metrics}");
    let last = get(open.last_mut().context("none is open")?, "/healthz").await?;
    ensure!(last.starts_with("HTTP/1.1 200"), "{last}");
    open.truncate(LIMIT / 2);
    let served = passport_integration_tests::wait::until("there is room again", async || {
        let mut stream = TcpStream::connect(address).await?;
        Ok(get(&mut stream, "/healthz").await.ok())
    });
    let answer = served.await?;
    ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    Ok(())
}
