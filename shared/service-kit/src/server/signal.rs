//! When the process is told to end.

use std::future::pending;

use tokio::signal::unix::{SignalKind, signal as on};

/// Ready when the process gets SIGTERM or SIGINT.
pub async fn signal() {
    tokio::select! {
        () = received(SignalKind::terminate()) => {}
        () = received(SignalKind::interrupt()) => {}
    }
}

async fn received(kind: SignalKind) {
    match on(kind) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        // The signal then still ends the process, at once.
        Err(error) => {
            tracing::warn!(%error, "a signal can't be awaited; it will not wait for calls to end");
            pending().await
        }
    }
}
