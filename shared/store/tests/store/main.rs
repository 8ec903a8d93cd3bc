//! What the store promises, on both databases.

#[macro_use]
mod databases;
mod deliveries;
mod trust;
