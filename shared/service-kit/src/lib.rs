//! What every service is run with: configuration, telemetry, health, deadlines, drain, clients.

pub mod access;
pub mod client;
pub mod clock;
pub mod collector;
pub mod config;
pub mod deadline;
pub mod limits;
pub mod listen;
pub mod own_secret;
mod panics;
pub mod problem;
pub mod process;
mod reach;
pub mod server;
pub mod status;
pub mod telemetry;
pub mod tls;
