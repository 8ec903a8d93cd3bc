//! Waiting for something to become true, without guessing how long it takes.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::{sleep, timeout};

/// How long a test waits for a real server before it fails. Generous: reached only by a fault.
pub const PATIENCE: Duration = Duration::from_secs(60);

const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Looks again and again until `look` finds something.
///
/// # Errors
/// What `look` fails with, or that nothing was found within [`PATIENCE`].
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let looking = async {
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            sleep(BETWEEN_LOOKS).await;
        }
    };
    timeout(PATIENCE, looking)
        .await
        .with_context(|| format!("gave up waiting until {what}"))?
}
