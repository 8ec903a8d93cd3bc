//! What a kubeconfig says of one context, after the page "Organizing Cluster Access Using kubeconfig Files". Of all
//! that can stand there only what is at hand is used: an address, authorities, and a token or a client certificate. A
//! file that would run a program, or trust anybody, is refused. Only its form is that of `kube`, whose own loader would
//! run the program. Pure: files that it names are not read here.

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kube::config::{AuthInfo, Cluster, Kubeconfig};
use secrecy::{ExposeSecret as _, SecretString};

/// How to get at the cluster of a context.
#[derive(Debug)]
pub struct Access {
    /// Its API server.
    pub server: String,
    /// The server's authorities (PEM); `None`: those of the system.
    pub ca: Option<Held>,
    /// The server's name in its certificate, if it is another than in its address.
    pub server_name: Option<String>,
    /// The token.
    pub token: Option<Held>,
    /// Client certificate and its key (PEM).
    pub identity: Option<[Held; 2]>,
}

/// Something that stands in the file itself, or in another one.
#[derive(Debug, Clone)]
pub enum Held {
    /// It itself.
    Text(SecretString),
    /// Where it is, from the kubeconfig's own folder on.
    File(PathBuf),
}

/// Why a context is not used. No message repeats anything of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no kubeconfig.
    #[error("the kubeconfig is not as it can be")]
    Shape,
    /// A part that is named is not there.
    #[error("the kubeconfig has no such {0}")]
    Missing(&'static str),
    /// Data that is not base64 of text.
    #[error("the kubeconfig holds data that is no PEM")]
    NoPem,
    /// Neither a token nor a certificate with its key.
    #[error("the user of the context has no credential")]
    NoCredential,
    /// It could be used, and must not be.
    #[error("the context is not used: {0}")]
    Unsafe(&'static str),
}

/// What the text of a file says of a context.
///
/// # Errors
/// It says nothing, or what must not be used.
pub fn access(text: &str, context: &str) -> Result<Access, Refused> {
    // The error might repeat a line of it.
    let config: Kubeconfig = serde_saphyr::from_str(text).map_err(|_| Refused::Shape)?;
    let mut contexts = config.contexts.into_iter();
    let found = contexts.find(|it| it.name == context);
    let found = found.and_then(|it| it.context);
    let found = found.ok_or(Refused::Missing("context"))?;
    let mut clusters = config.clusters.into_iter();
    let cluster = clusters.find(|it| it.name == found.cluster);
    let cluster = cluster.and_then(|it| it.cluster);
    let cluster = cluster.ok_or(Refused::Missing("cluster"))?;
    let mut users = config.auth_infos.into_iter();
    let user = users.find(|it| Some(&it.name) == found.user.as_ref());
    let user = user.ok_or(Refused::Missing("user"))?;
    let user = user.auth_info.unwrap_or_default();
    refuse(&cluster, &user)?;
    let (token, identity) = (token(&user), identity(&user)?);
    if token.is_none() && identity.is_none() {
        return Err(Refused::NoCredential);
    }
    let data = cluster.certificate_authority_data.as_deref();
    Ok(Access {
        ca: pem(data, cluster.certificate_authority.as_deref())?,
        server: cluster.server.ok_or(Refused::Shape)?,
        server_name: cluster.tls_server_name,
        token,
        identity,
    })
}

/// What would run a program, trust anybody, or be somebody else.
fn refuse(cluster: &Cluster, user: &AuthInfo) -> Result<(), Refused> {
    let runs = user.exec.is_some() || user.auth_provider.is_some();
    let trusts_any = cluster.insecure_skip_tls_verify == Some(true);
    let refused = [
        (runs, "it would run a program for a credential"),
        (trusts_any, "it trusts any server"),
        (cluster.proxy_url.is_some(), "it goes through a proxy"),
        (user.username.is_some(), "it has a password"),
        (impersonates(user), "it stands for somebody else"),
    ];
    match refused.iter().find(|(is_so, _)| *is_so) {
        Some((_, why)) => Err(Refused::Unsafe(why)),
        None => Ok(()),
    }
}

fn impersonates(user: &AuthInfo) -> bool {
    let groups = user.impersonate_groups.as_ref();
    user.impersonate.is_some()
        || user.impersonate_uid.is_some()
        || groups.is_some_and(|it| !it.is_empty())
        || user.impersonate_user_extra.is_some()
}

/// Data goes before a file, as it does for `kubectl`.
fn pem(data: Option<&str>, file: Option<&str>) -> Result<Option<Held>, Refused> {
    match (data, file) {
        (Some(data), _) => decoded(data).map(Some),
        (None, file) => Ok(file.map(held_in)),
    }
}

fn held_in(file: &str) -> Held {
    Held::File(PathBuf::from(file))
}

fn decoded(data: &str) -> Result<Held, Refused> {
    let bytes = STANDARD.decode(data.trim()).ok();
    let text = bytes.and_then(|it| String::from_utf8(it).ok());
    let text = text.ok_or(Refused::NoPem)?;
    Ok(Held::Text(SecretString::from(text)))
}

/// A file goes before what stands here, as it does for `kubectl`.
fn token(user: &AuthInfo) -> Option<Held> {
    let file = user.token_file.as_deref().map(held_in);
    file.or_else(|| user.token.clone().map(Held::Text))
}

fn identity(user: &AuthInfo) -> Result<Option<[Held; 2]>, Refused> {
    let data = user.client_certificate_data.as_deref();
    let certificate = pem(data, user.client_certificate.as_deref())?;
    let data = user.client_key_data.as_ref().map(|it| it.expose_secret());
    let key = pem(data, user.client_key.as_deref())?;
    Ok(certificate.zip(key).map(|(one, other)| [one, other]))
}

// === impl Refused ===

impl Refused {
    /// What helps.
    pub fn fix(self) -> &'static str {
        match self {
            Self::Shape => "see `kubectl config view`",
            Self::Missing(_) => "see `kubectl config get-contexts` for those that there are",
            Self::NoPem => "see its context's cluster and user",
            Self::NoCredential => "use a context whose user has a token or a client certificate",
            Self::Unsafe(_) => {
                "make one with a token for this: `kubectl create token`, \
                 `kubectl config set-credentials --token`"
            }
        }
    }
}
