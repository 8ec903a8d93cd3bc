//! Authorities and what they issue.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, RevokedCertParams, SanType, SerialNumber,
    date_time_ymd,
};
use rustls::pki_types::CertificateDer;

/// A private authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub struct Issued {
    serial: SerialNumber,
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

    /// Its list of what it has withdrawn, as PEM.
    pub fn withdraw(&self, issued: &[&Issued]) -> String {
        let revoked = issued.iter().map(|it| RevokedCertParams {
            serial_number: it.serial.clone(),
            revocation_time: date_time_ymd(2020, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(2020, 2, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.0).unwrap().pem().unwrap()
    }

    fn sign(&self, mut params: CertificateParams) -> Issued {
        static SIGNED: AtomicU64 = AtomicU64::new(1);
        let serial = SerialNumber::from(SIGNED.fetch_add(1, Ordering::Relaxed));
        params.serial_number = Some(serial.clone());
        let key = KeyPair::generate().unwrap();
        Issued {
            serial,
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
