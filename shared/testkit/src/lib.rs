//! Scriptable provider, conformance suite, and replay of cases.

pub mod case;
pub mod provider;
