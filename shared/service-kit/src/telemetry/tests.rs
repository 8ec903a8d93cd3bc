mod lines;
mod receiver;

use std::time::Duration;

use super::*;
use receiver::Receiver;

const NEVER: Duration = Duration::from_secs(3_600);

fn options() -> TelemetryOptions {
    TelemetryOptions::named("passport-test")
}

fn push_to(endpoint: String, bearer: Option<&str>) -> TelemetryOptions {
    let push = MetricPush {
        endpoint,
        bearer: bearer.map(Into::into),
        interval: NEVER,
    };
    TelemetryOptions {
        metric_pushes: vec![push],
        ..options()
    }
}

async fn flushed(meters: Meters) {
    let flush = move || meters.provider().force_flush();
    tokio::task::spawn_blocking(flush).await.unwrap().unwrap();
}

#[test]
fn metrics_are_read_in_the_prometheus_format() {
    let meters = Meters::new(&options()).unwrap();
    let counter = meters.meter().u64_counter("passport.test.things").build();
    counter.add(2, &[]);
    let text = meters.render();
    assert!(
        text.lines().any(|it| it == "passport_test_things_total 2"),
        "{text}"
    );
    assert!(text.contains(r#"service_name="passport-test""#), "{text}");
}

#[tokio::test]
async fn metrics_are_pushed_with_the_token_of_the_receiver() {
    let (receiver, endpoint) = Receiver::start().await;
    let meters = Meters::new(&push_to(endpoint, Some("pm_demo_secret"))).unwrap();
    meters
        .meter()
        .u64_counter("passport.test.things")
        .build()
        .add(1, &[]);
    flushed(meters).await;
    assert_eq!(
        receiver.authorization(),
        [Some("Bearer pm_demo_secret".to_owned())]
    );
    assert_eq!(receiver.metrics(), ["passport.test.things"]);
}

#[tokio::test]
async fn no_token_is_presented_where_none_was_given() {
    let (receiver, endpoint) = Receiver::start().await;
    let meters = Meters::new(&push_to(endpoint, None)).unwrap();
    meters
        .meter()
        .u64_counter("passport.test.things")
        .build()
        .add(1, &[]);
    flushed(meters).await;
    assert_eq!(receiver.authorization(), [None]);
}

#[test]
fn a_token_that_no_header_can_hold_is_refused_without_being_told() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let _within = runtime.enter();
    let options = push_to("http://127.0.0.1:1".to_owned(), Some("sec\nret"));
    let error = Meters::new(&options).unwrap_err();
    assert!(matches!(error, TelemetryError::Bearer), "{error:?}");
    assert!(!format!("{error} {options:?}").contains("ret\""));
}

/// The only test that sets what belongs to the whole process.
#[tokio::test]
async fn our_spans_are_sent_and_those_of_the_transport_are_not() {
    let (receiver, endpoint) = Receiver::start().await;
    let telemetry = Telemetry::init(TelemetryOptions {
        otlp_endpoint: Some(endpoint),
        filter: "off".to_owned(),
        ..options()
    })
    .unwrap();
    tracing::info_span!("ours").in_scope(|| {
        tracing::info_span!(target: "h2::client", "theirs").in_scope(|| {});
        tracing::debug_span!("detail").in_scope(|| {});
    });
    let again = Telemetry::init(options()).err().unwrap();
    assert!(matches!(again, TelemetryError::Twice(_)), "{again:?}");
    telemetry.metrics();
    telemetry.shutdown().await;
    assert_eq!(receiver.spans(), ["ours"]);
}

#[test]
fn a_filter_that_is_none_is_an_error() {
    let options = TelemetryOptions {
        filter: "passport=loudly".to_owned(),
        ..options()
    };
    assert!(matches!(
        Telemetry::init(options).err(),
        Some(TelemetryError::Filter(_))
    ));
}
