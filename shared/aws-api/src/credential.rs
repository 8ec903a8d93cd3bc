//! Where keys come from. What a source does not name is never tried: no variables of the usual names, no file of a
//! person's home, no role of the machine.

use std::sync::Arc;

use passport_connector_sdk::{
    Builder, CollectRequest, Machine, ReadError,
    secrets::{Secret, SecretRef},
};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::{sync::Mutex, time::timeout_at};

use super::{
    kept::Kept,
    keys::Keys,
    machine,
    role::{AssumeRoleSettings, Flaw, Role},
    sts::Sts,
};

/// What a source shows to AWS: exactly one of a key, a role with a token that may assume it, and the machine's own
/// role; and perhaps a further role that this one may assume.
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
    /// The role of the task, pod or machine that this runs on; only where the operator opened it under
    /// `addresses.machine_credentials`.
    #[serde(default)]
    pub ambient: bool,
    /// A role that the credential above may assume, and with which the source then asks.
    pub assume_role: Option<AssumeRoleSettings>,
}

/// A role that a token of another issuer may assume.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebIdentitySettings {
    /// The token, read anew for each collection.
    pub token: SecretRef,
    /// The role.
    pub role_arn: String,
    /// What the session is named in the account's trail. Default: `passport-mesh`.
    pub session_name: Option<String>,
}

/// Where keys come from, and those that were handed out last.
#[derive(Debug, Clone)]
pub struct Credential {
    base: Base,
    /// A role that the base may assume.
    role: Option<Role>,
    kept: Arc<Mutex<Option<Kept>>>,
}

/// What the source itself has.
#[derive(Debug, Clone)]
enum Base {
    /// A key.
    Key {
        /// Its id.
        id: Secret,
        /// Its secret.
        secret: Secret,
        /// What makes a temporary key valid.
        session: Option<Secret>,
    },
    /// A role, from the token service.
    WebIdentity {
        /// The role.
        role: Role,
        /// Says who asks.
        token: Secret,
    },
    /// The machine's own.
    Machine(Box<Machine>),
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
    "keep one: a key, a role with its token, or ambient",
);
const HALF: Wrong = (
    "credential",
    "lacks a part",
    "a key has access_key_id and secret_access_key, a web identity has a token and role_arn",
);
const NOBODY_ASSUMES: Wrong = (
    "credential.assume_role",
    "names a role and nobody who assumes it",
    "name a key, a web_identity, or ambient beside it",
);
const ROLE: &str = "is no role's ARN";
const ROLE_FIX: &str = "write arn:aws:iam::111122223333:role/NAME";
const SESSION: &str = "is no name of a session";
const SESSION_FIX: &str = "write 2 to 64 letters, digits or any of _+=,.@-";

// === impl CredentialSettings ===

impl CredentialSettings {
    /// Where keys come from, or problems at `credential`.
    pub fn credential(settings: Option<&Self>, builder: &mut Builder<'_>) -> Option<Credential> {
        let Some(settings) = settings else {
            return refuse(MISSING, builder);
        };
        let role = match settings.further_role() {
            Ok(role) => Some(role),
            Err(wrong) => refuse(wrong, builder),
        };
        let base = settings.base(builder);
        Some(Credential {
            base: base?,
            role: role?,
            kept: Arc::default(),
        })
    }

    /// Whether anything is named at all.
    pub fn names_any(&self) -> bool {
        let key = [
            &self.access_key_id,
            &self.secret_access_key,
            &self.session_token,
        ];
        let has_key = key.iter().any(|it| it.is_some());
        let has_role = self.role_arn.is_some() || self.web_identity_token.is_some();
        let has_other = self.web_identity.is_some() || self.assume_role.is_some();
        has_key || has_role || has_other || self.ambient
    }

    fn further_role(&self) -> Result<Option<Role>, Wrong> {
        let Some(it) = &self.assume_role else {
            return Ok(None);
        };
        let (session, external) = (it.session_name.as_deref(), it.external_id.as_deref());
        let role = Role::check(&it.role_arn, session, external);
        role.map(Some).map_err(|flaw| match flaw {
            Flaw::Arn => ("credential.assume_role.role_arn", ROLE, ROLE_FIX),
            Flaw::Session => ("credential.assume_role.session_name", SESSION, SESSION_FIX),
            Flaw::ExternalId => (
                "credential.assume_role.external_id",
                "is no external id",
                "write what the role's trust policy wants: letters, digits or any of _+=,.@:/-",
            ),
        })
    }

