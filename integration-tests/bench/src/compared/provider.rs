//! A Prometheus and a Loki whose every reply is the same kind of good or bad.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use passport_evidence::Clock as _;
use passport_service_kit::clock::SystemClock;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::sleep;

/// Seconds that a dead target has been dead.
const DEAD: i64 = 3_600;

/// What every reply is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should be.
    Healthy,
    /// Nothing was divided by nothing.
    NotANumber,
    /// Beyond all numbers.
    Infinite,
    /// A share or a count below nothing.
    Negative,
    /// A number where a text with a number should stand.
    BareNumber,
    /// No series.
    Empty,
    /// Two series, the good one first.
    TwoSeries,
    /// A series of another service.
    OtherService,
    /// The target died an hour ago; the server still answers, stamped now.
    Stale,
    /// No sample stands behind the number.
    NoSample,
    /// The samples are of an hour that is still to come.
    Future,
    /// The server warns that a store was not reached.
    Warned,
    /// An error under a good status of HTTP.
    ErrorIn200,
    /// A page to log in, with a good status.
    LoginPage,
    /// Sent elsewhere to log in.
    Redirect,
    /// A server error.
    ServerError,
    /// Half of the document.
    Half,
    /// A good status, and no document.
    NoBody,
}

/// Both, on one port.
#[derive(Debug)]
pub struct Provider {
    /// Where they are asked.
    pub origin: String,
    mood: Arc<AtomicUsize>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    query: String,
}

// === impl Mood ===

impl Mood {
    /// Every bad one, and what a reader calls it.
    pub const HOSTILE: [(Self, &'static str); 17] = [
        (Self::NotANumber, "NaN: nothing divided by nothing"),
        (Self::Infinite, "infinite"),
        (Self::Negative, "below nothing"),
        (Self::BareNumber, "a number of another type"),
        (Self::Empty, "no series"),
        (Self::TwoSeries, "two series, the good one first"),
        (Self::OtherService, "a series of another service"),
        (Self::Stale, "the target died an hour ago"),
        (Self::NoSample, "no sample behind the number"),
        (Self::Future, "samples of the future"),
        (Self::Warned, "the server warns of a partial answer"),
        (Self::ErrorIn200, "an error with HTTP 200"),
        (Self::LoginPage, "a login page with HTTP 200"),
        (Self::Redirect, "a redirect to a login page"),
        (Self::ServerError, "HTTP 500"),
        (Self::Half, "half a document"),
        (Self::NoBody, "no document with HTTP 200"),
    ];
}

// === impl Provider ===

impl Provider {
    /// Listens on a port, and answers after `delay`.
    ///
    /// # Errors
    /// No port is free.
    pub async fn serve(delay: Duration) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let provider = Self {
            origin: format!("http://{}", listener.local_addr()?),
            mood: Arc::default(),
        };
        let answer = move |State(mood): State<Arc<AtomicUsize>>,
                           Query(asked): Query<Asked>,
                           uri: Uri| async move {
            sleep(delay).await;
            let hostile = mood.load(Ordering::SeqCst).checked_sub(1);
            let hostile = hostile.and_then(|at| Mood::HOSTILE.get(at));
            let mood = hostile.map_or(Mood::Healthy, |(mood, _)| *mood);
            reply(mood, &asked.query, uri.path())
        };
        let router = Router::new().fallback(answer);
        let router = router.with_state(Arc::clone(&provider.mood));
        let served = axum::serve(listener, router);
        tokio::spawn(async { served.await });
        Ok(provider)
    }

    /// Answers in the mood of this number of [`Mood::HOSTILE`]; `None`: in good health.
    pub fn set(&self, hostile: Option<usize>) {
        let number = hostile.map_or(0, |at| at + 1);
        self.mood.store(number, Ordering::SeqCst);
    }
}

