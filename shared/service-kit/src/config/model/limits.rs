//! How much a port takes.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Deserialize;

/// How much callers may ask of a port. What is more is refused at once, with the time after which
/// to ask again. Health, readiness, metrics and reflection are never refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Calls that are answered at the same time, 1 to 100,000; a stream counts until its end.
    /// Without it, 1,024.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub in_flight: Option<NonZeroU32>,
    /// Calls of one caller, by the name of its token or client; where callers show nothing, by
    /// their address. Without it, 1,000 in a second and 2,000 together for a gateway, and no such
    /// limit for a collector.
    #[serde(default)]
    #[schemars(with = "Rate")]
    pub per_caller: Option<Rate>,
    /// Requests of one address that show no credential, or one that is refused, where a credential
    /// is asked for. Behind a proxy all have its address: then this is the limit of all of them
    /// together. Who shows a good credential is never counted here. Without it, 20 in a second and
    /// 200 together.
    #[serde(default)]
    #[schemars(with = "Rate")]
    pub unverified: Option<Rate>,
    /// Connections that are open at the same time, 1 to 100,000; a further one is closed at once.
    /// Each needs a file descriptor. Without it, 1,000.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub connections: Option<NonZeroU32>,
    /// Watches of gates that a gateway holds open at the same time, 1 to 100,000; each is a call in
    /// flight too, and asks the sources of its scope every 2 to 30 seconds. Without it, 256. A
    /// collector has none.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub watches: Option<NonZeroU32>,
}

/// A bucket of calls: each takes one out, and time puts them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Calls that are put back in a second, 1 to 100,000.
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub per_second: NonZeroU32,
    /// Calls that a full bucket holds, and so may come together, 1 to 100,000.
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub burst: NonZeroU32,
}
