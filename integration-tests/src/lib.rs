//! What the tests over real servers and whole deployments are made with.

pub mod alertmanager;
pub mod all_in_one;
pub mod aws;
pub mod browser;
#[allow(
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "objects that the tests write themselves, at the present moment"
)]
pub mod cluster;
pub mod configuration;
pub mod database;
pub mod docker;
pub mod drills;
pub mod exporter;
mod foreign;
pub mod golden;
pub mod http;
pub mod mail;
pub mod mesh;
pub mod moody;
pub mod native;
pub mod numbered;
pub mod otlp;
pub mod podman;
pub mod port;
pub mod program;
pub mod prometheus;
pub mod receiver;
pub mod services;
pub mod signatures;
pub mod today;
pub mod wait;
pub mod workspace;
