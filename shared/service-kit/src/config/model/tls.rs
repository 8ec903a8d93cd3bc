//! Certificates that a process shows and trusts.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// The certificate that a process shows, and whose certificates it admits. All files are PEM and
/// read anew when they change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Absolute path of the certificate and those between it and its authority.
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub certificate: PathBuf,
    /// Absolute path of the certificate's private key, which only its owner and its group may read
    /// and only its owner may write.
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub key: PathBuf,
    /// Absolute path of the authorities whose certificates callers may show. Without it none is
    /// asked for.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub client_ca: Option<PathBuf>,
}
