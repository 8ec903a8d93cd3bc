//! What a connector is built with.

use std::{path::PathBuf, sync::Arc};

use passport_evidence::{Descriptor, MaxAge, Problem, Scope, SourceId};
use passport_http_guard::{
    ClientIdentity, ClientOptions, Endpoint, EndpointRules, GuardedClient, TlsOptions,
};
use secrecy::ExposeSecret;

use super::AnsweringClient;
use crate::{
    provider::{Auth, Hub, ProviderClient},
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
            None => self.descriptor.default_max_age(),
        }
    }

    /// The secret that a reference names.
    pub fn secret(&mut self, reference: &SecretRef) -> Secret {
        let secret = Secret::new(reference.clone(), Arc::clone(&self.hub.secrets));
        self.secrets.push(secret.clone());
        secret
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

    /// A client for an endpoint, or problems at `endpoint` and below `tls`.
    pub fn client(&mut self, endpoint: &str, auth: Auth) -> Option<ProviderClient> {
        let endpoint = self.endpoint("endpoint", endpoint)?;
        let tls = self.tls()?;
        let origin = endpoint.origin();
        let shows_certificate = tls.identity.is_some();
        let options = &self.hub.options;
        let guarded = GuardedClient::new(
            endpoint,
            ClientOptions {
                request_timeout: options.request_timeout,
                body_limit: options.body_limit,
                addresses: options.addresses.clone(),
                resolver: Arc::clone(&options.resolver),
                tls,
                ..ClientOptions::default()
            },
        );
        let guarded = guarded.map_err(|error| self.refuse("tls", error)).ok()?;
        let credential = auth
            .secrets()
            .iter()
            .map(|it| it.reference().clone())
            .collect();
        Some(ProviderClient {
            guarded: Arc::new(guarded),
            budget: self
                .hub
                .budget(&self.context.id.scope.workspace, origin, credential),
            auth,
            shows_certificate,
            retry_wait: options.retry_wait,
            connector: self.descriptor.id,
            source: self.context.id.clone(),
            known: None,
            own: None,
        })
    }

    /// A client that sends answers, with a credential that serves for nothing else; or problems.
    pub fn answering_client(&mut self, endpoint: &str, auth: Auth) -> Option<AnsweringClient> {
        self.client(endpoint, auth).map(AnsweringClient::new)
    }

    /// Checks an endpoint.
    pub fn endpoint(&mut self, path: &str, text: &str) -> Option<Endpoint> {
        let rules = EndpointRules {
            allow_plain_http: self.common.allow_plain_http,
            addresses: &self.hub.options.addresses,
        };
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
