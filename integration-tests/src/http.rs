//! A plain client for the tests' own requests.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A client that asks loopback without a proxy.
///
/// # Errors
/// It could not be set up.
#[allow(
    clippy::disallowed_methods,
    reason = "tests ask servers of their own on loopback"
)]
pub fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().build()?)
}

/// Asks a gateway for the evidence of a scope, without a token.
///
/// # Errors
/// No good answer.
pub async fn collect(gateway: &str, request: &Value) -> Result<Value> {
    let request = client()?
        .post(format!("{gateway}/v1/evidence/collect"))
        .json(request);
    let answer = request.send().await?;
    let status = answer.status();
    let body = answer.text().await?;
    ensure!(status.is_success(), "{status}: {body}");
    serde_json::from_str(&body).context("the answer is not JSON")
}
