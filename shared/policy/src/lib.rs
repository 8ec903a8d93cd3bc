//! Pure rules over evidence and callers: grants, tokens, freshness, the decision of a gate, the
//! record of it and its attestation.
//!
//! No I/O, no clock and no source of randomness: `now` and random bytes are arguments.

pub mod attest;
pub mod freshness;
pub mod gate;
pub mod grants;
pub mod passport;
pub mod tokens;
