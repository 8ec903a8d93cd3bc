//! Keys, and tokens that are signed with them.

use anyhow::{Context as _, Result, bail};
use aws_lc_rs::{
    encoding::{AsDer as _, PublicKeyX509Der},
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

/// A key of an issuer.
pub struct Key {
    kid: String,
    /// What its tokens say that they are signed by, where a test says nothing else.
    algorithm: &'static str,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair, &'static str),
    Ed(Ed25519KeyPair),
}

// === impl Key ===

impl Key {
    /// An RSA key of 2048 bits.
    ///
    /// # Errors
    /// The library makes none.
    pub fn rsa(kid: &str) -> Result<Self> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).context("no RSA key")?;
        Ok(Self::of(kid, "RS256", Pair::Rsa(pair)))
    }

    /// A key on the curve P-256.
    ///
    /// # Errors
    /// The library makes none.
    pub fn p256(kid: &str) -> Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).context("no key")?;
        Ok(Self::of(kid, "ES256", Pair::Ec(pair, "P-256")))
    }

    /// A key on the curve P-384.
    ///
    /// # Errors
    /// The library makes none.
    pub fn p384(kid: &str) -> Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).context("no key")?;
        Ok(Self::of(kid, "ES384", Pair::Ec(pair, "P-384")))
    }

    /// A key of Ed25519.
    ///
    /// # Errors
    /// The library makes none.
    pub fn ed25519(kid: &str) -> Result<Self> {
        let pair = Ed25519KeyPair::generate().context("no key")?;
        Ok(Self::of(kid, "EdDSA", Pair::Ed(pair)))
    }

    fn of(kid: &str, algorithm: &'static str, pair: Pair) -> Self {
        Self {
            kid: kid.to_owned(),
            algorithm,
            pair,
        }
    }

    /// Its public half, as issuers publish it.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "n": coded(&public.n), "e": coded(&public.e) })
            }
            Pair::Ec(pair, curve) => {
                // An uncompressed point: a byte that says so, then both halves.
                let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
                let (x, y) = point.split_at(point.len() / 2);
                json!({ "kty": "EC", "crv": curve, "x": coded(x), "y": coded(y) })
            }
            Pair::Ed(pair) => {
                let x = coded(pair.public_key().as_ref());
                json!({ "kty": "OKP", "crv": "Ed25519", "x": x })
            }
        };
        let said = [("kid", &*self.kid), ("use", "sig"), ("alg", self.algorithm)];
        let said = said.map(|(key, value)| (key.to_owned(), Value::from(value)));
        jwk.as_object_mut()
            .into_iter()
            .for_each(|it| it.extend(said.clone()));
        jwk
    }

    /// Its public half as a file of PEM, which is what a fooled verifier takes for a shared secret.
    ///
    /// # Errors
    /// It is no RSA key.
    pub fn public_pem(&self) -> Result<String> {
        let Pair::Rsa(pair) = &self.pair else {
            bail!("it is no RSA key");
        };
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().context("not encoded")?;
        let coded = STANDARD.encode(der.as_ref());
        let mut lines = vec!["-----BEGIN PUBLIC KEY-----"];
        let mut rest = coded.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            lines.push(line);
            rest = more;
        }
        lines.push("-----END PUBLIC KEY-----\n");
        Ok(lines.join("\n"))
    }

    /// The header of its tokens.
    pub fn header(&self) -> Value {
        json!({ "typ": "JWT", "alg": self.algorithm, "kid": self.kid })
    }

    /// A token of these claims.
    ///
    /// # Errors
    /// The library does not sign.
    pub fn token(&self, claims: &Value) -> Result<String> {
        self.token_with(&self.header(), claims)
    }

    /// A token with a header of its own, signed by the algorithm that stands there, where this key
    /// has it, or else by the key's own.
    ///
    /// # Errors
    /// The library does not sign.
    pub fn token_with(&self, header: &Value, claims: &Value) -> Result<String> {
        let message = message(header, claims);
        let said = header
            .get("alg")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let signature = self.sign(said, message.as_bytes())?;
        Ok(format!("{message}.{}", coded(&signature)))
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(padding(algorithm), &random, message, &mut signature);
                signed.context("not signed")?;
                Ok(signature)
            }
            Pair::Ec(pair, _) => {
                let signed = pair.sign(&random, message).context("not signed")?;
                Ok(signed.as_ref().to_vec())
            }
            Pair::Ed(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }
}

fn padding(algorithm: &str) -> &'static dyn RsaEncoding {
    match algorithm {
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        "PS256" => &RSA_PSS_SHA256,
        "PS384" => &RSA_PSS_SHA384,
        "PS512" => &RSA_PSS_SHA512,
        _ => &RSA_PKCS1_SHA256,
    }
}

/// A token that says it needs no signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.", message(header, claims))
}

/// A token that is signed with a shared secret: who takes a public key for one is fooled.
///
/// # Errors
/// The header says anything but `HS256`.
pub fn with_secret(header: &Value, claims: &Value, secret: &[u8]) -> Result<String> {
    if header.get("alg") != Some(&Value::from("HS256")) {
        bail!("the header does not say HS256");
    }
    let message = message(header, claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signature = hmac::sign(&key, message.as_bytes());
    Ok(format!("{message}.{}", coded(signature.as_ref())))
}

fn message(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| coded(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

fn coded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
