//! The SDK for Python. It has no HTTP with JSON.

use anyhow::Result;
use passport_integration_tests::workspace;
use tokio::process::Command;

use super::Sdk;

const CLIENT: &str = "integration-tests/clients/otlp.py";
const SDK: Sdk = Sdk {
    name: "python",
    protocols: &["grpc", "http/protobuf"],
    program: || {
        let mut command = Command::new("python3");
        command.arg(workspace::root().join(CLIENT));
        Ok(command)
    },
    histograms: &[
        ("explicit", "http.server.request.duration"),
        ("exponential", "http.server.request.duration.exponential"),
    ],
};

#[tokio::test]
async fn its_counters_and_both_kinds_of_its_histograms_are_read_however_it_sends_them() -> Result<()>
{
    SDK.is_read().await
}
