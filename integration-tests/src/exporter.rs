//! A service that Prometheus can scrape, whose traffic a test decides.

mod series;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::{Router, routing};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use self::series::Series;
pub use self::series::Traffic;
use crate::wait::PATIENCE;

/// Serves `http_requests_total{environment,service,code}` and the histogram
/// `http_request_duration_seconds{environment,service}` on loopback, at `/metrics`.
#[derive(Debug)]
pub struct Exporter {
    address: SocketAddr,
    shown: Arc<Shown>,
    server: Option<Server>,
}

/// The series, and how often they were read.
#[derive(Debug)]
struct Shown {
    series: Mutex<Series>,
    scrapes: watch::Sender<u64>,
}

#[derive(Debug)]
struct Server {
    stop: oneshot::Sender<()>,
    done: JoinHandle<io::Result<()>>,
}

// === impl Exporter ===

impl Exporter {
    /// Starts on a free port, with all counters at zero.
    ///
    /// # Errors
    /// No port could be opened.
    pub async fn start(service: &str, environment: &str) -> Result<Self> {
        let series = Mutex::new(Series::new(service, environment));
        let shown = Arc::new(Shown {
            series,
            scrapes: watch::Sender::new(0),
        });
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut exporter = Self {
            address,
            shown,
            server: None,
        };
        exporter.up().await?;
        Ok(exporter)
    }

    /// Where it listens: the same before and after [`down`](Self::down).
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Counts this traffic; a scrape sees all of it or none.
    ///
    /// If every call of a test adds the same mix, every counter grows in proportion to every
    /// other, so that a ratio of rates is exact whatever window they are taken over.
    pub fn advance(&self, traffic: &Traffic) {
        self.shown.series().add(traffic);
    }

    /// Waits until the one server that scrapes it has stored what it shows now.
    ///
    /// # Errors
    /// Nobody scrapes it.
    pub async fn stored(&self) -> Result<()> {
        let mut scrapes = self.shown.scrapes.subscribe();
        let before = *scrapes.borrow_and_update();
        // A scrape starts after the one before it was stored.
        let stored = scrapes.wait_for(|now| *now >= before + 2);
        timeout(PATIENCE, stored)
            .await
            .context("nobody scrapes the exporter")??;
        Ok(())
    }

    /// Stops listening and closes every connection. What was counted is kept.
    ///
    /// # Errors
    /// The server had failed.
    pub async fn down(&mut self) -> Result<()> {
        if let Some(Server { stop, done }) = self.server.take() {
            let _ = stop.send(());
            done.await??;
        }
        Ok(())
    }

    /// Listens again, on the port it had.
    ///
    /// # Errors
    /// The port could not be opened.
    pub async fn up(&mut self) -> Result<()> {
        self.down().await?;
        let listener = TcpListener::bind(self.address)
            .await
            .context("opening a port")?;
        self.address = listener.local_addr()?;
        self.server = Some(Server::start(listener, Arc::clone(&self.shown)));
        Ok(())
    }
}

// === impl Server ===

impl Server {
    fn start(listener: TcpListener, shown: Arc<Shown>) -> Self {
        let routes = Router::new()
            .route("/metrics", routing::get(scrape))
            .with_state(shown);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, routes).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        Self {
            stop,
            done: tokio::spawn(async { server.await }),
        }
    }
}

async fn scrape(State(shown): State<Arc<Shown>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], shown.read())
}

// === impl Shown ===

impl Shown {
    fn series(&self) -> MutexGuard<'_, Series> {
        self.series.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One scrape: counted together with what it sees.
    fn read(&self) -> String {
        let series = self.series();
        self.scrapes.send_modify(|count| *count += 1);
        series.text()
    }
}
