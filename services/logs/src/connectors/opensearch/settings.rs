//! What stands under a source.

use passport_aws_api::{
    AssumeRoleSettings, CredentialSettings as AwsSettings, Sts, WebIdentitySettings, is_region,
};
use passport_connector_sdk::{Auth, Builder, secrets::SecretRef};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::search_api::{self, Shown, Signing};

/// An OpenSearch source.
pub type Settings = search_api::Settings<CredentialSettings>;

/// What is shown to the server: a name and a password, a token, or requests signed for AWS.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenSearchCredential")]
pub struct CredentialSettings {
    /// Reference to the name.
    username: Option<SecretRef>,
    /// Reference to the password.
    password: Option<SecretRef>,
    /// Reference to a token, sent as Bearer.
    token: Option<SecretRef>,
    /// Reference to the id of an access key, with which requests are signed.
    access_key_id: Option<SecretRef>,
    /// Reference to its secret.
    secret_access_key: Option<SecretRef>,
    /// Reference to what makes a temporary key valid.
    session_token: Option<SecretRef>,
    /// A role that a token of another issuer may assume, in the place of a key.
    web_identity: Option<WebIdentitySettings>,
    /// The role of the task, pod or machine that this runs on, in the place of a key; only where the operator
    /// opened it under `addresses.machine_credentials`.
    #[serde(default)]
    ambient: bool,
    /// A role that one of these may assume.
    assume_role: Option<AssumeRoleSettings>,
    /// The region of the domain, beside what requests are signed with.
    region: Option<String>,
    /// What is signed for.
    service: Option<Service>,
    /// Where the Security Token Service answers. Default: the region's own address.
    sts_endpoint: Option<String>,
}

/// What requests are signed for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Service {
    /// A domain.
    Es,
    /// A serverless collection.
    Aoss,
}

impl Service {
    const fn name(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Aoss => "aoss",
        }
    }
}

/// What requests show, or a problem at `credential`.
pub fn shown(credential: Option<&CredentialSettings>, builder: &mut Builder<'_>) -> Option<Shown> {
    let Some(credential) = credential else {
        return Some(Shown::Header(Auth::None));
    };
    let basic = credential.basic(builder);
    let token = credential.token.as_ref();
    let token = token.map(|it| Some(Shown::Header(Auth::Bearer(builder.secret(it)))));
    let signed = credential.signed(builder);
    let mut forms = [basic, token, signed].into_iter().flatten();
    match (forms.next(), forms.next()) {
        (Some(Some(only)), None) => Some(only),
        // Which part is missing was said.
        (Some(None), None) => None,
        (None, _) | (Some(_), Some(_)) => {
            let fix = "write username and password, or token, or access_key_id, secret_access_key, \
                       region and service";
            builder.problem("credential", "is not one whole credential", fix);
            None
        }
    }
}

impl CredentialSettings {
    /// `None`: there is no name and no password; `Some(None)`: there is one of them.
    fn basic(&self, builder: &mut Builder<'_>) -> Option<Option<Shown>> {
        match (&self.username, &self.password) {
            (None, None) => None,
            (Some(username), Some(password)) => Some(Some(Shown::Header(Auth::Basic {
                username: builder.secret(username),
                password: builder.secret(password),
            }))),
            (Some(_), None) | (None, Some(_)) => {
                let reason = "is half a credential: username and password belong together";
                builder.problem("credential", reason, "write both");
                Some(None)
            }
        }
    }

    /// `None`: nothing of a signature is there; `Some(None)`: not all of it.
    fn signed(&self, builder: &mut Builder<'_>) -> Option<Option<Shown>> {
        let keys = AwsSettings {
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.clone(),
            session_token: self.session_token.clone(),
            web_identity: self.web_identity.clone(),
            ambient: self.ambient,
            assume_role: self.assume_role.clone(),
            ..AwsSettings::default()
        };
        let beside = [
            self.region.is_some(),
            self.service.is_some(),
            self.sts_endpoint.is_some(),
        ];
        if !keys.names_any() && beside == [false; 3] {
            return None;
        }
        let (true, Some(region), Some(service)) = (keys.names_any(), &self.region, self.service)
        else {
            let reason = "lacks a part of what requests are signed with";
            let fix = "write region, service: es or aoss, and a key, a web_identity or ambient";
            builder.problem("credential", reason, fix);
            return Some(None);
        };
        if !is_region(region) {
            builder.problem("credential.region", "names no region", "write eu-central-1");
            return Some(None);
        }
        let mut signing = || {
            let credential = AwsSettings::credential(Some(&keys), builder)?;
            let at = ("credential.sts_endpoint", self.sts_endpoint.as_deref());
            let sts = Sts::build(region, at, &credential, builder)?;
            Some(Shown::Signature(Box::new(Signing {
                credential,
                sts,
                region: region.clone(),
                service: service.name(),
            })))
        };
        Some(signing())
    }
}
