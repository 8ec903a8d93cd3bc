//! Proxies that the environment names.

use std::process::Command;

use super::client;
use super::server::Server;
use crate::Request;

const TARGET: &str = "PASSPORT_TEST_TARGET";

/// Runs in a process of its own, below, where the environment names a proxy.
#[tokio::test]
#[ignore = "started by the_environments_proxy_is_ignored"]
async fn asks_the_target() {
    let target = std::env::var(TARGET).unwrap();
    client(&target).send(Request::get(["api"])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environments_proxy_is_ignored() {
    let reply = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let (target, proxy) = (Server::replying(reply).await, Server::replying(reply).await);
    let mut asking = Command::new(std::env::current_exe().unwrap());
    asking.args(["--ignored", "--exact", "tests::proxy::asks_the_target"]);
    asking.env(TARGET, target.http());
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        asking.env(name, proxy.http());
    }
    let asked = tokio::task::spawn_blocking(move || asking.output().unwrap())
        .await
        .unwrap();
    assert!(
        asked.status.success(),
        "{}",
        String::from_utf8_lossy(&asked.stdout)
    );
    assert_eq!((target.connections(), proxy.connections()), (1, 0));
}
