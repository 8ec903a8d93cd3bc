//! What all provider clients of a collector share.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use passport_evidence::WorkspaceId;
use passport_http_guard::{AddressPolicy, Resolve, SystemResolver};

use super::{Budget, MachineCredentials, OwnAccount};
use crate::secrets::{Secret, SecretReader, SecretRef};

/// How a collector's clients behave.
#[derive(Clone)]
pub struct HubOptions {
    /// Which addresses may be connected to.
    pub addresses: AddressPolicy,
    /// Unix sockets that sources may connect to, or folders of such.
    pub sockets: Vec<PathBuf>,
    /// To whom the account of this process itself is opened.
    pub own_account: OwnAccount,
    /// Where this machine's own credentials may be asked for; by default nowhere.
    pub machine: MachineCredentials,
    /// Who turns names into addresses.
    pub resolver: Arc<dyn Resolve>,
    /// Upper bound of one request.
    pub request_timeout: Duration,
    /// First wait before a retry; doubled, with jitter. Zero where a test replays.
    pub retry_wait: Duration,
    /// Most bytes of an answer's body.
    pub body_limit: usize,
    /// Authorities (PEM) that are trusted where a source names none; `None`: the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// The process's own key that ids of persons are made with; `None`: it has none.
    pub persons_key: Option<Secret>,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            addresses: AddressPolicy::public_only(),
            sockets: Vec::new(),
            own_account: OwnAccount::default(),
            machine: MachineCredentials::default(),
            resolver: Arc::new(SystemResolver),
            request_timeout: Duration::from_secs(10),
            retry_wait: Duration::from_millis(100),
            body_limit: 4 * 1024 * 1024,
            ca_pem: None,
            persons_key: None,
        }
    }
}

/// Budgets by workspace, origin and credential: sources that share all three share one.
type Key = (WorkspaceId, String, Vec<SecretRef>);

/// What all provider clients of a collector share.
pub struct Hub {
    pub(crate) options: HubOptions,
    pub(crate) secrets: Arc<dyn SecretReader>,
    budgets: Arc<Mutex<HashMap<Key, Arc<Budget>>>>,
}

impl Hub {
    /// A hub whose clients read secrets with this reader.
    pub fn new(options: HubOptions, secrets: Arc<dyn SecretReader>) -> Self {
        Self {
            options,
            secrets,
            budgets: Arc::default(),
        }
    }

    /// A hub in the place of this one, after the configuration was changed: what providers were
    /// asked, and what they said of their limits, still counts.
    #[must_use]
    pub fn succeeded_by(&self, options: HubOptions, secrets: Arc<dyn SecretReader>) -> Self {
        Self {
            options,
            secrets,
            budgets: Arc::clone(&self.budgets),
        }
    }

    pub(crate) fn budget(
        &self,
        workspace: &WorkspaceId,
        origin: String,
        credential: Vec<SecretRef>,
    ) -> Arc<Budget> {
        let key = (workspace.clone(), origin, credential);
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(budgets.entry(key).or_default())
    }
}
