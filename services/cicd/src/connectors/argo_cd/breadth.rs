//! How much a token may do.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use passport_connector_sdk::{
    CollectError, CollectRequest, ReadError, credential_scope::Breadth, secrets::Secret,
};
use passport_evidence::FailureCode;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{
    client::{Client, UserInfo},
    settings::{ReadFrom, ScopeSettings},
};
use passport_kubernetes_api::{self as kubernetes, Action, Allowed};

/// What would change the application.
const CHANGES: [&str; 4] = ["sync", "update", "delete", "override"];
/// What holds credentials of clusters and repositories.
const SECRETS: [&str; 2] = ["clusters", "repositories"];

/// What a token says of itself. It is not verified: the server, which took it, has done so.
#[derive(Debug, Default, Deserialize)]
struct Claims {
    sub: Option<String>,
    exp: Option<f64>,
}

/// What the answers add up to.
#[derive(Debug, Default)]
struct Found {
    writes: bool,
    is_broad: bool,
    is_unclear: bool,
}

/// Asks whoever is read from what the token may do, and fails where the token or the application
/// does not work.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    client.application(request).await.map_err(failed)?;
    match client.read_from {
        ReadFrom::ArgoCd => of_role(client, request).await,
        ReadFrom::Kubernetes => of_account(client, request).await.map_err(failed),
    }
}

fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}

/// Beside what is too much of any object, other applications of the namespace are: they may belong
/// to other projects.
async fn of_account(client: &Client, request: &CollectRequest) -> Result<Breadth, ReadError> {
    let object = client.object();
    let breadth = kubernetes::beyond(&client.provider, object, request).await?;
    if breadth != Breadth::Narrow {
        return Ok(breadth);
    }
    let all = Action {
        verb: "get",
        group: object.group,
        resource: object.resource,
        subresource: None,
        namespace: Some(object.namespace),
        name: None,
    };
    Ok(
        match kubernetes::may(&client.provider, all, request).await? {
            Allowed::Yes => Breadth::Broad,
            Allowed::No => Breadth::Narrow,
            Allowed::Untold => Breadth::Unverifiable,
        },
    )
}

async fn of_role(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    let mut found = Found::default();
    let user = told(client.user_info(request).await)?;
    if user.as_ref().is_some_and(|it| !it.logged_in) {
        return Err(CollectError::new(FailureCode::Unauthenticated));
    }
    found.learn_of_itself(user, client.token.as_ref().and_then(claims), &client.scope);
    for question in questions(&client.scope) {
        let object: Vec<_> = question.object.iter().map(String::as_str).collect();
        let said = client.can_i(question.resource, question.action, &object, request);
        match told(said.await)?.flatten() {
            None => found.is_unclear = true,
            Some(may) => match question.tells {
                Tells::Writes => found.writes |= may,
                Tells::IsBroad => found.is_broad |= may,
            },
        }
    }
    Ok(found.breadth())
}

/// A permission that is asked about, and what it tells where the token has it.
struct Question {
    resource: &'static str,
    action: &'static str,
    object: Vec<String>,
    tells: Tells,
}

#[derive(Clone, Copy)]
enum Tells {
    Writes,
    IsBroad,
}

/// Objects are compared with the patterns of policies to the letter: only a policy with a star there says yes to
/// a star.
fn questions(scope: &ScopeSettings) -> Vec<Question> {
    let own = objects(scope);
    let changes = CHANGES.iter().flat_map(|action| {
        own.iter()
            .map(|it| Question::new("applications", action, it, Tells::Writes))
    });
    // A role of a project has its rights below the project's name, and is asked about none without it.
    let own_project = [scope.project.as_str(), "*"];
    let secrets = SECRETS.iter().flat_map(|it| {
        let objects = [&["*"][..], &own_project[..]];
        objects.map(|object| Question::new(it, "get", object, Tells::Writes))
    });
    let others = others(scope);
    let others = others
        .iter()
        .map(|it| Question::new("applications", "get", it, Tells::IsBroad));
    changes.chain(secrets).chain(others).collect()
}

/// The application as policies name it: with its namespace, unless that is Argo CD's own.
fn objects(scope: &ScopeSettings) -> Vec<Vec<&str>> {
    let (project, name) = (scope.project.as_str(), scope.application.as_str());
    let named = scope.app_namespace.as_deref();
    let named = named.map(|namespace| vec![project, namespace, name]);
    [vec![project, name]].into_iter().chain(named).collect()
}

/// What more than this application a policy may be over: all projects, the project, the applications of a
/// namespace, or those whose names begin or end alike.
fn others(scope: &ScopeSettings) -> Vec<Vec<String>> {
    let star = || "*".to_owned();
    let project = || scope.project.clone();
    let mut others = vec![vec![star(), star()], vec![project(), star()]];
    others.extend(
        scope
            .app_namespace
            .clone()
            .map(|it| vec![project(), it, star()]),
    );
    let alike = [
        format!("{}*", scope.application),
        format!("*{}", scope.application),
    ];
    for object in objects(scope) {
        others.extend(alike.iter().map(|name| with_name(&object, name)));
    }
    others
}

/// The object, under another name.
fn with_name(object: &[&str], name: &str) -> Vec<String> {
    let parents = object.iter().take(object.len().saturating_sub(1));
    parents.chain([&name]).map(|it| (*it).to_owned()).collect()
}

/// A question that is not answered leaves it open; a token that is rejected meanwhile ends it.
fn told<T>(read: Result<T, ReadError>) -> Result<Option<T>, CollectError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(ReadError::Denied | ReadError::NotFound | ReadError::Rejected | ReadError::Shape) => {
            Ok(None)
        }
        Err(error) => Err(failed(error)),
    }
}

/// `None`: no token of Argo CD's form.
fn claims(token: &Secret) -> Option<Claims> {
    let token = token.read().ok()?;
    let mut parts = token.expose_secret().split('.');
    let payload = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(payload), Some(_), None) => payload,
        _ => return None,
    };
    let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&json).ok()
}

// === impl Question ===

impl Question {
    fn new(
        resource: &'static str,
        action: &'static str,
        object: &[impl AsRef<str>],
        tells: Tells,
    ) -> Self {
        Self {
            resource,
            action,
            object: object.iter().map(|it| it.as_ref().to_owned()).collect(),
            tells,
        }
    }
}

// === impl Found ===

impl Found {
    /// The server's word for whose the token is goes before the token's own.
    fn learn_of_itself(
        &mut self,
        user: Option<UserInfo>,
        claims: Option<Claims>,
        scope: &ScopeSettings,
    ) {
        self.is_unclear |= claims.is_none();
        let never_ends = claims.as_ref().is_some_and(|it| it.exp.is_none());
        let name = user.and_then(|it| it.username);
        let name = name.or_else(|| claims?.sub);
        let role = format!("proj:{}:", scope.project);
        let is_its = |name: &String| name.len() > role.len() && name.starts_with(&role);
        self.is_unclear |= name.is_none();
        self.is_broad |= never_ends || name.is_some_and(|it| !is_its(&it));
    }

    /// Narrow is only what was seen to be so in every answer.
    fn breadth(&self) -> Breadth {
        match self {
            Self { writes: true, .. } => Breadth::WriteCapable,
            Self { is_broad: true, .. } => Breadth::Broad,
            Self {
                is_unclear: true, ..
            } => Breadth::Unverifiable,
            Self { .. } => Breadth::Narrow,
        }
    }
}
