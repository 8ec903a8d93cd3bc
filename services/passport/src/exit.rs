//! How a command ends.

pub use passport_service_kit::process::{Exit, Fault, tell};
