use std::time::Duration;

use axum::routing::get;
use http_body_util::BodyExt as _;
use tokio::sync::oneshot;

use super::*;
use crate::server::{Health, grpc_routes};

async fn health() -> Health {
    grpc_routes().into_router().await.unwrap().1
}

async fn says(router: Router) -> String {
    let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
    let body = response.into_body().collect().await.unwrap();
    String::from_utf8(body.to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn a_call_ends_where_it_was_begun_and_the_next_one_is_answered_anew() {
    let (begun, has_begun) = oneshot::channel();
    let (go_on, goes_on) = oneshot::channel::<()>();
    let once = Arc::new(std::sync::Mutex::new(Some((begun, goes_on))));
    let slow = get(move || {
        let (begun, goes_on) = once.lock().unwrap().take().unwrap();
        async move {
            begun.send(()).unwrap();
            goes_on.await.unwrap();
            "before"
        }
    });
    let before = Router::new().route("/", slow);
    let current = Current::new((before, health().await).into());
    let served = current.router();
    let first = tokio::spawn(says(served.clone()));
    has_begun.await.unwrap();
    let after = Router::new().route("/", get(async || "after"));
    current.replace((after, health().await).into()).await;
    assert_eq!(says(served).await, "after");
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap(), "before");
}

#[tokio::test]
async fn what_is_served_last_is_told_that_the_process_ends() {
    let (before, after) = (health().await, health().await);
    let current = Current::new((Router::new(), before).into());
    current.replace((Router::new(), after.clone()).into()).await;
    assert!(after.is_serving());
    tokio::time::timeout(Duration::from_secs(60), current.until(async {}))
        .await
        .unwrap();
    assert!(!after.is_serving());
}

#[tokio::test]
async fn each_port_is_served_its_own_and_both_are_told_of_the_end() {
    let (own, of_senders) = (health().await, health().await);
    let answers = |text: &'static str| Router::new().route("/", get(async move || text));
    let current = Current::new(Served {
        senders: Some((answers("pushed"), of_senders.clone())),
        ..(answers("own"), own.clone()).into()
    });
    assert_eq!(says(current.router()).await, "own");
    assert_eq!(says(current.of_senders()).await, "pushed");
    current.until(async {}).await;
    assert!(!own.is_serving() && !of_senders.is_serving());
}
