//! What a gate promises.

pub(crate) mod made;
mod persons;
mod properties;
mod scenarios;
