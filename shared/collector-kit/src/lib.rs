//! How a category of connectors becomes a running collector: by itself, or in one process with
//! others. Either way the same sources are built from the same file and kept in the same store.

mod admission;
mod category;
mod checks;
mod collector;
mod lineage;
mod operate;
mod own_host;
mod persons;
mod program;
mod refused;
mod senders;
mod storage;
mod token;

pub use category::{Category, Protocol};
pub use checks::{checks, hub, secrets};
pub use collector::Collector;
pub use lineage::Lineage;
pub use persons::Process;
pub use program::main;
