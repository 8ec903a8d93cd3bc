pub mod bench;
mod changes;
mod mapping;
mod properties;
mod structure;
mod walks;
