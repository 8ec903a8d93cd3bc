//! The kubeconfig of whoever runs the command, with the files that it names. What is used of it, and what is refused, is
//! the same as of a source's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use passport_connector_sdk::secrets::{SecretError, SecretReader, SecretRef};
use passport_connector_sdk::settings::TlsSettings;
use passport_kubernetes_api::kubeconfig::{self, Held as Part};
use secrecy::SecretString;

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

/// What the file says of a context.
pub fn access(file: &Path, context: &str) -> Result<Access, Fault> {
    let text = fs::read_to_string(file).map_err(|error| {
        let what = format!("could not read the kubeconfig: {}", error.kind());
        Fault::wrong(what, "name one that you may read in KUBECONFIG")
    })?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let found = kubeconfig::access(&text, context);
    let found = found.map_err(|refused| Fault::wrong(refused.to_string(), refused.fix()))?;
    let mut secrets = Held::default();
    let mut hold = |name: &'static str, part: Option<Part>| match part {
        Some(part) => read(folder, part).map(|it| Some(secrets.hold(name, it))),
        None => Ok(None),
    };
    let [certificate, key] = found.identity.map_or([None, None], |pair| pair.map(Some));
    let tls = TlsSettings {
        ca: hold(CA, found.ca)?,
        server_name: found.server_name,
        client_cert: hold(CERTIFICATE, certificate)?,
        client_key: hold(KEY, key)?,
    };
    let token = hold(TOKEN, found.token)?;
    Ok(Access {
        server: found.server,
        token,
        tls,
        secrets,
    })
}

/// What stands in the file, or in one that it names.
fn read(folder: &Path, part: Part) -> Result<SecretString, Fault> {
    let file = match part {
        Part::Text(text) => return Ok(text),
        Part::File(file) => folder.join(file),
    };
    let text = fs::read_to_string(file).map_err(|error| {
        let what = format!(
            "could not read a file that the kubeconfig names: {}",
            error.kind()
        );
        Fault::wrong(what, "see its context's cluster and user")
    })?;
    Ok(SecretString::from(text.trim_end()))
}

// === impl Held ===

impl Held {
    fn hold(&mut self, name: &'static str, secret: SecretString) -> SecretRef {
        self.0.insert(name, secret);
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
            (SERVER, "{token: token-1, as-groups: [admins]}"),
            (SERVER, "{token: token-1, as-uid: admin}"),
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
