use std::net::IpAddr;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use futures::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tower::ServiceExt as _;

use super::*;
use crate::telemetry::{Meters, TelemetryOptions};

struct House {
    meters: Meters,
    limits: Limits,
    router: Router,
}

/// A router of a port that allows so much, and verifies its callers.
fn house(allowed: Value, routes: Router) -> House {
    let meters = Meters::new(&TelemetryOptions::named("test")).unwrap();
    let limits = Limits::new(&meters.meter());
    limits.set(Allowed::of_gateway(
        &serde_json::from_value(allowed).unwrap(),
    ));
    let router = limited(routes, &limits, true, told);
    House {
        meters,
        limits,
        router,
    }
}

fn told(_: &HeaderMap, refusal: Refusal) -> Response {
    let wait = [(header::RETRY_AFTER, refusal.seconds().to_string())];
    (StatusCode::TOO_MANY_REQUESTS, wait, refusal.why.as_str()).into_response()
}

/// A request of somebody at this address who shows a token.
fn from(address: &str, path: &str, token: Option<&str>) -> Request<Body> {
    let address: IpAddr = address.parse().unwrap();
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let caller = ConnectInfo(SocketAddr::new(address, 40_000));
    request.extension(caller).body(Body::empty()).unwrap()
}

async fn text(answer: Response) -> String {
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

impl House {
    async fn ask(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The status of an answer that is read to its end.
    async fn status(&self, request: Request<Body>) -> u16 {
        let answer = self.ask(request).await;
        let status = answer.status().as_u16();
        text(answer).await;
        status
    }

    fn counts(&self, series: &str) -> String {
        let text = self.meters.render();
        let line = text.lines().find(|line| line.starts_with(series));
        let number = line.and_then(|line| line.rsplit(' ').next());
        number
            .unwrap_or_else(|| panic!("no {series} in {text}"))
            .to_owned()
    }
}

/// Streams what it is sent.
fn streaming() -> (Router, mpsc::UnboundedSender<&'static str>) {
    let (say, said) = mpsc::unbounded_channel::<&'static str>();
    let said = Arc::new(tokio::sync::Mutex::new(said));
    let route = get(move || {
        let said = Arc::clone(&said);
        async move {
            let said = stream::unfold(said, |said| async move {
                let next = said.lock().await.recv().await?;
                Some((Ok::<_, std::io::Error>(next), said))
            });
            Body::from_stream(said)
        }
    });
    let routes = Router::new()
        .route("/stream", route)
        .route("/", get(|| async { "page" }))
        .route("/healthz", get(|| async { "ok" }))
        .route("/grpc.health.v1.Health/Check", post(|| async { "ok" }));
    (routes, say)
}

#[tokio::test]
async fn one_too_many_is_refused_until_a_stream_has_ended() {
    let (routes, say) = streaming();
    let house = house(json!({ "in_flight": 1 }), routes);
    let open = house.ask(from("192.0.2.1", "/stream", Some("good"))).await;
    assert_eq!(house.counts("passport_limits_in_flight "), "1");
    let mut open = open.into_body().into_data_stream();
    say.send("first").unwrap();
    assert_eq!(open.next().await.unwrap().unwrap(), "first");
    let refused = house.ask(from("192.0.2.1", "/", Some("good"))).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    assert_eq!(text(refused).await, "in_flight");
    drop(say);
    assert!(open.next().await.is_none());
    assert_eq!(
        house.status(from("192.0.2.1", "/", Some("good"))).await,
        200
    );
    let refused = "passport_limits_refused_total{limit=\"in_flight\"";
    assert_eq!(house.counts(refused), "1");
    assert_eq!(house.counts("passport_limits_in_flight "), "0");
}

#[tokio::test]
async fn who_looks_after_the_process_is_never_refused() {
    let (routes, _say) = streaming();
    let limits = json!({ "in_flight": 1, "unverified": { "per_second": 1, "burst": 1 } });
    let house = house(limits, routes);
    let _open = house.ask(from("192.0.2.1", "/stream", Some("good"))).await;
    for _ in 0..3 {
        assert_eq!(house.status(from("192.0.2.1", "/healthz", None)).await, 200);
        let path = "/grpc.health.v1.Health/Check";
        let mut probe = from("192.0.2.1", path, None);
        *probe.method_mut() = http::Method::POST;
        assert_eq!(house.status(probe).await, 200);
    }
}

#[tokio::test]
async fn a_caller_who_leaves_frees_its_place() {
    let (routes, _say) = streaming();
    let house = house(json!({ "in_flight": 1 }), routes);
    drop(house.ask(from("192.0.2.1", "/stream", Some("good"))).await);
    assert_eq!(
        house.status(from("192.0.2.1", "/", Some("good"))).await,
        200
    );
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_stops_to_read_keeps_its_place_for_a_while_only() {
    let (routes, _say) = streaming();
    let house = house(json!({ "in_flight": 1 }), routes);
    let open = house.ask(from("192.0.2.1", "/stream", Some("good"))).await;
    tokio::time::sleep(Duration::from_secs(149)).await;
    assert_eq!(
        house.status(from("192.0.2.1", "/", Some("good"))).await,
        429
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        house.status(from("192.0.2.1", "/", Some("good"))).await,
        200
    );
    drop(open);
}

#[tokio::test]
async fn a_limit_that_is_lowered_counts_what_was_begun() {
    let (routes, say) = streaming();
    let house = house(json!({ "in_flight": 3 }), routes);
    let ask = || house.ask(from("192.0.2.1", "/stream", Some("good")));
    let open = [ask().await, ask().await];
    let lower = serde_json::from_value(json!({ "in_flight": 2 })).unwrap();
    house.limits.set(Allowed::of_gateway(&lower));
    assert_eq!(
        house.status(from("192.0.2.1", "/", Some("good"))).await,
        429
    );
    drop((open, say));
    assert_eq!(
        house.status(from("192.0.2.1", "/", Some("good"))).await,
        200
    );
}

/// Charges the bearer of `token-NAME` as NAME, who shows nothing by the address, and knows nobody
/// else.
fn charging() -> Router {
    let answer = |request: axum::extract::Request| async move {
        let shown = request.headers().get(header::AUTHORIZATION);
        let shown = shown.map(|it| it.to_str().unwrap().to_owned());
        let name = shown.as_deref().map(|it| it.strip_prefix("Bearer token-"));
        if name == Some(None) || request.uri().path() == "/signed" {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        match charge(request.extensions(), name.flatten()) {
            Ok(()) => "answered".into_response(),
            Err(refusal) => told(&HeaderMap::new(), refusal),
        }
    };
    Router::new().fallback(answer)
}

#[tokio::test(start_paused = true)]
async fn each_caller_has_a_rate_of_its_own() {
    let rate = json!({ "per_caller": { "per_second": 2, "burst": 3 } });
    let house = house(rate, charging());
    let ask = |name: &'static str| house.status(from("192.0.2.1", "/", Some(name)));
    for _ in 0..3 {
        assert_eq!(ask("token-ci").await, 200);
    }
    assert_eq!(ask("token-ci").await, 429);
    assert_eq!(ask("token-other").await, 200, "each by itself");
    let refused = house.ask(from("192.0.2.9", "/", Some("token-ci"))).await;
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    assert_eq!(text(refused).await, "per_caller", "wherever it calls from");
    let counted = "passport_limits_refused_total{limit=\"per_caller\"";
    assert_eq!(house.counts(counted), "2");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(ask("token-ci").await, 200);
    assert_eq!(ask("token-ci").await, 429);
    tokio::time::sleep(Duration::from_secs(60)).await;
    for _ in 0..3 {
        assert_eq!(ask("token-ci").await, 200);
    }
    assert_eq!(ask("token-ci").await, 429, "never more than a full bucket");
}

#[tokio::test(start_paused = true)]
async fn bad_credentials_are_counted_by_address_and_take_nothing_from_good_ones() {
    let limits = json!({ "unverified": { "per_second": 1, "burst": 2 } });
    let house = house(limits, charging());
    let bad = |address: &'static str| house.status(from(address, "/", Some("bad")));
    assert_eq!([bad("192.0.2.1").await, bad("192.0.2.1").await], [401, 401]);
    assert_eq!(bad("192.0.2.1").await, 429);
    let good = from("192.0.2.1", "/", Some("token-ci"));
    assert_eq!(house.status(good).await, 200, "behind the same address");
    assert_eq!(bad("192.0.2.2").await, 401);
    let nothing = from("192.0.2.1", "/signed", None);
    let refused = house.ask(nothing).await;
    assert_eq!(text(refused).await, "unverified", "not even looked at");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bad("192.0.2.1").await, 401);
}

#[tokio::test(start_paused = true)]
async fn a_credential_in_a_path_is_counted_by_address_where_it_is_bad_and_where_nobody_looks() {
    let answer = |request: axum::extract::Request| async move {
        match request.uri().path() {
            "/v1/hooks/good/go" => StatusCode::OK,
            "/v1/hooks/bad/go" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::NOT_FOUND,
        }
    };
    for worthless in ["/v1/hooks/bad/go", "/v1/hooks/good/nonsense"] {
        let limits = json!({ "unverified": { "per_second": 1, "burst": 2 } });
        let house = house(limits, Router::new().fallback(answer));
        let ask = |path: &'static str| house.status(from("192.0.2.1", path, None));
        for _ in 0..3 {
            assert_eq!(ask("/v1/hooks/good/go").await, 200, "not counted");
        }
        let first = [ask(worthless).await, ask(worthless).await];
        assert!(!first.contains(&429), "{first:?}");
        assert_eq!(ask(worthless).await, 429);
        assert_eq!(
            ask("/v1/hooks/good/go").await,
            200,
            "behind the same address"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_network_of_ipv6_is_one_address_and_so_are_both_forms_of_ipv4() {
    let limits = json!({ "unverified": { "per_second": 1, "burst": 1 } });
    let house = house(limits, charging());
    let bad = |address: &'static str| house.status(from(address, "/", Some("bad")));
    assert_eq!(bad("2001:db8:0:1::1").await, 401);
    assert_eq!(bad("2001:db8:0:1:ffff::2").await, 429);
    assert_eq!(bad("2001:db8:0:2::1").await, 401);
    assert_eq!(bad("192.0.2.1").await, 401);
    assert_eq!(bad("::ffff:192.0.2.1").await, 429);
}

#[tokio::test(start_paused = true)]
async fn where_no_credential_is_asked_for_callers_are_counted_by_address() {
    let meters = Meters::new(&TelemetryOptions::named("test")).unwrap();
    let limits = Limits::new(&meters.meter());
    let allowed = json!({
        "per_caller": { "per_second": 1, "burst": 2 },
        "unverified": { "per_second": 1, "burst": 1 },
    });
    limits.set(Allowed::of_gateway(
        &serde_json::from_value(allowed).unwrap(),
    ));
    let router = limited(charging(), &limits, false, told);
    let ask = async |address| {
        let answer = router.clone().oneshot(from(address, "/", None)).await;
        text(answer.unwrap()).await
    };
    assert_eq!(ask("127.0.0.1").await, "answered");
    assert_eq!(ask("127.0.0.1").await, "answered");
    assert_eq!(ask("127.0.0.1").await, "per_caller");
    assert_eq!(ask("127.0.0.2").await, "answered");
}

#[tokio::test(start_paused = true)]
async fn a_caller_without_a_name_or_an_address_is_in_this_process() {
    let limits = json!({ "unverified": { "per_second": 1, "burst": 1 } });
    let house = house(limits, charging());
    for _ in 0..3 {
        let request = Request::get("/").body(Body::empty()).unwrap();
        assert_eq!(house.status(request).await, 200);
    }
}

#[test]
fn a_refusal_says_in_whole_seconds_when_to_ask_again() {
    for (millis, seconds) in [(1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
        let wait = Duration::from_millis(millis);
        let why = Why::PerCaller;
        assert_eq!(Refusal { why, wait }.seconds(), seconds);
    }
}

#[test]
fn over_grpc_a_refusal_is_resource_exhausted_with_the_time_to_wait() {
    use tonic_types::StatusExt as _;
    let wait = Duration::from_millis(1_500);
    let why = Why::InFlight;
    let status = tonic::Status::from(Refusal { why, wait });
    assert_eq!(status.code(), tonic::Code::ResourceExhausted);
    assert_eq!(crate::status::retry_delay(&status), Some(wait));
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "OVERLOADED"
    );
}
