//! The key that signs.

use std::fmt;

use aws_lc_rs::{
    encoding::AsDer as _,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::PublicKey;

/// Signs for the gateway. Where the key is, only the signer knows.
pub trait Signer: Send + Sync {
    /// `sha256:` and the digest of the public key's SubjectPublicKeyInfo.
    fn key_id(&self) -> &str;

    /// Signs the message itself, not a digest of it.
    ///
    /// # Errors
    /// The key gave no signature.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CannotSign>;
}

/// The key gave no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing key gave no signature")]
pub struct CannotSign;

/// Why a file is no signing key. It tells nothing of what is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// There is no block `PRIVATE KEY`.
    #[error(
        "there is no PRIVATE KEY block (PKCS#8, not encrypted); make one with \
         `openssl genpkey -algorithm ed25519`"
    )]
    NoPrivateKey,
    /// There is one, of another algorithm or damaged.
    #[error(
        "the private key is not one of Ed25519; make one with `openssl genpkey -algorithm ed25519`"
    )]
    NotEd25519,
}

/// An Ed25519 key in memory.
pub struct Ed25519Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

// === impl BadKey ===

impl BadKey {
    /// Stable, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoPrivateKey => "no_private_key",
            Self::NotEd25519 => "not_ed25519",
        }
    }
}

// === impl Ed25519Signer ===

impl Ed25519Signer {
    /// Reads a PKCS#8 key in PEM.
    ///
    /// # Errors
    /// It is no key, or one of another algorithm.
    pub fn from_pem(pem: &SecretString) -> Result<Self, BadKey> {
        let pem = pem.expose_secret().as_bytes();
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| BadKey::NoPrivateKey)?;
        Self::from_pkcs8(Zeroizing::new(key).secret_pkcs8_der())
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, BadKey> {
        let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|_| BadKey::NotEd25519)?;
        let public = pair.public_key().as_der().map_err(|_| BadKey::NotEd25519)?;
        let public = PublicKey::from_der(public.as_ref()).ok_or(BadKey::NotEd25519)?;
        Ok(Self { pair, public })
    }

    /// What others need to check its signatures.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }
}

impl Signer for Ed25519Signer {
    fn key_id(&self) -> &str {
        self.public.id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CannotSign> {
        let signature = self.pair.try_sign(message).map_err(|_| CannotSign)?;
        Ok(signature.as_ref().to_vec())
    }
}

impl fmt::Debug for Ed25519Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ed25519Signer")
            .field("key_id", &self.public.id())
            .finish_non_exhaustive()
    }
}
