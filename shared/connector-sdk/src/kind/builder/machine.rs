//! A machine's own credentials, where the operator opened them.

use std::{net::IpAddr, path::Path, sync::Arc};

use passport_http_guard::{AddressPolicy, EndpointRules, TlsOptions};
use secrecy::SecretString;

use super::Builder;
use crate::{
    provider::{Auth, Endpoint, ProviderClient},
    secrets::{ProcessSecrets, SecretError, SecretReader, SecretRef},
};

/// Where a machine's own credentials are asked for. Each client reaches its one address and no other.
#[derive(Clone)]
pub struct Machine {
    /// A container's or a pod's agent; `None`: it is not opened.
    pub container: Option<ProviderClient>,
    /// A virtual machine's metadata service; `None`: it is not opened.
    pub instance: Option<ProviderClient>,
    /// Whether the token that the surroundings hand to a workload may be used.
    pub web_identity: bool,
    environment: Arc<dyn SecretReader>,
}

// === impl Builder: machines ===

impl Builder<'_> {
    /// Where this machine's own credentials are asked for; or a problem at `path`, where the operator opened
    /// them not at all, or not for the source's workspace.
    pub fn machine(&mut self, path: &str) -> Option<Machine> {
        let opened = self.hub.options.machine.clone();
        let is_open =
            opened.container.is_some() || opened.instance.is_some() || opened.web_identity;
        if !is_open || !opened.workspaces.contains(&self.scope().workspace) {
            let reason = "is this machine's own credential, which the operator has not opened for the workspace";
            let fix = "let the operator name its address and the workspace under \
                       `addresses.machine_credentials`, or name another credential";
            self.problem(path, reason, fix);
            return None;
        }
        let mut client = |origin: Option<String>| match origin {
            None => Some(None),
            Some(origin) => self.machine_client(path, &origin).map(Some),
        };
        let (container, instance) = (client(opened.container), client(opened.instance));
        Some(Machine {
            container: container?,
            instance: instance?,
            web_identity: opened.web_identity,
            environment: Arc::clone(&self.hub.secrets),
        })
    }

    fn machine_client(&mut self, path: &str, origin: &str) -> Option<ProviderClient> {
        let addresses = only(origin).unwrap_or_else(|| self.hub.options.addresses.clone());
        let rules = EndpointRules {
            allow_plain_http: true,
            addresses: &addresses,
        };
        // This machine's own address is as good where the operator allows it; any other is none.
        let endpoint = Endpoint::parse(origin, rules).ok();
        let is_own = |it: &Endpoint| only(origin).is_some() || it.is_local();
        let Some(endpoint) = endpoint.filter(is_own) else {
            let reason = "is opened at an address that hands out no machine's credentials";
            let fix = "let the operator write http://169.254.170.2, http://169.254.170.23 or \
                       http://169.254.169.254";
            self.problem(path, reason, fix);
            return None;
        };
        self.client_with(endpoint, Auth::None, addresses, TlsOptions::default())
    }
}

/// The exception for an origin whose host is one of the addresses that hand out credentials.
fn only(origin: &str) -> Option<AddressPolicy> {
    let host = origin.strip_prefix("http://")?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    AddressPolicy::only_of_machine(host.parse::<IpAddr>().ok()?)
}

// === impl Machine ===

impl Machine {
    /// A variable of this process, by which its surroundings say where and how to ask; `None`: it is not set.
    pub fn variable(&self, name: &str) -> Option<SecretString> {
        let reference = SecretRef::Env(name.to_owned());
        self.environment.read(&reference).ok()
    }

    /// A file that such a variable names. It lies where the surroundings put it, outside the secrets folder.
    ///
    /// # Errors
    /// It can't be read, or holds nothing.
    pub fn file(&self, path: &Path) -> Result<SecretString, SecretError> {
        let reference = SecretRef::File(path.to_owned());
        ProcessSecrets::default().read(&reference)
    }
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Machine")
            .field("container", &self.container)
            .field("instance", &self.instance)
            .field("web_identity", &self.web_identity)
            .finish_non_exhaustive()
    }
}
