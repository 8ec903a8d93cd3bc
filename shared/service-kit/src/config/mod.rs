//! The configuration file: parsed to a tree with places, checked as a whole, and typed.
//!
//! [`load`] reports everything that is wrong with a file at once, each with file, line, column,
//! path, reason and fix; [`schema()`] is the file's JSON Schema. What only a connector can judge
//! comes in through [`SourceChecks`]. Anchors, aliases, merge keys and tags of YAML are not read:
//! every value stands in one place and is what it looks like. References to secrets are checked
//! for their form and not resolved.

mod blanks;
mod checks;
mod load;
pub mod model;
mod names;
mod near;
pub mod path;
mod places;
mod report;
mod schema;
pub mod shape;
pub mod tree;

#[cfg(test)]
mod tests;

pub use checks::{Context, PersonsKey, SchemaChecks, SourceChecks};
pub use load::{Loaded, load, load_bytes};
pub use near::nearest;
pub use places::SourceAt;
pub use report::{Finding, Report};
pub use schema::schema;
