//! A server that speaks the query API of Prometheus as its mood is, and says back to everybody who
//! asks whatever it was shown: in headers of every answer, and in every error's body.

use std::collections::BTreeSet;
use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::serve::Listener;
use futures::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// An error rate of 0.02% and a 95th percentile of 742 ms.
    Healthy,
    /// This status.
    Refuses(u16),
    /// Nothing.
    Hangs,
    /// The first half of an answer.
    Truncates,
    /// A page with a form to log in.
    Html,
    /// An empty body.
    Empty,
    /// 64 MiB.
    Huge,
    /// To be asked elsewhere.
    Redirects,
    /// A good answer whose labels and warnings say what was shown.
    Labels,
    /// A good answer whose number is what was shown.
    Number,
    /// A good status, and an error that says what was shown.
    Error,
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Moody {
    address: SocketAddr,
    shown: Arc<Mutex<BTreeSet<String>>>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Asked {
    mood: Mood,
    now: i64,
    shown: Arc<Mutex<BTreeSet<String>>>,
}

// === impl Moody ===

impl Moody {
    /// Starts on a free port of loopback; its samples are of `now`, in seconds since 1970.
    ///
    /// # Errors
    /// No port could be opened.
    pub async fn start(mood: Mood, now: i64) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Self::on(listener, mood, now)
    }

    /// Serves on what listens already.
    ///
    /// # Errors
    /// It has no address.
    pub fn on<L>(listener: L, mood: Mood, now: i64) -> Result<Self>
    where
        L: Listener<Addr = SocketAddr>,
    {
        let address = listener.local_addr()?;
        let shown = Arc::default();
        let asked = Asked {
            mood,
            now,
            shown: Arc::clone(&shown),
        };
        let router = Router::new().fallback(answer).with_state(asked);
        let serving = tokio::spawn(async move {
            // It serves until it is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            shown,
            serving,
        })
    }

    /// Its origin; no slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every `Authorization` that it was shown.
    #[must_use]
    pub fn shown(&self) -> BTreeSet<String> {
        let shown = self.shown.lock();
        shown.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Moody {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(asked): State<Asked>, request: Request) -> Response {
    let shown = shown(request.headers());
    asked.note(&shown);
    let uri = request.uri().to_string();
    if asked.mood == Mood::Hangs {
        return pending().await;
    }
    let mut response = asked.response(&uri, &shown);
    // A wait that is no time still says that the provider throttles.
    let wait = (asked.mood == Mood::Refuses(429)).then_some("retry-after");
    let echoing = ["x-echo", "www-authenticate", "set-cookie"];
    for name in echoing.into_iter().chain(wait) {
        if let Ok(value) = HeaderValue::from_str(&shown) {
            response
                .headers_mut()
                .append(HeaderName::from_static(name), value);
        }
    }
    response
}

fn shown(headers: &HeaderMap) -> String {
    let shown = headers.get(header::AUTHORIZATION);
    let shown = shown.and_then(|value| value.to_str().ok());
    shown.unwrap_or_default().to_owned()
}

// === impl Asked ===

impl Asked {
    fn note(&self, shown: &str) {
        let mut all = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(shown.to_owned());
    }

    fn response(&self, uri: &str, shown: &str) -> Response {
        let error = json!({ "status": "error", "errorType": shown, "error": shown });
        match self.mood {
            Mood::Refuses(status) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
                (status, error.to_string()).into_response()
            }
            Mood::Truncates => truncated(&self.success(uri, json!({}), None).to_string()),
            Mood::Html => axum::response::Html(format!("<form>{shown}</form>")).into_response(),
            Mood::Empty | Mood::Hangs => StatusCode::OK.into_response(),
            Mood::Huge => huge(shown),
            Mood::Redirects => {
                let elsewhere = format!("http://localhost:9/{shown}");
                (StatusCode::FOUND, [(header::LOCATION, elsewhere)]).into_response()
            }
            Mood::Healthy => axum::Json(self.success(uri, json!({}), None)).into_response(),
            Mood::Labels => {
                let labels = json!({ "service": "checkout-api", "echo": shown });
                axum::Json(self.success(uri, labels, None)).into_response()
            }
            Mood::Number => axum::Json(self.success(uri, json!({}), Some(shown))).into_response(),
            Mood::Error => axum::Json(error).into_response(),
        }
    }

    /// A good answer to a query, or to the question for a label's values.
    fn success(&self, uri: &str, labels: Value, number: Option<&str>) -> Value {
        if uri.contains("/label/") {
            let values = [number.unwrap_or("checkout-api")];
            return json!({ "status": "success", "data": values });
        }
        let time = self.now.to_string();
        let usual = match (
            uri.contains("timestamp"),
            uri.contains("histogram_quantile"),
        ) {
            (true, _) => &time,
            (false, true) => "0.742",
            (false, false) => "0.0002",
        };
        let value = json!([self.now, number.unwrap_or(usual)]);
        let warnings: Vec<_> = labels.get("echo").into_iter().collect();
        json!({ "status": "success", "warnings": warnings, "data": {
            "resultType": "vector", "result": [{ "metric": labels, "value": value }],
        } })
    }
}

fn truncated(whole: &str) -> Response {
    let half = whole.get(..whole.len() / 2).unwrap_or_default().to_owned();
    let cut = std::io::Error::other("cut");
    let pieces = stream::iter([Ok(Bytes::from(half)), Err(cut)]);
    let length = [(header::CONTENT_LENGTH, whole.len())];
    let media = [(header::CONTENT_TYPE, "application/json")];
    let length = length.map(|(name, value)| (name, value.to_string()));
    (length, media, Body::from_stream(pieces)).into_response()
}

/// Says again and again what was shown.
fn huge(shown: &str) -> Response {
    const PIECES: usize = 1024;
    let piece = Bytes::from(format!("{shown}{}", " ".repeat(64 << 10)));
    let pieces = stream::iter((0..PIECES).map(move |_| Ok::<_, std::io::Error>(piece.clone())));
    Body::from_stream(pieces).into_response()
}
