//! Callers that can send no header.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Name, Sha256Hex};

/// A caller that shows its token in the path, known by its hash.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// Names the hook in audit records; the id of no other caller.
    pub id: Name,
    /// What the presented token is compared with; `passport token hook` makes both.
    pub sha256: Sha256Hex,
    /// The one scope whose gate it may evaluate.
    pub scope: HookScope,
    /// When it ends, as RFC 3339, for example `2027-01-01T00:00:00Z`. Without it, it does not end.
    #[serde(default)]
    #[schemars(with = "DateTime<Utc>")]
    pub expires: Option<DateTime<Utc>>,
    /// Where in what the caller sends the release is named.
    #[serde(default)]
    pub release: ReleaseKeys,
    /// The least decision that stops the caller whatever the policy's mode. Without it, what the policy
    /// enforces stops it, and nothing else.
    #[serde(default)]
    #[schemars(with = "FailOn")]
    pub fail_on: Option<FailOn>,
}

/// One service in one environment; there is no wildcard.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HookScope {
    /// Its workspace.
    pub workspace: Name,
    /// The service that is released.
    pub service: Name,
    /// Where it is released to.
    pub environment: Name,
}

/// Keys of the metadata that a caller sends, by what they say of the release. A key that is not sent
/// says nothing, and a policy that binds it holds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReleaseKeys {
    /// Of the source revision, a full commit id.
    #[schemars(length(min = 1))]
    pub revision: String,
    /// Of the digest of the artifact, such as `sha256:…`.
    #[schemars(length(min = 1))]
    pub artifact_digest: String,
    /// Of the release id or version.
    #[schemars(length(min = 1))]
    pub version: String,
}

/// From which decision on a caller is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailOn {
    /// Whatever lets no release go.
    Hold,
    /// Only what says no.
    Block,
}

// === impl ReleaseKeys ===

impl Default for ReleaseKeys {
    fn default() -> Self {
        Self {
            revision: "revision".to_owned(),
            artifact_digest: "artifactDigest".to_owned(),
            version: "release".to_owned(),
        }
    }
}
