//! What a kubeconfig says of one context, after the page "Organizing Cluster Access Using kubeconfig Files". Of all
//! that can stand there only what is at hand is used: an address, authorities, and a token or a client certificate. A
//! file that would run a program, or trust anybody, is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use passport_connector_sdk::secrets::{SecretError, SecretReader, SecretRef};
use passport_connector_sdk::settings::TlsSettings;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::exit::Fault;

const TOKEN: &str = "KUBECONFIG_TOKEN";
const CA: &str = "KUBECONFIG_CA";
const CERTIFICATE: &str = "KUBECONFIG_CERTIFICATE";
const KEY: &str = "KUBECONFIG_KEY";

/// How to get at the cluster of a context.
pub struct Access {
    /// Its API server.
    pub server: String,
    /// The token, if there is one.
    pub token: Option<SecretRef>,
    /// Authorities and client certificate.
    pub tls: TlsSettings,
    /// What all of these stand for.
    pub secrets: Held,
}

/// Secrets by name, as they stood in the file.
#[derive(Default)]
pub struct Held(BTreeMap<&'static str, SecretString>);

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    contexts: Vec<NamedContext>,
    #[serde(default)]
    clusters: Vec<NamedCluster>,
    #[serde(default)]
    users: Vec<NamedUser>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    context: Context,
}

#[derive(Deserialize)]
struct Context {
    cluster: String,
    user: String,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    cluster: Cluster,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Cluster {
    server: String,
    certificate_authority: Option<PathBuf>,
    certificate_authority_data: Option<String>,
    tls_server_name: Option<String>,
    #[serde(default)]
    insecure_skip_tls_verify: bool,
    proxy_url: Option<String>,
}

#[derive(Deserialize)]
struct NamedUser {
    name: String,
    #[serde(default)]
    user: User,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct User {
    token: Option<SecretString>,
    #[serde(rename = "tokenFile")]
    token_file: Option<PathBuf>,
    client_certificate: Option<PathBuf>,
    client_certificate_data: Option<String>,
    client_key: Option<PathBuf>,
    client_key_data: Option<SecretString>,
    exec: Option<IgnoredAny>,
    auth_provider: Option<IgnoredAny>,
    username: Option<IgnoredAny>,
    #[serde(rename = "as")]
    impersonated: Option<IgnoredAny>,
}

/// What the file says of a context.
pub fn access(file: &Path, context: &str) -> Result<Access, Fault> {
    let text = fs::read_to_string(file).map_err(|error| {
        let what = format!("could not read the kubeconfig: {}", error.kind());
        Fault::wrong(what, "name one that you may read in KUBECONFIG")
    })?;
    let folder = file.parent().unwrap_or(Path::new("."));
    // The error might repeat a line of it.
    let config: Config = serde_saphyr::from_str(&text).map_err(|_| {
        Fault::wrong(
            "the kubeconfig is not as it can be",
            "see `kubectl config view`",
        )
    })?;
    of_context(&config, context, folder)
}

fn of_context(config: &Config, context: &str, folder: &Path) -> Result<Access, Fault> {
    let found = config.contexts.iter().find(|it| it.name == context);
    let found = found
        .map(|it| &it.context)
        .ok_or_else(|| missing("context"))?;
    let cluster = config.clusters.iter().find(|it| it.name == found.cluster);
    let cluster = cluster
        .map(|it| &it.cluster)
        .ok_or_else(|| missing("cluster"))?;
    let user = config.users.iter().find(|it| it.name == found.user);
    let user = user.map(|it| &it.user).ok_or_else(|| missing("user"))?;
    refuse(cluster, user)?;
    let mut secrets = Held::default();
    let ca = cluster.ca(folder)?.map(|it| secrets.hold(CA, it));
    let identity = user.identity(folder)?;
    let pair = identity.map(|[certificate, key]| {
        [
            secrets.hold(CERTIFICATE, certificate),
            secrets.hold(KEY, key),
        ]
    });
    let [client_cert, client_key] = pair.map_or([None, None], |pair| pair.map(Some));
    let token = user.token(folder)?.map(|it| secrets.hold(TOKEN, it));
    if token.is_none() && client_cert.is_none() {
        let fix = "use a context whose user has a token or a client certificate";
        return Err(Fault::wrong(
            "the user of the context has no credential",
            fix,
        ));
    }
    Ok(Access {
        server: cluster.server.clone(),
        token,
        tls: TlsSettings {
            ca,
            server_name: cluster.tls_server_name.clone(),
            client_cert,
            client_key,
        },
        secrets,
    })
}

fn missing(what: &str) -> Fault {
    Fault::wrong(
        format!("the kubeconfig has no such {what}"),
        "see `kubectl config get-contexts` for those that there are",
    )
}

/// What would run a program, trust anybody, or be somebody else.
fn refuse(cluster: &Cluster, user: &User) -> Result<(), Fault> {
    let runs = user.exec.is_some() || user.auth_provider.is_some();
    let refused = [
        (runs, "it would run a program for a credential"),
        (cluster.insecure_skip_tls_verify, "it trusts any server"),
        (cluster.proxy_url.is_some(), "it goes through a proxy"),
        (user.username.is_some(), "it has a password"),
        (user.impersonated.is_some(), "it stands for somebody else"),
    ];
    match refused.iter().find(|(is_so, _)| *is_so) {
        Some((_, why)) => Err(Fault::wrong(
            format!("the context is not used: {why}"),
            "make one with a token for this: `kubectl create token`, `kubectl config set-credentials --token`",
        )),
        None => Ok(()),
    }
}

fn read(folder: &Path, file: &Path) -> Result<String, Fault> {
    fs::read_to_string(folder.join(file)).map_err(|error| {
        let what = format!(
            "could not read a file that the kubeconfig names: {}",
            error.kind()
        );
        Fault::wrong(what, "see its context's cluster and user")
    })
}

fn decoded(data: &str) -> Result<String, Fault> {
    let bytes = STANDARD.decode(data.trim()).ok();
    let text = bytes.and_then(|it| String::from_utf8(it).ok());
    text.ok_or_else(|| {
        Fault::wrong(
            "the kubeconfig holds data that is no PEM",
            "see its context's cluster and user",
        )
    })
}

/// Data goes before a file, as it does for `kubectl`.
fn pem(data: Option<&str>, file: Option<&PathBuf>, folder: &Path) -> Result<Option<String>, Fault> {
    match (data, file) {
        (Some(data), _) => decoded(data).map(Some),
        (None, Some(file)) => read(folder, file).map(Some),
        (None, None) => Ok(None),
    }
}

// === impl Cluster ===

impl Cluster {
    fn ca(&self, folder: &Path) -> Result<Option<String>, Fault> {
        let data = self.certificate_authority_data.as_deref();
        pem(data, self.certificate_authority.as_ref(), folder)
    }
}

// === impl User ===

impl User {
    fn token(&self, folder: &Path) -> Result<Option<String>, Fault> {
        use secrecy::ExposeSecret as _;
        match (&self.token_file, &self.token) {
            (Some(file), _) => read(folder, file).map(|it| Some(it.trim_end().to_owned())),
            (None, Some(token)) => Ok(Some(token.expose_secret().to_owned())),
            (None, None) => Ok(None),
        }
    }

