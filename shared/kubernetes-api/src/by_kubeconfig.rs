//! How a source gets at the API server by one context of a kubeconfig.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use passport_connector_sdk::{
    Auth, Builder, ProviderClient, Trust,
    secrets::{Secret, SecretError, SecretReader, SecretRef},
};
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::{
    kubeconfig::{self, Access, Held},
    server::ApiServer,
};

const KEY: &str = "kubeconfig";

/// One context of a kubeconfig, which has address, authorities and token: no program is run, no client
/// certificate shown.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KubeconfigSettings {
    /// The file, in the folder of secrets. Its token is read anew at each use.
    pub file: Option<String>,
    /// In the place of `file`: the environment variable that holds the text of one.
    pub env: Option<String>,
    /// Which of its contexts. The current one is never taken.
    pub context: String,
}

/// Reads the token of a context anew, as long as it is for the same server.
struct ContextToken {
    config: Secret,
    context: String,
    server: String,
}

// === impl KubeconfigSettings ===

impl KubeconfigSettings {
    /// A client, or problems: nothing that the context says may be said by the source too.
    pub fn client(
        &self,
        server: ApiServer<'_>,
        builder: &mut Builder<'_>,
    ) -> Option<ProviderClient> {
        if server.in_cluster || server.endpoint.is_some() || server.credential.is_some() {
            let reason = "stands for address, token and authorities, and the source names others";
            let fix = "leave out `endpoint`, `credential` and `in_cluster`, or `kubeconfig`";
            builder.problem(KEY, reason, fix);
            return None;
        }
        let Some(reference) = self.reference() else {
            let fix = "write { file: PATH, context: NAME }, or `env` in the place of `file`";
            builder.problem(KEY, "does not name one file or variable", fix);
            return None;
        };
        let config = builder.secret(&reference);
        let access = self.access(&config, builder)?;
        let ca_pem = match &access.ca {
            Some(held) => Some(self.authorities(held, builder)?),
            None => None,
        };
        let Some(token) = &access.token else {
            let fix = "use a context whose user has a token: `kubectl create token`";
            builder.problem(KEY, "has a client certificate, and no token", fix);
            return None;
        };
        let token = match token {
            Held::File(file) => builder.secret(&self.beside(file)),
            Held::Text(_) => {
                let reader = ContextToken {
                    config,
                    context: self.context.clone(),
                    server: access.server.clone(),
                };
                Secret::new(reference, Arc::new(reader))
            }
        };
        let trust = Trust {
            key: KEY,
            ca_pem,
            server_name: access.server_name,
        };
        builder.client_trusting(&access.server, Auth::Bearer(token), trust)
    }

    /// Looked at as every other reference is, so that no secret stands in its place.
    fn reference(&self) -> Option<SecretRef> {
        let reference = match (&self.file, &self.env) {
            (Some(file), None) => json!({"file": file}),
            (None, Some(name)) => json!({"env": name}),
            (Some(_), Some(_)) | (None, None) => return None,
        };
        serde_json::from_value(reference).ok()
    }

    fn access(&self, config: &Secret, builder: &mut Builder<'_>) -> Option<Access> {
        let text = match config.read() {
            Ok(text) => text,
            Err(error) => {
                let fix = "name a kubeconfig of the folder of secrets";
                builder.problem(KEY, error.to_string(), fix);
                return None;
            }
        };
        match kubeconfig::access(text.expose_secret(), &self.context) {
            Ok(access) => Some(access),
            Err(refused) => {
                builder.problem(KEY, refused.to_string(), refused.fix());
                None
            }
        }
    }

    fn authorities(&self, held: &Held, builder: &mut Builder<'_>) -> Option<Vec<u8>> {
        let text = match held {
            Held::Text(text) => Ok(text.clone()),
            Held::File(file) => builder.secret(&self.beside(file)).read(),
        };
        let pem = text.map(|it| it.expose_secret().as_bytes().to_vec());
        if let Err(error) = &pem {
            let fix = "put the authorities beside the kubeconfig, or into it";
            builder.problem(KEY, error.to_string(), fix);
        }
        pem.ok()
    }

    /// A file that the kubeconfig names. It must lie where secrets may, as the kubeconfig itself.
    fn beside(&self, file: &Path) -> SecretRef {
        let own = self.file.as_deref().map(Path::new);
        let folder = own.and_then(Path::parent);
        SecretRef::File(folder.map_or_else(PathBuf::new, Path::to_owned).join(file))
    }
}

impl SecretReader for ContextToken {
    /// What was exchanged for a file that is about another server is no token for this one.
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let text = self.config.read()?;
        let access = kubeconfig::access(text.expose_secret(), &self.context).ok();
        let access = access.filter(|it| it.server == self.server);
        match access.and_then(|it| it.token) {
            Some(Held::Text(token)) => Ok(token),
            Some(Held::File(_)) | None => Err(SecretError::Unusable(secret.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A file that changes.
    #[derive(Clone)]
    struct Rewritten(Arc<Mutex<String>>);

    impl SecretReader for Rewritten {
        fn read(&self, _: &SecretRef) -> Result<SecretString, SecretError> {
            Ok(SecretString::from(self.0.lock().unwrap().clone()))
        }
    }

    fn config(server: &str, user: &str) -> String {
        format!(
            "contexts: [{{name: prod, context: {{cluster: c, user: u}}}}]\n\
             clusters: [{{name: c, cluster: {{server: '{server}'}}}}]\n\
             users: [{{name: u, user: {user}}}]\n"
        )
    }

    #[test]
    fn a_token_is_read_anew_and_only_for_the_server_that_is_asked() {
        let one = "https://one.example.com";
        let file = Rewritten(Arc::new(Mutex::new(config(one, "{token: token-1}"))));
        let reference = SecretRef::File("kube/config".into());
        let token = ContextToken {
            config: Secret::new(reference.clone(), Arc::new(file.clone())),
            context: "prod".to_owned(),
            server: one.to_owned(),
        };
        let token = Secret::new(reference, Arc::new(token));
        let shown = || token.read().map(|it| it.expose_secret().to_owned());
        assert_eq!(shown(), Ok("token-1".to_owned()));
        let write = |text: String| *file.0.lock().unwrap() = text;
        write(config(one, "{token: token-2}"));
        assert_eq!(shown(), Ok("token-2".to_owned()));
        for text in [
            config("https://other.example.com", "{token: token-3}"),
            config(one, "{exec: {command: get-a-token}}"),
            config(one, "{tokenFile: elsewhere}"),
            "contexts: []".to_owned(),
        ] {
            write(text);
            assert!(matches!(shown(), Err(SecretError::Unusable(_))));
        }
    }

    #[test]
    fn what_a_kubeconfig_names_lies_beside_it() {
        let named = |file: Option<&str>| KubeconfigSettings {
            file: file.map(str::to_owned),
            env: None,
            context: "prod".to_owned(),
        };
        let beside = |file| named(file).beside(Path::new("ca.pem"));
        assert_eq!(
            beside(Some("kube/config")),
            SecretRef::File("kube/ca.pem".into())
        );
        assert_eq!(beside(None), SecretRef::File("ca.pem".into()));
    }
}
