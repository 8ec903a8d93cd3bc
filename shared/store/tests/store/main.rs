//! What the store promises, on both databases.

#[cfg(test)]
#[macro_use]
mod databases;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod trust;
