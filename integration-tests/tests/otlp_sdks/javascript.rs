//! The SDK for JavaScript.

use anyhow::{Result, ensure};
use passport_integration_tests::workspace;
use tokio::process::Command;

use super::Sdk;

const CLIENT: &str = "integration-tests/clients/javascript/client.cjs";
const MODULES: &str = "integration-tests/clients/javascript/node_modules";
const SDK: Sdk = Sdk {
    name: "javascript",
    protocols: &["grpc", "http/protobuf", "http/json"],
    program: || {
        let folder = workspace::root();
        let modules = folder.join(MODULES);
        let there = modules.is_dir();
        ensure!(there, "the SDK is not there: test.sh installs it");
        let mut command = Command::new("node");
        command.arg(folder.join(CLIENT)).env("NODE_PATH", modules);
        Ok(command)
    },
    histograms: &[("p95_latency", "http.server.request.duration")],
};

#[tokio::test]
async fn its_counters_and_its_exponential_histogram_are_read_however_it_sends_them() -> Result<()> {
    SDK.is_read().await
}
