use std::time::Duration;

use futures::TryStreamExt as _;
use tonic::{Code, Status};

use super::{AMPLE, at, both, collector::Obedient, far, order};
use crate::client::CollectorCalls;

const SHORT: Duration = Duration::from_millis(100);

fn near() -> CollectorCalls {
    super::near(Obedient)
}

async fn hang(client: &CollectorCalls) -> Status {
    client.collect(order("hang"), SHORT).await.unwrap_err()
}

/// How many outcomes come before the end, and what the end is.
async fn until_the_end(client: &CollectorCalls, what: &str) -> (usize, Code) {
    let mut stream = match client.collect_stream(order(what), SHORT).await {
        Ok(stream) => stream,
        Err(status) => return (0, status.code()),
    };
    let mut count = 0;
    loop {
        match stream.try_next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => return (count, Code::Ok),
            Err(status) => return (count, status.code()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hanging_collector_nearby_is_given_up_at_the_deadline() {
    let begun = tokio::time::Instant::now();
    assert_eq!(hang(&near()).await.code(), Code::DeadlineExceeded);
    let waited = begun.elapsed();
    assert!(waited >= SHORT && waited < SHORT * 2, "{waited:?}");
}

#[tokio::test]
async fn a_hanging_collector_far_away_ends_in_the_same_words() {
    let (near, far) = (hang(&near()).await, hang(&far(Obedient).await).await);
    assert_eq!(far.code(), Code::DeadlineExceeded);
    assert_eq!(
        (near.message(), near.details()),
        (far.message(), far.details())
    );
}

#[tokio::test]
async fn a_server_that_never_speaks_is_given_up_at_the_deadline() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let client = at(&uri).unwrap().for_caller("tests");
    assert_eq!(hang(&client).await.code(), Code::DeadlineExceeded);
}

#[tokio::test(start_paused = true)]
async fn a_stream_nearby_that_hangs_after_an_outcome_ends_at_the_deadline() {
    assert_eq!(
        until_the_end(&near(), "hang").await,
        (1, Code::DeadlineExceeded)
    );
}

#[tokio::test]
async fn a_stream_far_away_that_hangs_after_an_outcome_ends_at_the_deadline() {
    let far = far(Obedient).await;
    assert_eq!(
        until_the_end(&far, "hang").await,
        (1, Code::DeadlineExceeded)
    );
}

#[tokio::test]
async fn a_stream_that_never_pauses_ends_at_the_deadline_too() {
    for client in both(Obedient).await {
        assert_eq!(
            until_the_end(&client, "flood").await.1,
            Code::DeadlineExceeded
        );
    }
}

#[tokio::test]
async fn the_collector_knows_by_when_to_answer() {
    let far = far(Obedient).await;
    let told = far
        .collect(order("tell the deadline"), AMPLE)
        .await
        .unwrap();
    assert_eq!(told.configuration_digest, "true");
    for client in [near(), far] {
        let told = client
            .collect(order("tell the timeout"), AMPLE)
            .await
            .unwrap();
        assert_ne!(told.configuration_digest, "");
    }
}

#[tokio::test]
async fn a_deadline_that_is_over_leaves_no_time_to_hang() {
    for client in both(Obedient).await {
        let status = client
            .collect(order("hang"), Duration::ZERO)
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::DeadlineExceeded);
    }
}
