//! Clients that ask with the account that the platform gives to this process.

use std::{
    net::{IpAddr, Ipv6Addr},
    path::Path,
    sync::Arc,
};

use passport_http_guard::{AddressPolicy, Endpoint, EndpointRules, TlsOptions};
use secrecy::ExposeSecret;

use super::Builder;
use crate::{
    provider::{Auth, Platform, ProviderClient},
    secrets::{ProcessSecrets, Secret, SecretRef},
};

impl Builder<'_> {
    /// A client for the API of the platform that this process runs on, with the account that the platform
    /// gives it; or problems at the platform's key. It is an exception that the operator makes by name,
    /// for each workspace: the token lies outside the secrets folder, and the API has a private address.
    ///
    /// Only that one address is allowed beyond the operator's, and of it no kind that never is. The token
    /// is read anew at each use; the authorities when the configuration is loaded.
    pub fn platform_client(&mut self, platform: &Platform) -> Option<ProviderClient> {
        let opened = self.hub.options.own_account.clone();
        if !opened.workspaces.contains(&self.scope().workspace) {
            let reason = "is the account of the collector itself, which the operator has not opened for \
                          this workspace";
            let fix = "let the operator name the workspace under `addresses.in_cluster.workspaces`, or \
                       name an endpoint and a credential";
            self.problem(platform.key, reason, fix);
            return None;
        }
        if self.common.tls.is_some() {
            let reason = "has authorities of its own, and shows no certificate";
            self.problem(platform.key, reason, "leave `tls` out");
            return None;
        }
        let folder = opened.folder.unwrap_or_else(|| platform.folder.into());
        let found = self.platform_endpoint(platform);
        let ca_pem = self.platform_ca(platform, &folder);
        let (endpoint, addresses) = found?;
        let tls = TlsOptions {
            ca_pem: Some(ca_pem?),
            ..TlsOptions::default()
        };
        let token = self.mounted_secret(platform.token, &folder);
        self.client_with(endpoint, Auth::Bearer(token), addresses, tls)
    }

    fn platform_endpoint(&mut self, platform: &Platform) -> Option<(Endpoint, AddressPolicy)> {
        let [host, port] = [platform.host, platform.port].map(|it| self.variable(it));
        let host = host.filter(|it| names_host(it));
        let port = port.and_then(|it| it.parse::<u16>().ok());
        let (Some(host), Some(port)) = (host, port) else {
            let reason = format!(
                "needs a process that the platform itself runs: {} or {} is not set as it should be",
                platform.host, platform.port
            );
            let fix = "name an endpoint and a credential, where it runs elsewhere";
            self.problem(platform.key, reason, fix);
            return None;
        };
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => AddressPolicy::allowing([address.into()]),
            // A name may be anybody's address: there the operator's own rule stands.
            Err(_) => self.hub.options.addresses.clone(),
        };
        let host = match host.parse::<Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => host,
        };
        let rules = EndpointRules {
            allow_plain_http: false,
            addresses: &addresses,
        };
        let endpoint = self.endpoint_by(platform.key, &format!("https://{host}:{port}"), rules)?;
        Some((endpoint, addresses))
    }

    fn platform_ca(&mut self, platform: &Platform, folder: &Path) -> Option<Vec<u8>> {
        let file = folder.join(platform.ca);
        let pem = std::fs::read(&file).ok();
        if pem.is_none() {
            let fix = "mount the platform's account, or say where it is mounted under \
                       `addresses.in_cluster.folder`";
            let reason = format!("has no authorities: the file {} can't be read", platform.ca);
            self.problem(platform.key, reason, fix);
        }
        pem
    }

    fn variable(&self, name: &str) -> Option<String> {
        let read = self.hub.secrets.read(&SecretRef::Env(name.to_owned()));
        read.ok().map(|it| it.expose_secret().to_owned())
    }

    /// A secret in a folder of its own, out of which no link leads.
    fn mounted_secret(&mut self, file: &str, folder: &Path) -> Secret {
        let reader = ProcessSecrets {
            folder: Some(folder.to_owned()),
            ..ProcessSecrets::default()
        };
        let reference = SecretRef::File(folder.join(file));
        let secret = Secret::new(reference, Arc::new(reader));
        self.secrets.push(secret.clone());
        secret
    }
}

/// An address, or a name: nothing that would make more of a URL.
fn names_host(host: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.');
    host.parse::<IpAddr>().is_ok() || (!host.is_empty() && host.chars().all(inner))
}
