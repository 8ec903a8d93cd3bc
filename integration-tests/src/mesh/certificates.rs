//! What callers of a mesh show, and whom they trust.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use reqwest::{Certificate, Identity};
use serde_json::Value;
use tonic::transport::{self, Channel, ClientTlsConfig, Endpoint};

use super::{Mesh, TOKEN};

/// A certificate and its key, in PEM.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

// === impl Shown ===

impl Shown {
    /// What lies in the folder of a service.
    ///
    /// # Errors
    /// It can't be read.
    pub fn of(folder: &Path) -> Result<Self> {
        Ok(Self {
            certificate: fs::read_to_string(folder.join("tls.crt"))?,
            key: fs::read_to_string(folder.join("tls.key"))?,
        })
    }
}

// === impl Mesh ===

impl Mesh {
    /// What a service shows.
    ///
    /// # Errors
    /// It can't be read.
    pub fn shown(&self, service: &str) -> Result<Shown> {
        Shown::of(&self.certificates().join(service))
    }

    fn authority(&self) -> Result<Vec<u8>> {
        fs::read(self.certificates().join("ca.crt")).context("no authority")
    }

    /// A connection to where a service answers, made with the first call. Whoever shows nothing is
    /// known by nothing.
    ///
    /// # Errors
    /// A certificate can't be used.
    pub fn channel(&self, url: String, shown: Option<&Shown>) -> Result<Channel> {
        let authority = transport::Certificate::from_pem(self.authority()?);
        let tls = ClientTlsConfig::new()
            .ca_certificate(authority)
            .domain_name("localhost");
        let tls = match shown {
            Some(it) => tls.identity(transport::Identity::from_pem(&it.certificate, &it.key)),
            None => tls,
        };
        Ok(Endpoint::from_shared(url)?.tls_config(tls)?.connect_lazy())
    }

    /// A client that trusts the authority of the mesh and no other.
    ///
    /// # Errors
    /// A certificate can't be used.
    #[allow(
        clippy::disallowed_methods,
        reason = "tests ask servers of their own on loopback"
    )]
    pub fn client(&self, shown: Option<&Shown>) -> Result<reqwest::Client> {
        let authority = Certificate::from_pem(&self.authority()?)?;
        let client = reqwest::Client::builder().no_proxy();
        let client = client.tls_certs_only([authority]);
        let client = match shown {
            Some(it) => {
                let pem = format!("{}{}", it.certificate, it.key);
                client.identity(Identity::from_pem(pem.as_bytes())?)
            }
            None => client,
        };
        Ok(client.build()?)
    }

    /// Asks the gateway, with the token, for the evidence of a scope.
    ///
    /// # Errors
    /// No good answer.
    pub async fn collect(&self, request: &Value) -> Result<Value> {
        let url = format!("{}/v1/evidence/collect", self.url());
        let asked = self.client(None)?.post(url).bearer_auth(TOKEN);
        let answer = asked.json(request).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }
}
