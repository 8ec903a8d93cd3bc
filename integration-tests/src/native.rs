//! A service that shows Prometheus a native histogram and an exemplar, which only the protobuf form of a scrape
//! can carry, after the definitions of `io.prometheus.client`.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::{Router, routing};
use prost::Message;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::wait::PATIENCE;

const PROTOBUF: &str =
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
/// Of buckets whose bounds double.
const SCHEMA: i32 = 0;
/// The bucket above an eighth of a second, up to a quarter.
const BUCKET: i32 = -2;
const COUNTER: i32 = 0;
const GAUGE: i32 = 1;
const HISTOGRAM: i32 = 4;

/// Serves the native histogram `http_request_duration_seconds`, the counter `http_requests_total` whose exemplar
/// is of [`TRACE`](Self::TRACE), and `pool_usage`, all of checkout-api in production and of one version.
#[derive(Debug)]
pub struct NativeExporter {
    address: SocketAddr,
    shown: Arc<Shown>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shown {
    state: Mutex<Measured>,
    scrapes: watch::Sender<u64>,
}

#[derive(Debug, Clone)]
struct Measured {
    version: String,
    requests: u64,
    usage: f64,
}

// === impl NativeExporter ===

impl NativeExporter {
    /// The trace of every exemplar.
    pub const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    /// Starts on a free port.
    ///
    /// # Errors
    /// No port could be opened.
    pub async fn start(version: &str, usage: f64) -> Result<Self> {
        let state = Mutex::new(Measured {
            version: version.to_owned(),
            requests: 0,
            usage,
        });
        let shown = Arc::new(Shown {
            state,
            scrapes: watch::Sender::new(0),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let routes = Router::new().route("/metrics", routing::get(scrape));
        let routes = routes.with_state(Arc::clone(&shown));
        let server = tokio::spawn(async {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self {
            address,
            shown,
            server,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers so many requests.
    pub fn advance(&self, requests: u64) {
        self.shown.change(|state| state.requests += requests);
    }

    /// Is another release from now on.
    pub fn deploy(&self, version: &str, usage: f64) {
        self.shown.change(|state| {
            version.clone_into(&mut state.version);
            state.usage = usage;
        });
    }

    /// Waits for so many scrapes after the one that is perhaps going on.
    ///
    /// # Errors
    /// Nobody scrapes it.
    pub async fn scraped(&self, times: u64) -> Result<()> {
        let mut scrapes = self.shown.scrapes.subscribe();
        let before = *scrapes.borrow_and_update();
        let done = scrapes.wait_for(|now| *now > before + times);
        timeout(PATIENCE, done)
            .await
            .context("nobody scrapes the exporter")??;
        Ok(())
    }
}

impl Drop for NativeExporter {
    fn drop(&mut self) {
        self.server.abort();
    }
}

// === impl Shown ===

impl Shown {
    fn change(&self, change: impl FnOnce(&mut Measured)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

async fn scrape(State(shown): State<Arc<Shown>>) -> impl IntoResponse {
    let state = shown.state.lock().unwrap_or_else(PoisonError::into_inner);
    let body: Vec<u8> = families(&state)
        .iter()
        .flat_map(Message::encode_length_delimited_to_vec)
        .collect();
    drop(state);
    shown.scrapes.send_modify(|count| *count += 1);
    ([(CONTENT_TYPE, PROTOBUF)], body)
}

fn families(state: &Measured) -> [Family; 3] {
    let family = |name: &str, kind: i32, metric: Metric| Family {
        name: name.to_owned(),
        kind,
        metrics: vec![Metric {
            labels: labels(&state.version),
            ..metric
        }],
    };
    let counter = Metric {
        counter: Some(Counter {
            value: state.requests as f64,
            exemplar: Some(Exemplar {
                labels: vec![label("trace_id", NativeExporter::TRACE)],
                value: 1.0,
            }),
        }),
        ..Metric::default()
    };
    let gauge = Metric {
        gauge: Some(Gauge { value: state.usage }),
        ..Metric::default()
    };
    let histogram = Metric {
        histogram: Some(histogram(state.requests)),
        ..Metric::default()
    };
    [
        family("http_requests_total", COUNTER, counter),
        family("pool_usage", GAUGE, gauge),
        family("http_request_duration_seconds", HISTOGRAM, histogram),
    ]
}

/// All of them took about a fifth of a second.
fn histogram(requests: u64) -> Histogram {
    Histogram {
        count: requests,
        sum: requests as f64 * 0.2,
        schema: SCHEMA,
        zero_threshold: f64::MIN_POSITIVE,
        spans: vec![Span {
            offset: BUCKET,
            length: 1,
        }],
        deltas: vec![i64::try_from(requests).unwrap_or(i64::MAX)],
    }
}

fn labels(version: &str) -> Vec<Label> {
    let all = [
        ("environment", "production"),
        ("service", "checkout-api"),
        ("version", version),
    ];
    all.map(|(name, value)| label(name, value)).into()
}

fn label(name: &str, value: &str) -> Label {
    Label {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

#[derive(Clone, PartialEq, Message)]
struct Family {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int32, tag = "3")]
    kind: i32,
    #[prost(message, repeated, tag = "4")]
    metrics: Vec<Metric>,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(message, optional, tag = "2")]
    gauge: Option<Gauge>,
    #[prost(message, optional, tag = "3")]
    counter: Option<Counter>,
    #[prost(message, optional, tag = "7")]
    histogram: Option<Histogram>,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct Gauge {
    #[prost(double, tag = "1")]
    value: f64,
}

#[derive(Clone, PartialEq, Message)]
struct Counter {
    #[prost(double, tag = "1")]
    value: f64,
    #[prost(message, optional, tag = "2")]
    exemplar: Option<Exemplar>,
}

#[derive(Clone, PartialEq, Message)]
struct Exemplar {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(double, tag = "2")]
    value: f64,
}

#[derive(Clone, PartialEq, Message)]
struct Histogram {
    #[prost(uint64, tag = "1")]
    count: u64,
    #[prost(double, tag = "2")]
    sum: f64,
    #[prost(sint32, tag = "5")]
    schema: i32,
    #[prost(double, tag = "6")]
    zero_threshold: f64,
    #[prost(message, repeated, tag = "12")]
    spans: Vec<Span>,
    #[prost(sint64, repeated, tag = "13")]
    deltas: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct Span {
    #[prost(sint32, tag = "1")]
    offset: i32,
    #[prost(uint32, tag = "2")]
    length: u32,
}
