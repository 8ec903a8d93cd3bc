//! What a gate promises.

mod made;
mod properties;
mod scenarios;
