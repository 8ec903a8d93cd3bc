pub mod bench;
mod changes;
pub mod mapping;
mod properties;
mod structure;
mod walks;
