//! What a process shows on its port, and whom it knows by a certificate.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Grant, Name, PeerIdentity, Person};

/// Files of a port that speaks TLS, each by its absolute path. They are read anew when they change;
/// what can't be used then is refused, and what was read before stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those between it and its authority, in PEM, the process's own first.
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub certificate: PathBuf,
    /// The key of the certificate, in PEM. Refused where others may read it, or the group or others
    /// may write it.
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub key: PathBuf,
    /// The authorities that sign callers' certificates, in PEM. Callers of a gateway may show a
    /// certificate then, callers of a collector must. Without it nobody is asked for one.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub client_ca: Option<PathBuf>,
    /// Which certificates their authorities have withdrawn: revocation lists (CRLs) in PEM. With it,
    /// every authority that signed anything of a caller's chain has to have a list there, or the caller
    /// is refused; a list that is overdue still counts.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub client_crl: Option<PathBuf>,
}

impl Tls {
    /// Files that have to be read anew when one of them changes.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> + use<> {
        let all = [
            Some(&self.certificate),
            Some(&self.key),
            self.client_ca.as_ref(),
            self.client_crl.as_ref(),
        ];
        all.map(|file| file.cloned()).into_iter().flatten()
    }
}

/// A caller that is known by its certificate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Names the caller in audit records; no other caller has the same.
    pub id: Name,
    /// What its certificate says of it.
    pub identity: PeerIdentity,
    /// The person whose certificate it is. Without it, it stands for no person, and can't be granted
    /// `waive` or `approve`. Only for callers of the gateway.
    #[serde(default)]
    #[schemars(with = "Person")]
    pub person: Option<Person>,
    /// What it may do, at least one grant.
    #[schemars(length(min = 1))]
    pub grants: Vec<Grant>,
}
