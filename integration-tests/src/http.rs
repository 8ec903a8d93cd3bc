//! A plain client for the tests' own requests.

use anyhow::Result;

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