    /// Certificate and key.
    fn identity(&self, folder: &Path) -> Result<Option<[String; 2]>, Fault> {
        use secrecy::ExposeSecret as _;
        let certificate = self.client_certificate_data.as_deref();
        let certificate = pem(certificate, self.client_certificate.as_ref(), folder)?;
        let key = self.client_key_data.as_ref().map(|it| it.expose_secret());
        let key = pem(key, self.client_key.as_ref(), folder)?;
        Ok(certificate
            .zip(key)
            .map(|(certificate, key)| [certificate, key]))
    }
}

// === impl Held ===

impl Held {
    fn hold(&mut self, name: &'static str, secret: String) -> SecretRef {
        self.0.insert(name, SecretString::from(secret));
        SecretRef::Env(name.to_owned())
    }
}

impl SecretReader for Held {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let held = match secret {
            SecretRef::Env(name) => self.0.get(name.as_str()),
            SecretRef::File(_) => None,
        };
        held.cloned()
            .ok_or_else(|| SecretError::Absent(secret.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn written(cluster: &str, user: &str) -> Result<Access, Fault> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("token"), "token-of-a-file\n").unwrap();
        let file = folder.path().join("config");
        let text = format!(
            "contexts: [{{name: prod, context: {{cluster: c, user: u, namespace: shop}}}}]\n\
             clusters: [{{name: c, cluster: {cluster}}}]\nusers: [{{name: u, user: {user}}}]\n\
             current-context: prod\n"
        );
        fs::write(&file, text).unwrap();
        access(&file, "prod")
    }

    const SERVER: &str = "{server: 'https://kube.example.com:6443'}";

    fn token(access: &Access) -> String {
        let token = access.secrets.read(access.token.as_ref().unwrap()).unwrap();
        token.expose_secret().to_owned()
    }

    #[test]
    fn address_authorities_and_token_are_those_of_the_context() {
        let cluster = "{server: 'https://kube.example.com:6443', certificate-authority-data: UEVN, tls-server-name: k}";
        let found = written(cluster, "{token: token-1}").unwrap_or_else(|_| panic!("refused"));
        assert_eq!(found.server, "https://kube.example.com:6443");
        assert_eq!(token(&found), "token-1");
        let ca = found.secrets.read(found.tls.ca.as_ref().unwrap()).unwrap();
        assert_eq!(
            (ca.expose_secret(), found.tls.server_name.as_deref()),
            ("PEM", Some("k"))
        );
        let of_file = written(SERVER, "{token: token-1, tokenFile: token}");
        assert_eq!(
            token(&of_file.unwrap_or_else(|_| panic!("refused"))),
            "token-of-a-file"
        );
    }

    #[test]
    fn what_runs_a_program_or_trusts_anybody_is_refused_and_not_repeated() {
        let insecure = "{server: 'https://k', insecure-skip-tls-verify: true}";
        let proxied = "{server: 'https://k', proxy-url: 'http://p'}";
        for (cluster, user) in [
            (SERVER, "{exec: {command: get-a-secret, apiVersion: v1}}"),
            (SERVER, "{token: token-1, auth-provider: {name: oidc}}"),
            (SERVER, "{username: ada, password: hunter2hunter2}"),
            (SERVER, "{token: token-1, as: admin}"),
            (SERVER, "{}"),
            (SERVER, "{tokenFile: elsewhere}"),
            (SERVER, "{client-certificate-data: UEVN}"),
            (insecure, "{token: token-1}"),
            (proxied, "{token: token-1}"),
            ("{}", "{token: token-1}"),
        ] {
            let refused = written(cluster, user).err().map(|it| format!("{it:?}"));
            let refused = refused.unwrap_or_else(|| panic!("{cluster} {user}"));
            for secret in ["token-1", "hunter2", "get-a-secret"] {
                assert!(!refused.contains(secret), "{refused}");
            }
        }
    }

    #[test]
    fn a_context_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        assert!(access(&file, "prod").is_err());
        fs::write(&file, "apiVersion: v1\nkind: Config\n").unwrap();
        assert!(access(&file, "prod").is_err());
    }
}
