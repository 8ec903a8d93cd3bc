//! What the tests over real servers and whole deployments are made with.

pub mod exporter;
pub mod golden;
pub mod prometheus;
pub mod wait;
pub mod workspace;
