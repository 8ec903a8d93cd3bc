//! What a gate promises.

pub(crate) mod made;
mod properties;
mod scenarios;
