//! Authorities and what they issue.

use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, SanType, date_time_ymd,
};
use rustls::pki_types::CertificateDer;

/// A private authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub struct Issued {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

// === impl Authority ===

impl Authority {
    /// An authority of a name that no other has: one of the same name would be taken for it, and
    /// what it signed for forged.
    pub fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let mut params = CertificateParams::default();
        let name = format!("authority {}", MADE.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn der(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// For identities as a configuration writes them.
    pub fn issue(&self, identities: &[&str]) -> Issued {
        self.sign(params(identities))
    }

    pub fn issue_expired(&self, identities: &[&str]) -> Issued {
        let mut params = params(identities);
        params.not_after = date_time_ymd(2020, 1, 1);
        self.sign(params)
    }

    pub fn issue_for_later(&self, identities: &[&str]) -> Issued {
        let mut params = params(identities);
        params.not_before = date_time_ymd(4000, 1, 1);
        self.sign(params)
    }

    pub fn issue_for_servers_only(&self, identities: &[&str]) -> Issued {
        let mut params = params(identities);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Issued {
        let key = KeyPair::generate().unwrap();
        Issued {
            certificate: params.signed_by(&key, &self.0).unwrap(),
            key,
        }
    }
}

fn params(identities: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::default();
    let names = identities.iter().map(|it| match it.strip_prefix("dns:") {
        Some(name) => SanType::DnsName(name.try_into().unwrap()),
        None => SanType::URI((*it).try_into().unwrap()),
    });
    params.subject_alt_names = names.collect();
    params
}

// === impl Issued ===

impl Issued {
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    pub fn der(&self) -> CertificateDer<'static> {
        self.certificate.der().clone()
    }

    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }
}
