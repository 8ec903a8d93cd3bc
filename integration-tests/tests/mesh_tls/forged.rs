//! Certificates that `new.sh` does not make.

use std::fs;

use anyhow::Result;
use passport_integration_tests::mesh::{Mesh, Shown};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    SanType, date_time_ymd,
};

/// How `new.sh` calls its authority.
const NAME: &str = "Passport Mesh CA";

/// An authority that signs whatever it is asked to.
pub struct Authority(Issuer<'static, KeyPair>);

// === impl Authority ===

impl Authority {
    /// That of a mesh itself.
    pub fn of_mesh(mesh: &Mesh) -> Result<Self> {
        let key = fs::read_to_string(mesh.certificates().join("ca.key"))?;
        Ok(Self::of(NAME, KeyPair::from_pem(&key)?))
    }

    /// One that calls itself as that of the mesh does, and has a key of its own.
    pub fn alike() -> Result<Self> {
        Self::named(NAME)
    }

    pub fn named(name: &str) -> Result<Self> {
        Ok(Self::of(name, KeyPair::generate()?))
    }

    fn of(name: &str, key: KeyPair) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(Issuer::new(params, key))
    }

    pub fn issue(&self, service: &str) -> Result<Shown> {
        self.sign(params(service)?)
    }

    pub fn issue_expired(&self, service: &str) -> Result<Shown> {
        let mut params = params(service)?;
        params.not_after = date_time_ymd(2020, 1, 1);
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Result<Shown> {
        let key = KeyPair::generate()?;
        Ok(Shown {
            certificate: params.signed_by(&key, &self.0)?.pem(),
            key: key.serialize_pem(),
        })
    }
}

/// For the identity that `new.sh` gives a service.
fn params(service: &str) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    let identity = format!("spiffe://mesh.example/passport-{service}");
    params.subject_alt_names = vec![SanType::URI(identity.as_str().try_into()?)];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Ok(params)
}
