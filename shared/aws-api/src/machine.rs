//! A machine's own keys: of a role that the token of a pod's service account may assume, after the page "IAM roles for
//! service accounts"; of a container's or a pod's agent, after the pages "Task IAM role" and "How EKS Pod Identity
//! works", or of a virtual machine, after the page "Use the Instance Metadata Service" in its second version. The
//! first version, which asks for no token, is never used.

use std::path::Path;

use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue, Method, header::AUTHORIZATION};
use passport_connector_sdk::{
    CollectRequest, Machine, Object, ProviderClient, ReadError, Reply, Request,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{keys::Keys, role::Role, sts::Sts};

/// By which a pod is told which token it has, the role that this may assume, and how to name the session.
const IDENTITY_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const IDENTITY_ROLE: &str = "AWS_ROLE_ARN";
const IDENTITY_SESSION: &str = "AWS_ROLE_SESSION_NAME";
/// By which a container is told where its agent answers: a path, or a whole address.
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
/// And what it shows there: a file that is written anew, or a text.
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

/// How long the metadata service's token is good, in seconds: for one question.
const TTL: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
const SHORT: HeaderValue = HeaderValue::from_static("60");
const SHOWN: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");
const ROLES: [&str; 4] = ["latest", "meta-data", "iam", "security-credentials"];
/// Longest name of a role.
const MAX_ROLE: usize = 64;

/// What either hands out. It is shown nowhere.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HandedOut {
    /// Of the metadata service: whether the rest is there.
    code: Option<String>,
    access_key_id: String,
    secret_access_key: String,
    token: String,
    expiration: DateTime<Utc>,
}

/// Keys of the machine. Where its surroundings give a token or name an agent, only these are asked: the role of the
/// machine below may do more.
pub async fn keys(
    machine: &Machine,
    sts: &Sts,
    request: &CollectRequest,
) -> Result<Keys, ReadError> {
    let link = machine
        .variable(RELATIVE)
        .or_else(|| machine.variable(FULL));
    let identity = machine.variable(IDENTITY_FILE);
    let agent = link.as_ref().zip(machine.container.as_ref());
    let is_bare = link.is_none() && identity.is_none();
    let reply = match (identity, agent, &machine.instance) {
        (Some(file), _, _) if machine.web_identity => {
            return of_identity(machine, &file, sts, request).await;
        }
        (_, Some((link, agent)), _) => {
            of_container(machine, agent, link.expose_secret(), request).await?
        }
        (_, _, Some(service)) if is_bare => of_instance(service, request).await?,
        (_, _, _) => return Err(ReadError::NotConfigured),
    };
    // What it is called does not matter: the metadata service calls it plain text.
    let found = serde_json::from_slice::<Object<HandedOut>>(reply.body());
    let Object(found) = found.map_err(|_| ReadError::Malformed)?;
    if found.code.as_deref().is_some_and(|it| it != "Success") {
        return Err(ReadError::NotConfigured);
    }
    let (id, secret) = (found.access_key_id, found.secret_access_key);
    let session = Some(SecretString::from(found.token));
    Keys::new(id.into(), secret.into(), session).until(found.expiration, request.now)
}

/// Keys of the role that the pod's token may assume. The cluster writes the token anew from time to time.
async fn of_identity(
    machine: &Machine,
    file: &SecretString,
    sts: &Sts,
    request: &CollectRequest,
) -> Result<Keys, ReadError> {
    let role = machine.variable(IDENTITY_ROLE);
    let role = role.ok_or(ReadError::NotConfigured)?;
    let session = machine.variable(IDENTITY_SESSION);
    let session = session.as_ref().map(|it| it.expose_secret());
    let role = Role::check(role.expose_secret(), session, None);
    let role = role.map_err(|_| ReadError::NotConfigured)?;
    let token = machine.file(Path::new(file.expose_secret()));
    let token = token.map_err(|_| ReadError::NotConfigured)?;
    sts.assume_with_token(&role, &token, request).await
}

/// Elsewhere than at the address that the operator opened nothing is asked for.
async fn of_container(
    machine: &Machine,
    agent: &ProviderClient,
    link: &str,
    request: &CollectRequest,
) -> Result<Reply, ReadError> {
    let ask = agent.following(link).ok_or(ReadError::NotConfigured)?;
    let ask = match token(machine)? {
        Some(token) => ask.header(AUTHORIZATION, sensitive(&token)?),
        None => ask,
    };
    agent.send(ask, request).await
}

fn token(machine: &Machine) -> Result<Option<SecretString>, ReadError> {
    match machine.variable(TOKEN_FILE) {
        Some(path) => {
            let token = machine.file(Path::new(path.expose_secret()));
            token.map(Some).map_err(|_| ReadError::NotConfigured)
        }
        None => Ok(machine.variable(TOKEN)),
    }
}

async fn of_instance(
    service: &ProviderClient,
    request: &CollectRequest,
) -> Result<Reply, ReadError> {
    let ask = Request::new(Method::PUT, ["latest", "api", "token"]).header(TTL, SHORT);
    let token = service.send(ask, request).await?;
    let token = sensitive(&SecretString::from(text(&token)?.to_owned()))?;
    let ask = Request::get(ROLES).with_trailing_slash();
    let roles = service
        .send(ask.header(SHOWN, token.clone()), request)
        .await;
    let roles = match roles {
        Err(ReadError::NotFound) => return Err(ReadError::NotConfigured),
        roles => roles?,
    };
    let role = role(text(&roles)?)?;
    let ask = Request::get(ROLES.into_iter().chain([role]));
    service.send(ask.header(SHOWN, token), request).await
}

/// The one role of the machine.
fn role(listed: &str) -> Result<&str, ReadError> {
    let inner = |it: u8| it.is_ascii_alphanumeric() || b"+=,.@-_".contains(&it);
    let is_role = (1..=MAX_ROLE).contains(&listed.len()) && listed.bytes().all(inner);
    is_role.then_some(listed).ok_or(ReadError::Shape)
}

fn text(reply: &Reply) -> Result<&str, ReadError> {
    let text = std::str::from_utf8(reply.body()).map_err(|_| ReadError::Malformed)?;
    Ok(text.trim())
}

fn sensitive(token: &SecretString) -> Result<HeaderValue, ReadError> {
    let value = HeaderValue::from_str(token.expose_secret());
    let mut value = value.map_err(|_| ReadError::NotConfigured)?;
    value.set_sensitive(true);
    Ok(value)
}
