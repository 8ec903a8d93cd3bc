use futures::TryStreamExt as _;
use tonic::{Code, Status};

use super::{AMPLE, at, both, collector::Obedient, order};
use crate::client::FarError;

fn is_a_fault_without_a_word_of_it(status: &Status) {
    assert_eq!(status.code(), Code::Internal);
    let all = format!("{status:?} {}", String::from_utf8_lossy(status.details()));
    assert!(!all.contains("secret"), "{all}");
}

#[tokio::test]
async fn a_panic_is_an_answer_that_tells_nothing_of_it() {
    for client in both(Obedient).await {
        let status = client.collect(order("panic"), AMPLE).await.unwrap_err();
        is_a_fault_without_a_word_of_it(&status);
        assert!(client.collect(order("a"), AMPLE).await.is_ok());
    }
}

#[tokio::test]
async fn a_panic_after_the_first_outcome_ends_the_stream_with_a_fault() {
    for client in both(Obedient).await {
        let mut stream = client.collect_stream(order("panic"), AMPLE).await.unwrap();
        assert!(stream.try_next().await.unwrap().is_some());
        is_a_fault_without_a_word_of_it(&stream.try_next().await.unwrap_err());
    }
}

#[tokio::test]
async fn a_collector_that_is_not_there_is_unavailable() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let client = at(&uri).unwrap().for_caller("tests");
    let status = client.collect(order("a"), AMPLE).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
}

#[test]
fn an_address_is_a_scheme_a_host_and_a_port() {
    let refused = |uri| at(uri).err();
    assert_eq!(refused("unix://metrics"), Some(FarError::Scheme));
    for uri in [
        "",
        "metrics",
        "http://",
        "http://a:b@metrics",
        "http://metrics/x",
        "http://metrics?x",
        "https://metrics/x",
    ] {
        assert!(refused(uri).is_some(), "{uri}");
    }
}
