//! The reads that are ever sent, after Argo CD's API description and that of Kubernetes.
//!
//! One application is read and nothing listed. `refresh` is never sent: it makes the controller
//! work. The project always is: without it a missing application is answered with 403.

use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{
    CollectRequest, Object, ProviderClient, ReadError, Reply, Request, secrets::Secret,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    model::{Application, SyncWindows},
    settings::{ReadFrom, ScopeSettings},
};
use passport_kubernetes_api::{self as kubernetes, ObjectPath};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Asks about one application.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub scope: ScopeSettings,
    pub read_from: ReadFrom,
    /// What is shown to Argo CD, for what it says of itself.
    pub token: Option<Secret>,
}

/// Who Argo CD takes the token for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserInfo {
    pub logged_in: bool,
    pub username: Option<String>,
}

#[derive(Deserialize)]
struct CanI {
    value: String,
}

impl Client {
    /// The application, which is the one that was asked for.
    pub async fn application(&self, request: &CollectRequest) -> Result<Application, ReadError> {
        let Object(app): Object<Application> = match self.read_from {
            ReadFrom::ArgoCd => self.one(self.of_application(&[]), request).await?,
            ReadFrom::Kubernetes => {
                let read = kubernetes::read(&self.provider, self.object(), request);
                read.await?.0
            }
        };
        match self.scope.covers(&app) {
            true => Ok(app),
            false => Err(ReadError::OutOfScope),
        }
    }

    /// When it may be synced, as seen with an answer of this age.
    pub async fn sync_windows(
        &self,
        request: &CollectRequest,
    ) -> Result<(SyncWindows, Reply), ReadError> {
        let ask = self.of_application(&["syncwindows"]);
        let reply = self.provider.send(ask, request).await?;
        let Object(windows) = reply.json()?;
        Ok((windows, reply))
    }

    /// Who the token belongs to.
    pub async fn user_info(&self, request: &CollectRequest) -> Result<UserInfo, ReadError> {
        let ask = get(&["api", "v1", "session", "userinfo"]);
        let Object(user) = self.one(ask, request).await?;
        Ok(user)
    }

    /// Whether the token may do this; `None`: the answer is neither yes nor no.
    pub async fn can_i(
        &self,
        resource: &str,
        action: &str,
        object: &[&str],
        request: &CollectRequest,
    ) -> Result<Option<bool>, ReadError> {
        let start = ["api", "v1", "account", "can-i", resource, action];
        let path: Vec<_> = start.iter().chain(object).copied().collect();
        let said: Object<CanI> = self.one(get(&path), request).await?;
        Ok(match said.value.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        })
    }

    async fn one<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<T, ReadError> {
        self.provider.send(ask, request).await?.json()
    }

    /// The object itself, which lies in one namespace.
    pub fn object(&self) -> ObjectPath<'_> {
        ObjectPath {
            group: "argoproj.io",
            version: "v1alpha1",
            kind: "Application",
            resource: "applications",
            namespace: self.scope.app_namespace.as_deref().unwrap_or_default(),
            name: &self.scope.application,
        }
    }

    fn of_application(&self, below: &[&str]) -> Request {
        let start = ["api", "v1", "applications", &self.scope.application];
        let path: Vec<_> = start.iter().chain(below).copied().collect();
        let ask = get(&path).query("project", &self.scope.project);
        match &self.scope.app_namespace {
            Some(namespace) => ask.query("appNamespace", namespace),
            None => ask,
        }
    }
}

fn get(path: &[&str]) -> Request {
    Request::get(path.iter().copied()).header(ACCEPT, JSON)
}