    fn base(&self, builder: &mut Builder<'_>) -> Option<Base> {
        let key = (&self.access_key_id, &self.secret_access_key);
        let has_key = key.0.is_some() || key.1.is_some() || self.session_token.is_some();
        let beside = (&self.role_arn, &self.web_identity_token);
        let has_beside = beside.0.is_some() || beside.1.is_some();
        let web = self.web_identity.as_ref();
        let forms = [has_key, has_beside, web.is_some(), self.ambient];
        match forms.into_iter().filter(|it| *it).count() {
            0 if self.assume_role.is_some() => return refuse(NOBODY_ASSUMES, builder),
            0 => return refuse(MISSING, builder),
            1 if self.ambient => {
                let machine = builder.machine("credential.ambient")?;
                return Some(Base::Machine(Box::new(machine)));
            }
            1 => {}
            _ => return refuse(TWO, builder),
        }
        match (key, beside, web) {
            ((Some(id), Some(secret)), _, _) => Some(Base::Key {
                id: builder.secret(id),
                secret: builder.secret(secret),
                session: self.session_token.as_ref().map(|it| builder.secret(it)),
            }),
            (_, (Some(role), Some(token)), _) => {
                let at = ("credential.role_arn", "credential.session_name");
                web_identity((role, None), token, at, builder)
            }
            (_, _, Some(web)) => {
                let role = (web.role_arn.as_str(), web.session_name.as_deref());
                let at = (
                    "credential.role_arn",
                    "credential.web_identity.session_name",
                );
                web_identity(role, &web.token, at, builder)
            }
            _ => refuse(HALF, builder),
        }
    }
}

fn refuse<T>((path, reason, fix): Wrong, builder: &mut Builder<'_>) -> Option<T> {
    builder.problem(path, reason, fix);
    None
}

fn web_identity(
    (role, session): (&str, Option<&str>),
    token: &SecretRef,
    (at_role, at_session): (&'static str, &'static str),
    builder: &mut Builder<'_>,
) -> Option<Base> {
    match Role::check(role, session, None) {
        Ok(role) => Some(Base::WebIdentity {
            role,
            token: builder.secret(token),
        }),
        Err(Flaw::Session) => refuse((at_session, SESSION, SESSION_FIX), builder),
        Err(Flaw::Arn | Flaw::ExternalId) => refuse((at_role, ROLE, ROLE_FIX), builder),
    }
}

// === impl Credential ===

impl Credential {
    /// The secrets in it.
    pub fn secrets(&self) -> Vec<Secret> {
        match &self.base {
            Base::Key {
                id,
                secret,
                session,
            } => {
                let always = [id, secret].into_iter();
                always.chain(session).cloned().collect()
            }
            Base::WebIdentity { token, .. } => vec![token.clone()],
            Base::Machine(_) => Vec::new(),
        }
    }

    /// The account that its role belongs to; `None`: it is told by the token service alone.
    pub fn account(&self) -> Option<&str> {
        let own = match &self.base {
            Base::WebIdentity { role, .. } => Some(role),
            Base::Key { .. } | Base::Machine(_) => None,
        };
        self.role.as_ref().or(own)?.account()
    }

    /// Keys for one collection. Secrets are read anew. Keys that were handed out for a time serve until shortly
    /// before its end, or until AWS refuses them or a secret behind them changes; then they are asked for anew.
    ///
    /// # Errors
    /// A secret can't be read, or nobody hands out keys.
    pub async fn keys(&self, sts: &Sts, request: &CollectRequest) -> Result<Keys, ReadError> {
        let is_given = matches!(self.base, Base::Key { .. }) && self.role.is_none();
        if is_given {
            return self.base_keys(sts, request).await;
        }
        // Who comes meanwhile waits for the same keys.
        let kept = timeout_at(request.deadline, self.kept.lock()).await;
        let mut kept = kept.map_err(|_| ReadError::TimedOut)?;
        let basis = self.secrets();
        if let Some(keys) = kept.as_ref().and_then(|it| it.keys(&basis, request.now)) {
            return Ok(keys);
        }
        *kept = None;
        let base = self.base_keys(sts, request).await?;
        let keys = match &self.role {
            None => base,
            Some(role) => sts.assume_role(role, &base, request).await?,
        };
        *kept = Some(Kept::new(&keys, &basis));
        Ok(keys)
    }

    /// Keys that were refused elsewhere than by these clients are not given again.
    pub async fn forget(&self, request: &CollectRequest) {
        if let Ok(mut kept) = timeout_at(request.deadline, self.kept.lock()).await {
            *kept = None;
        }
    }

    async fn base_keys(&self, sts: &Sts, request: &CollectRequest) -> Result<Keys, ReadError> {
        let read = |secret: &Secret| secret.read().map_err(|_| ReadError::NotConfigured);
        match &self.base {
            Base::Key {
                id,
                secret,
                session,
            } => Ok(Keys::new(
                read(id)?,
                read(secret)?,
                session.as_ref().map(read).transpose()?,
            )),
            Base::WebIdentity { role, token } => {
                sts.assume_with_token(role, &read(token)?, request).await
            }
            Base::Machine(machine) => machine::keys(machine, sts, request).await,
        }
    }
}
