//! What connectors of AWS share: which keys they ask with, calls of the AWS SDK, who a credential is, and what a
//! refusal means.
//!
//! **What the SDK does.** Operations and their wire form, signatures, the words of refusals, and repeating what is
//! throttled. **What it does not do**, and how that is kept from it:
//!
//! - *Reach a network.* It has no HTTP client of its own here (no `default-https-client`, no TLS feature). Its requests
//!   go out through the provider client, as any other's: addresses, budget, breaker, limits, deadline, no redirects
//!   ([`Call`]).
//! - *Find a credential.* Clients are given the keys that the source names, for one call. `aws-config` and its chain are
//!   not linked: what a source does not name is never tried, no variables of the usual names, no file of a person's
//!   home, no role of the machine. Its providers for containers and virtual machines read this process's environment
//!   and files themselves, hold an address that the operator has not opened, and lengthen the life of keys that have
//!   ended; so a machine's own keys are asked for here.
//! - *Judge.* A service's answer is read by structs of the fields that are wanted, and who a credential is by its texts:
//!   the SDK's output tells an absent count as 0, drops what it does not know, and takes the last of two accounts. Only
//!   the keys of a role are taken from the output.
//! - *Tell the time.* Signatures bear the collection's own moment, and waits end with its deadline.
//! - *Log.* It logs what it signs; nobody listens while it works.
//!
//! Two things stay beside it. Signatures of requests that are no operation of a service, such as a search of a domain of
//! OpenSearch ([`Unsigned`]). And JSON calls of CloudWatch ([`JsonApi`]), with which the SDK speaks CBOR.

mod account;
mod call;
mod client;
mod credential;
mod exchange;
mod identity;
mod json;
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
pub use call::Call;
pub use client::{Answer, Api, Asking};
pub use credential::{Credential, CredentialSettings, WebIdentitySettings};
pub use identity::{Caller, Identity};
pub use json::{JsonApi, JsonService};
pub use keys::Keys;
pub use moment::Moment;
pub use region::{endpoint, is_region};
pub use role::AssumeRoleSettings;
pub use sign::{Signature, Unsigned};
pub use sts::Sts;

#[cfg(test)]
mod tests;
