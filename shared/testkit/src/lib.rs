//! Scriptable provider, conformance suite, and replay of cases.

pub mod capture;
pub mod case;
pub mod change;
pub mod changes;
pub mod clock;
mod config;
pub mod conformance;
pub mod connector;
pub mod detect;
pub mod env;
pub mod mail;
pub mod people;
pub mod pod;
pub mod provider;
pub mod replay;
pub mod report;
pub mod scenario;
