//! Whom the caller trusts, and the certificate that it shows.

use std::fs;
use std::path::Path;

use passport_service_kit::client::{Named, TlsFiles, TrustError};
use passport_service_kit::config::model::Tls;
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use super::address::Address;
use crate::cli::Global;
use crate::exit::Fault;

/// What is trusted and shown, as PEM.
#[derive(Default)]
pub struct Certificates {
    ca: Option<Vec<u8>>,
    shown: Option<(Vec<u8>, Vec<u8>)>,
}

// === impl Certificates ===

impl Certificates {
    /// Those that were named, if they can be used for the address.
    pub fn of(global: &Global, address: &Address) -> Result<Self, Fault> {
        let shown = match (&global.cert, &global.key) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            (Some(_), None) => return Err(half("--cert", "--key")),
            (None, Some(_)) => return Err(half("--key", "--cert")),
        };
        if global.ca.is_none() && shown.is_none() {
            return Ok(Self::default());
        }
        if !address.is_tls() {
            return Err(unencrypted());
        }
        let files = TlsFiles {
            ca: global.ca.clone().map(named),
            identity: None,
            shown: shown.map(|(certificate, key)| {
                named(Tls {
                    certificate: certificate.clone(),
                    key: key.clone(),
                    client_ca: None,
                    client_crl: None,
                })
            }),
        };
        files.check().map_err(unusable)?;
        let pair = shown.map(|(cert, key)| Ok::<_, Fault>((read(cert)?, read(key)?)));
        Ok(Self {
            ca: global.ca.as_deref().map(read).transpose()?,
            shown: pair.transpose()?,
        })
    }
}

impl From<Certificates> for ClientTlsConfig {
    fn from(certificates: Certificates) -> Self {
        let config = match certificates.ca {
            Some(pem) => Self::new().ca_certificate(Certificate::from_pem(pem)),
            None => Self::new().with_native_roots(),
        };
        match certificates.shown {
            Some((certificate, key)) => config.identity(Identity::from_pem(certificate, key)),
            None => config,
        }
    }
}

/// No configuration names the files here.
fn named<T>(it: T) -> Named<T> {
    Named {
        at: String::new(),
        it,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let gone = |error: std::io::Error| {
        Fault::wrong(
            format!("{} can't be read: {}", path.display(), error.kind()),
            "name a file that stays there",
        )
    };
    fs::read(path).map_err(gone)
}

fn half(given: &str, wanted: &str) -> Fault {
    Fault::wrong(
        format!("{given} was given without {wanted}"),
        "give both, or the variables PASSPORT_CERT and PASSPORT_KEY",
    )
}

fn unencrypted() -> Fault {
    Fault::wrong(
        "certificates were given for a gateway that is named with http://",
        "name the gateway with https://, or leave --ca, --cert and --key out",
    )
}

fn unusable(error: TrustError) -> Fault {
    let fix = error.fix();
    match error {
        TrustError::File(error) => {
            Fault::wrong(format!("{} {}", error.file.display(), error.problem), fix)
        }
        TrustError::SystemRoots | TrustError::Protocol => Fault::wrong(error.to_string(), fix),
    }
}