fn reply(mood: Mood, query: &str, path: &str) -> Response {
    match mood {
        Mood::ErrorIn200 => document(&json!({
            "status": "error", "errorType": "execution", "error": "something went wrong",
        })),
        Mood::LoginPage => Html("<html><body><form>Log in</form></body></html>").into_response(),
        Mood::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/login")]).into_response(),
        Mood::ServerError => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mood::NoBody => ([(header::CONTENT_TYPE, "application/json")], "").into_response(),
        Mood::Half => {
            let text = answer(mood, query, path).to_string();
            let half: String = text.chars().take(text.len() / 2).collect();
            ([(header::CONTENT_TYPE, "application/json")], half).into_response()
        }
        Mood::Healthy
        | Mood::NotANumber
        | Mood::Infinite
        | Mood::Negative
        | Mood::BareNumber
        | Mood::Empty
        | Mood::TwoSeries
        | Mood::OtherService
        | Mood::Stale
        | Mood::NoSample
        | Mood::Future
        | Mood::Warned => document(&answer(mood, query, path)),
    }
}

fn document(body: &Value) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

fn answer(mood: Mood, query: &str, path: &str) -> Value {
    let now = SystemClock.now().timestamp();
    let seen = now + mood.off_by();
    let mut answer = if path.ends_with("/query_range") {
        let line = json!([format!("{seen}000000000"), "level=info msg=ok"]);
        let lines = json!([{"stream": labels(mood), "values": [line]}]);
        told("streams", if mood.is_blank() { json!([]) } else { lines })
    } else if query.contains("timestamp(") {
        let point = json!([{"metric": {}, "value": [now, seen.to_string()]}]);
        told("vector", if mood.is_blank() { json!([]) } else { point })
    } else {
        told("vector", numbers(mood, query, now))
    };
    if let (Mood::Warned, Some(keys)) = (mood, answer.as_object_mut()) {
        keys.insert("warnings".to_owned(), json!(["a store was not reached"]));
    }
    answer
}

impl Mood {
    /// Whether nothing is told of what a number rests on.
    fn is_blank(self) -> bool {
        matches!(self, Self::NoSample | Self::Empty)
    }

    /// Seconds between now and what it tells of.
    fn off_by(self) -> i64 {
        let signs = (self == Self::Stale, self == Self::Future);
        match signs {
            (true, _) => -DEAD,
            (_, true) => DEAD,
            (false, false) => 0,
        }
    }
}

fn told(kind: &str, result: Value) -> Value {
    json!({"status": "success", "data": {"resultType": kind, "result": result}})
}

fn labels(mood: Mood) -> Value {
    let is_other = mood == Mood::OtherService;
    let service = if is_other { "cart" } else { "checkout-api" };
    json!({"environment": "production", "service": service})
}

fn numbers(mood: Mood, query: &str, now: i64) -> Value {
    let series = |number: Value| json!({"metric": labels(mood), "value": [now, number]});
    let good = good(query);
    match mood {
        Mood::NotANumber => json!([series("NaN".into())]),
        Mood::Infinite => json!([series("+Inf".into())]),
        Mood::Negative => json!([series("-1".into())]),
        Mood::BareNumber => json!([series(0.9995.into())]),
        Mood::Empty => json!([]),
        Mood::TwoSeries => json!([series(good.into()), series("500".into())]),
        Mood::Healthy
        | Mood::OtherService
        | Mood::Stale
        | Mood::NoSample
        | Mood::Future
        | Mood::Warned
        | Mood::ErrorIn200
        | Mood::LoginPage
        | Mood::Redirect
        | Mood::ServerError
        | Mood::Half
        | Mood::NoBody => json!([series(good.into())]),
    }
}

/// A number that its limit lets pass.
fn good(query: &str) -> &'static str {
    match query {
        _ if query.contains("count_over_time") => "0",
        _ if query.contains("increase(") => "12",
        _ if query.contains("http_good_total") => "0.9995",
        _ => "0.001",
    }
}
