//! Keys that stand in every source.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Span, TlsSettings};

/// Keys that mean the same in every source; a connector's own settings are the rest.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct CommonSettings {
    /// How long the source's evidence may be relied on. Default: the connector's own.
    pub max_age: Option<Span>,
    /// Whom to trust and as whom to appear. For sources that connect to a provider.
    pub tls: Option<TlsSettings>,
    /// Allows plain http to a host that is not this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// Makes the source fail with TOO_BROAD when its credential is known to be too broad.
    #[serde(default)]
    pub require_narrow_credential: bool,
}

impl CommonSettings {
    /// The keys, less those that only mean something where a provider is connected to.
    const EVERYWHERE: [&str; 2] = ["max_age", "require_narrow_credential"];
    /// Keys for sources that connect to a provider.
    const OF_PULL: [&str; 2] = ["tls", "allow_plain_http"];

    /// Names of the keys.
    pub fn keys(connects: bool) -> impl Iterator<Item = &'static str> {
        let of_pull = Self::OF_PULL.into_iter().filter(move |_| connects);
        Self::EVERYWHERE.into_iter().chain(of_pull)
    }
}
