//! Scriptable provider, conformance suite, and replay of cases.
