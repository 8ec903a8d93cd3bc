//! What every service is run with: configuration, telemetry, health, deadlines, drain, clients.

pub mod config;
