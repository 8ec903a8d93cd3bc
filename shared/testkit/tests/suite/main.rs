//! The testkit and the connector SDK, tried together with a connector of the tests' own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "all of this is test code"
)]

mod actors;
mod conformance;
mod probe;
mod provider_client;
mod replay;
