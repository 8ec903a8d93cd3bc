//! The incidents collector as a program of its own.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    passport_collector_kit::main(env!("CARGO_BIN_NAME"), passport_incidents::category()).await
}
