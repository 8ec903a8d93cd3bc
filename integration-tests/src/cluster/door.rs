//! The door before a cluster: who has which token, and what that account may do. It answers as a real API server
//! does (its answers are in `shared/kubernetes-api/testdata`), and lets through what a Role permits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::asked::{Asked, Permission};
use super::role::Role;
use crate::http;

const MOST: usize = 4 << 20;

/// A service account with its token.
#[derive(Debug, Clone)]
pub struct Account {
    /// Namespace and name.
    pub name: String,
    /// The token that stands for it.
    pub token: String,
    /// All that it may do.
    pub roles: Vec<Role>,
}

/// What came to the door.
type Log = Arc<Mutex<Vec<(Asked, bool)>>>;

/// A server that lets through what accounts may do. Ended when dropped.
#[derive(Debug)]
pub struct Door {
    url: String,
    log: Log,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Behind {
    server: String,
    accounts: Arc<BTreeMap<String, Account>>,
    http: Client,
    log: Log,
}

// === impl Door ===

impl Door {
    /// Opens it before a server, on a free port.
    ///
    /// # Errors
    /// There is no port.
    pub async fn before(server: String, accounts: Vec<Account>) -> Result<Self> {
        let log = Log::default();
        let accounts = accounts.into_iter().map(|it| (it.token.clone(), it));
        let behind = Behind {
            server,
            accounts: Arc::new(accounts.collect()),
            http: http::client()?,
            log: Arc::clone(&log),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = Router::new().fallback(handle).with_state(behind);
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { url, log, task })
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What was asked for, and whether it was let through; and from now on what comes after.
    #[must_use]
    pub fn seen(&self) -> Vec<(Asked, bool)> {
        std::mem::take(&mut *self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether all that came was let through, and nothing but the Role's objects was asked for.
    ///
    /// # Errors
    /// It is not so, or nobody came.
    pub fn all_was_permitted(&self, role: &Role) -> Result<()> {
        let seen = self.seen();
        ensure!(!seen.is_empty(), "nobody came");
        for (asked, is_permitted) in seen {
            ensure!(is_permitted, "{asked:?} was not permitted");
            if let Asked::Objects(permission) = &asked {
                ensure!(role.permits(permission), "{asked:?} is not in the Role");
            }
        }
        Ok(())
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn handle(State(behind): State<Behind>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST).await else {
        return status(StatusCode::BAD_REQUEST, "BadRequest", "no body", None);
    };
    let Some(account) = behind.account(&parts.headers) else {
        return status(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "Unauthorized",
            None,
        );
    };
    let path = parts.uri.path();
    let Some(asked) = Asked::of(parts.method.as_str(), path) else {
        return (StatusCode::NOT_FOUND, "404 page not found\n").into_response();
    };
    let is_permitted = match &asked {
        Asked::Kinds | Asked::Review => true,
        Asked::Objects(permission) => account.may(permission),
    };
    behind.note(asked.clone(), is_permitted);
    match asked {
        Asked::Review => account.review(path, &body),
        Asked::Objects(permission) if !is_permitted => account.forbidden(&permission),
        Asked::Kinds | Asked::Objects(_) => {
            let target = parts.uri.path_and_query().map_or(path, |it| it.as_str());
            let forwarded = behind.forward(&parts.method, target, body).await;
            forwarded.unwrap_or_else(|_| StatusCode::BAD_GATEWAY.into_response())
        }
    }
}

// === impl Behind ===

impl Behind {
    fn account(&self, headers: &HeaderMap) -> Option<&Account> {
        let shown = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        self.accounts.get(shown.strip_prefix("Bearer ")?)
    }

    fn note(&self, asked: Asked, is_permitted: bool) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push((asked, is_permitted));
    }

    async fn forward(
        &self,
        method: &axum::http::Method,
        target: &str,
        body: Bytes,
    ) -> Result<Response> {
        let url = format!("{}{target}", self.server);
        let request = self.http.request(method.clone(), url).body(body);
        let answer = request.send().await?;
        let status = answer.status();
        let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
        let date = answer.headers().get(header::DATE).cloned();
        let mut response = Response::new(Body::from(answer.bytes().await?));
        *response.status_mut() = status;
        let headers = [(header::CONTENT_TYPE, kind), (header::DATE, date)];
        for (name, value) in headers {
            value.map(|it| response.headers_mut().insert(name, it));
        }
        Ok(response)
    }
}

// === impl Account ===

impl Account {
    fn may(&self, asked: &Permission) -> bool {
        self.roles.iter().any(|it| it.permits(asked))
    }

    /// Whatever it may not see is forbidden, whether or not it is there.
    fn forbidden(&self, asked: &Permission) -> Response {
        let Permission {
            verb,
            group,
            resource,
            namespace,
            name,
        } = asked;
        let what = match group.as_str() {
            "" => resource.clone(),
            group => format!("{resource}.{group}"),
        };
        let of = name
            .as_ref()
            .map(|it| format!(" \"{it}\""))
            .unwrap_or_default();
        let place = match namespace {
            Some(namespace) => format!("in the namespace \"{namespace}\""),
            None => "at the cluster scope".to_owned(),
        };
        let message = format!(
            "{what}{of} is forbidden: User \"system:serviceaccount:{}\" cannot {verb} resource \"{resource}\" \
             in API group \"{group}\" {place}",
            self.name
        );
        let mut details = json!({"group": group, "kind": resource});
        if let Some(name) = name {
            details["name"] = json!(name);
        }
        status(StatusCode::FORBIDDEN, "Forbidden", &message, Some(details))
    }

    /// Both kinds of reviews, by the same rules that let through.
    fn review(&self, path: &str, body: &[u8]) -> Response {
        let Ok(mut review) = serde_json::from_slice::<Value>(body) else {
            return status(StatusCode::BAD_REQUEST, "BadRequest", "no review", None);
        };
        let answer = match path.rsplit('/').next() {
            Some("selfsubjectaccessreviews") => {
                json!({"allowed": self.may(&permission(&review["spec"]["resourceAttributes"]))})
            }
            Some("selfsubjectrulesreviews") => self.rules(review["spec"]["namespace"].as_str()),
            _ => return (StatusCode::NOT_FOUND, "404 page not found\n").into_response(),
        };
        review["status"] = answer;
        json_of(StatusCode::CREATED, &review)
    }

    /// What it may do in a namespace, and what every account may, as a real server lists it.
    fn rules(&self, namespace: Option<&str>) -> Value {
        let here = |it: &&Role| it.namespace.is_none() || it.namespace.as_deref() == namespace;
        let own = self.roles.iter().filter(here).flat_map(|it| &it.rules);
        let reviews = json!({
            "verbs": ["create"], "apiGroups": ["authorization.k8s.io"],
            "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        });
        let rules = own.filter_map(|it| serde_json::to_value(it).ok());
        let rules: Vec<_> = [reviews].into_iter().chain(rules).collect();
        json!({"resourceRules": rules, "nonResourceRules": [], "incomplete": false})
    }
}

fn permission(attributes: &Value) -> Permission {
    let text = |key: &str| attributes[key].as_str().filter(|it| !it.is_empty());
    let owned = |key: &str| text(key).unwrap_or_default().to_owned();
    let resource = match text("subresource") {
        Some(part) => format!("{}/{part}", owned("resource")),
        None => owned("resource"),
    };
    Permission {
        verb: owned("verb"),
        group: owned("group"),
        resource,
        namespace: text("namespace").map(str::to_owned),
        name: text("name").map(str::to_owned),
    }
}

fn status(code: StatusCode, reason: &str, message: &str, details: Option<Value>) -> Response {
    let mut status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code.as_u16(),
    });
    if let Some(details) = details {
        status["details"] = details;
    }
    json_of(code, &status)
}

fn json_of(code: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (code, kind, body.to_string()).into_response()
}
