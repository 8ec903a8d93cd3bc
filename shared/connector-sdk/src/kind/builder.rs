//! What a connector is built with.

mod clients;
mod command;
mod dial;
mod machine;
mod own_account;

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use passport_evidence::{Descriptor, FactName, MaxAge, Problem, Scope, SourceId};
use passport_http_guard::{ClientIdentity, Endpoint, EndpointRules, TlsOptions};
use secrecy::ExposeSecret;

pub use clients::Trust;
pub use dial::Dial;
pub use machine::Machine;

use crate::{
    provider::{Auth, Hub},
    secrets::{Secret, SecretRef},
    settings::{CommonSettings, Credential, TlsSettings},
};

/// Where a source stands.
#[derive(Debug, Clone)]
pub struct SourceContext {
    /// Its full id.
    pub id: SourceId,
}

/// Collects every problem of a source while it is built, and hands out what connectors share.
pub struct Builder<'a> {
    pub(crate) context: &'a SourceContext,
    pub(crate) hub: &'a Hub,
    pub(crate) common: CommonSettings,
    pub(crate) descriptor: &'static Descriptor,
    pub(crate) problems: Vec<Problem>,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) own_facts: BTreeSet<FactName>,
    /// Where the source sets none; `None`: the descriptor's.
    pub(crate) default_max_age: Option<MaxAge>,
    pub(crate) kept_apart: Option<&'static str>,
}

impl Builder<'_> {
    /// Reports a problem at a path below the source.
    pub fn problem(
        &mut self,
        path: impl Into<String>,
        reason: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.problems.push(Problem::new(path, reason, fix));
    }

    /// What the connector says of itself.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.descriptor
    }

    /// The scope that the source belongs to.
    pub fn scope(&self) -> &Scope {
        &self.context.id.scope
    }

    /// How long the source's evidence may be relied on.
    pub fn max_age(&self) -> Option<MaxAge> {
        match self.common.max_age {
            Some(span) => MaxAge::from_secs(span.as_secs().into()),
            None => self.default_max_age.or(self.descriptor.default_max_age()),
        }
    }

    /// Lets the source state a fact that its configuration names, beside those of its connector.
    pub fn names_fact(&mut self, name: FactName) {
        self.own_facts.insert(name);
    }

    /// Says that the secrets at this path are the source's own, for example because they let senders
    /// in: no source of another scope may have one of them.
    pub fn keeps_apart(&mut self, path: &'static str) {
        self.kept_apart = Some(path);
    }

    /// Whether the source itself says how long its evidence may be relied on.
    pub fn sets_max_age(&self) -> bool {
        self.common.max_age.is_some()
    }

    /// How long the source's evidence may be relied on where the source does not say, if its settings
    /// tell it better than its connector can.
    pub fn lasts_by_default(&mut self, max_age: MaxAge) {
        self.default_max_age = Some(max_age);
    }

    /// The secret that a reference names.
    pub fn secret(&mut self, reference: &SecretRef) -> Secret {
        let secret = Secret::new(reference.clone(), Arc::clone(&self.hub.secrets));
        self.secrets.push(secret.clone());
        secret
    }

    /// The key that ids of persons are made with: the source's own, else the process's. `None`: there is neither.
    pub fn persons_key(&mut self, own: Option<&SecretRef>) -> Option<Secret> {
        match own {
            Some(own) => Some(self.secret(own)),
            None => self.hub.options.persons_key.clone(),
        }
    }

    /// What a source with this credential shows to its provider: a token as Bearer.
    pub fn auth(&mut self, credential: Option<&Credential>) -> Auth {
        match credential {
            None => Auth::None,
            Some(Credential::Token(token)) => Auth::Bearer(self.secret(token)),
            Some(Credential::Basic(basic)) => Auth::Basic {
                username: self.secret(&basic.username),
                password: self.secret(&basic.password),
            },
        }
    }

    /// The first wait before a provider is asked again, for what is not ready at once. Zero where a test
    /// replays.
    pub fn first_wait(&self) -> Duration {
        self.hub.options.retry_wait
    }

    /// Checks an endpoint.
    pub fn endpoint(&mut self, path: &str, text: &str) -> Option<Endpoint> {
        let hub = self.hub;
        let rules = EndpointRules {
            allow_plain_http: self.common.allow_plain_http,
            addresses: &hub.options.addresses,
        };
        self.endpoint_by(path, text, rules)
    }

    fn endpoint_by(
        &mut self,
        path: &str,
        text: &str,
        rules: EndpointRules<'_>,
    ) -> Option<Endpoint> {
        match Endpoint::parse(text, rules) {
            Ok(endpoint) => Some(endpoint),
            Err(problem) => {
                self.problem(path, problem.to_string(), problem.fix());
                None
            }
        }
    }

    fn tls(&mut self) -> Option<TlsOptions> {
        let settings = self.common.tls.clone().unwrap_or_default();
        let ca = settings.ca.as_ref().map(|ca| self.pem("tls.ca", ca));
        let identity = self.identity(&settings);
        Some(TlsOptions {
            ca_pem: flatten(ca)?,
            server_name: settings.server_name,
            identity: flatten(identity)?,
            at: None,
        })
    }

    fn identity(&mut self, settings: &TlsSettings) -> Option<Option<ClientIdentity>> {
        let (certificate, key) = match (&settings.client_cert, &settings.client_key) {
            (None, None) => return None,
            (Some(certificate), Some(key)) => (certificate, key),
            (Some(_), None) | (None, Some(_)) => {
                self.problem(
                    "tls",
                    "has only one half of a client certificate",
                    "set both",
                );
                return Some(None);
            }
        };
        let certificates_pem = self.pem("tls.client_cert", certificate);
        let key = self.secret(key);
        let key_pem = key
            .read()
            .map_err(|error| self.refuse("tls.client_key", error))
            .ok();
        Some(
            certificates_pem
                .zip(key_pem)
                .map(|(certificates_pem, key)| ClientIdentity {
                    certificates_pem,
                    key_pem: key.expose_secret().as_bytes().to_vec().into(),
                }),
        )
    }

    /// Certificates are public: they are read where they lie, outside the secrets folder too.
    fn pem(&mut self, path: &str, reference: &SecretRef) -> Option<Vec<u8>> {
        let read = match reference {
            SecretRef::Env(_) => {
                let secret = self.secret(reference);
                secret
                    .read()
                    .map(|pem| pem.expose_secret().as_bytes().to_vec())
                    .ok()
            }
            SecretRef::File(file) => std::fs::read(PathBuf::from(file)).ok(),
        };
        if read.is_none() {
            self.problem(
                path,
                format!("the {reference} can't be read"),
                "name one that can",
            );
        }
        read
    }

    fn refuse(&mut self, path: &str, error: impl std::fmt::Display) {
        self.problem(
            path,
            error.to_string(),
            "see the connector's README for what is wanted",
        );
    }
}

/// `None` (not wanted) is fine; `Some(None)` (wanted, and refused) is not.
fn flatten<T>(wanted: Option<Option<T>>) -> Option<Option<T>> {
    match wanted {
        None => Some(None),
        Some(None) => None,
        Some(found) => Some(found),
    }
}

#[cfg(test)]
mod tests;
