//! What a gate promises.

pub(crate) mod made;
mod outlook;
mod properties;
mod scenarios;
