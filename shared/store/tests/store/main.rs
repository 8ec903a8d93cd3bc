//! What the store promises, on both databases.

#[cfg(test)]
#[macro_use]
mod databases;
#[cfg(test)]
mod cutting;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod entries;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod seals;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod trust;
