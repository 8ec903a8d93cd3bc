//! Where keys come from. What a source does not name is never tried: no environment, no file of a person's
//! home, no role of the machine.

use passport_connector_sdk::{
    Builder, CollectRequest, ReadError,
    secrets::{Secret, SecretRef},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{account::is_account, keys::Keys, sts::Sts};

/// What a source shows to AWS: exactly one of a key, and a role with a token that may assume it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialSettings {
    /// Id of an access key.
    pub access_key_id: Option<SecretRef>,
    /// Its secret.
    pub secret_access_key: Option<SecretRef>,
    /// What makes a temporary key valid.
    pub session_token: Option<SecretRef>,
    /// A role that a token of another issuer may assume.
    pub web_identity: Option<WebIdentitySettings>,
    /// The same role, written beside its token.
    pub role_arn: Option<String>,
    /// The token, beside its role.
    pub web_identity_token: Option<SecretRef>,
    /// Not offered: name a role and its token, or a key.
    #[serde(default)]
    pub ambient: bool,
}

/// A role that a token of another issuer may assume.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebIdentitySettings {
    /// The token, read anew for each collection.
    pub token: SecretRef,
    /// The role.
    pub role_arn: String,
}

/// Where keys come from.
#[derive(Debug, Clone)]
pub enum Credential {
    /// From the source.
    Key {
        /// Id of an access key.
        id: Secret,
        /// Its secret.
        secret: Secret,
        /// What makes a temporary key valid.
        session: Option<Secret>,
    },
    /// From the token service.
    WebIdentity {
        /// The role.
        role_arn: String,
        /// Says who asks.
        token: Secret,
    },
}

/// What is wrong with a credential: where, why, and what to do.
type Wrong = (&'static str, &'static str, &'static str);

const MISSING: Wrong = (
    "credential",
    "is missing",
    "name access_key_id and secret_access_key, or web_identity with token and role_arn",
);
const TWO: Wrong = (
    "credential",
    "has two forms at once",
    "keep one: a key, or a role with its token",
);
const HALF: Wrong = (
    "credential",
    "lacks a part",
    "a key has access_key_id and secret_access_key, a web identity has a token and role_arn",
);
const AMBIENT: Wrong = (
    "credential.ambient",
    "is not offered: the addresses that hand out a machine's own role are never asked",
    "name a role and its token as web_identity, or a key",
);
const NO_ROLE: Wrong = (
    "credential.role_arn",
    "is no role's ARN",
    "write arn:aws:iam::111122223333:role/NAME",
);

// === impl CredentialSettings ===

impl CredentialSettings {
    /// Where keys come from, or problems at `credential`.
    pub fn credential(settings: Option<&Self>, builder: &mut Builder<'_>) -> Option<Credential> {
        let found = settings.ok_or(MISSING).and_then(|it| it.form(builder));
        found
            .map_err(|(path, reason, fix)| builder.problem(path, reason, fix))
            .ok()
    }

    fn form(&self, builder: &mut Builder<'_>) -> Result<Credential, Wrong> {
        let key = (&self.access_key_id, &self.secret_access_key);
        let has_key = key.0.is_some() || key.1.is_some() || self.session_token.is_some();
        let beside = (&self.role_arn, &self.web_identity_token);
        let has_beside = beside.0.is_some() || beside.1.is_some();
        let forms = [
            has_key,
            has_beside,
            self.web_identity.is_some(),
            self.ambient,
        ];
        match forms.into_iter().filter(|it| *it).count() {
            0 => return Err(MISSING),
            1 if self.ambient => return Err(AMBIENT),
            1 => {}
            _ => return Err(TWO),
        }
        match (key, beside, &self.web_identity) {
            ((Some(id), Some(secret)), _, _) => Ok(Credential::Key {
                id: builder.secret(id),
                secret: builder.secret(secret),
                session: self.session_token.as_ref().map(|it| builder.secret(it)),
            }),
            (_, (Some(role), Some(token)), _) => assumed(role, token, builder),
            (_, _, Some(web)) => assumed(&web.role_arn, &web.token, builder),
            _ => Err(HALF),
        }
    }
}

fn assumed(role: &str, token: &SecretRef, builder: &mut Builder<'_>) -> Result<Credential, Wrong> {
    match account_of(role) {
        None => Err(NO_ROLE),
        Some(_) => Ok(Credential::WebIdentity {
            role_arn: role.to_owned(),
            token: builder.secret(token),
        }),
    }
}

/// The account of a role's ARN.
fn account_of(role: &str) -> Option<&str> {
    let parts: Vec<_> = role.splitn(6, ':').collect();
    let ["arn", _, "iam", "", account, resource] = parts.as_slice() else {
        return None;
    };
    let name = resource.strip_prefix("role/")?;
    let inner = |it: char| it.is_ascii_alphanumeric() || "+=,.@-_/".contains(it);
    let is_name = !name.is_empty() && name.chars().all(inner);
    (is_account(account) && is_name).then_some(account)
}

// === impl Credential ===

impl Credential {
    /// The secrets in it.
    pub fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::Key {
                id,
                secret,
                session,
            } => {
                let always = [id, secret].into_iter();
                always.chain(session).cloned().collect()
            }
            Self::WebIdentity { token, .. } => vec![token.clone()],
        }
    }

    /// The account that its role belongs to; `None`: it is told by the token service alone.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Key { .. } => None,
            Self::WebIdentity { role_arn, .. } => account_of(role_arn),
        }
    }

    /// Keys for one collection. Secrets are read anew, and a role is assumed anew: nothing outlives its
    /// revocation.
    ///
    /// # Errors
    /// A secret can't be read, or the token service hands out no keys.
    pub async fn keys(&self, sts: &Sts, request: &CollectRequest) -> Result<Keys, ReadError> {
        let read = |secret: &Secret| secret.read().map_err(|_| ReadError::NotConfigured);
        match self {
            Self::Key {
                id,
                secret,
                session,
            } => Ok(Keys {
                id: read(id)?,
                secret: read(secret)?,
                session: session.as_ref().map(read).transpose()?,
            }),
            Self::WebIdentity { role_arn, token } => sts.assume(role_arn, token, request).await,
        }
    }
}
