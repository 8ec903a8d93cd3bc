//! What a pod has of its cluster: the folder that the kubelet mounts, and the variables that name the API server.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use passport_connector_sdk::{
    Hub, HubOptions,
    provider::{AddressPolicy, OwnAccount, Platform},
};

use crate::env::Env;

/// The workspace that sources under test are of ([`crate::connector::built`]).
pub const WORKSPACE: &str = "workspace-acme-prod";

/// What the kubelet mounts: a folder with links, of which one is changed when the token is.
pub struct Mounted(PathBuf);

impl Mounted {
    /// In an empty folder, with this token and these authorities (PEM).
    ///
    /// # Errors
    /// The folder can't be written.
    pub fn with(folder: &Path, token: &str, authorities: &str) -> io::Result<Self> {
        let mounted = Self(folder.to_owned());
        mounted.rotate("..1", token, authorities)?;
        for file in ["token", "ca.crt"] {
            symlink(format!("..data/{file}"), mounted.folder().join(file))?;
        }
        Ok(mounted)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Puts others in the place of token and authorities, as the kubelet does.
    ///
    /// # Errors
    /// The folder can't be written, or has this version already.
    pub fn rotate(&self, version: &str, token: &str, authorities: &str) -> io::Result<()> {
        let folder = self.folder().join(version);
        fs::create_dir(&folder)?;
        fs::write(folder.join("token"), token)?;
        fs::write(folder.join("ca.crt"), authorities)?;
        let link = self.folder().join("..new");
        symlink(version, &link)?;
        fs::rename(link, self.folder().join("..data"))
    }
}

/// The variables that name the API server to each pod, by the names that its platform has for them.
pub fn env(platform: &Platform, host: &str, port: &str) -> Env {
    Env::from_iter([(platform.host, host), (platform.port, port)])
}

/// What a source is built with in a pod whose account is opened to these workspaces.
pub fn hub(env: Env, workspaces: &[&str], folder: &Path) -> Hub {
    let workspaces = workspaces.iter().filter_map(|it| it.parse().ok());
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        own_account: OwnAccount {
            workspaces: workspaces.collect(),
            folder: Some(folder.to_owned()),
        },
        retry_wait: Duration::ZERO,
        ..HubOptions::default()
    };
    Hub::new(options, Arc::new(env))
}
