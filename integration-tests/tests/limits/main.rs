//! The limits of running programs: what is too much is refused and never answered wrongly, and a
//! caller who hangs up costs a provider nothing more.

mod cancellation;
mod connections;
mod overload;
mod provider;
mod rates;
