//! What connectors of AWS share: which keys they ask with, signed requests, who a credential is, and what
//! a refusal means.
//!
//! **Why not the AWS SDK.** Its clients bring an HTTP stack, retries, a credential chain and an endpoint
//! resolver of their own. All four are done once for every connector in the provider client: addresses,
//! budget, breaker, limits, no redirects. To take them out again would leave generated code for hundreds
//! of operations, of which some ten are read, and a chain that may find a broader role than the source
//! names. What is hard to get right is the signature, and that is the SDK's own (`aws-sigv4`, nine small
//! crates). The rest is a POST of JSON and structs of the fields that are read. So a request to AWS goes
//! out like any other: through the provider client.

mod account;
mod client;
mod credential;
mod identity;
mod kept;
mod keys;
mod machine;
mod moment;
mod refusal;
mod region;
mod role;
mod sign;
mod sts;
mod xml;

pub use account::is_account;
pub use client::{Answer, Api, Asking, Service};
pub use credential::{Credential, CredentialSettings, WebIdentitySettings};
pub use identity::{Caller, Identity};
pub use keys::Keys;
pub use moment::Moment;
pub use region::{endpoint, is_region};
pub use role::AssumeRoleSettings;
pub use sign::{Signature, Unsigned};
pub use sts::Sts;

#[cfg(test)]
mod tests;
