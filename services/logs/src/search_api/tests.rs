pub mod bench;
mod changes;
mod properties;
mod structure;
mod walks;
