//! What a gate promises.

pub(crate) mod made;
mod outlook;
mod persons;
mod properties;
mod recorded;
mod scenarios;
