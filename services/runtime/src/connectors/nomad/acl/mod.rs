//! How much more a token may do than its source needs, by the rules of its policies.

mod grants;
pub mod hcl;
pub mod rules;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, Object, ReadError, Reply, credential_scope::Breadth};
use passport_evidence::Fact;
use serde::{Deserialize, de::DeserializeOwned};

use super::client::Client;
use grants::Right;
use rules::Rights;

/// What a cluster says in which everybody may do everything.
const DISABLED: &str = "ACL support disabled";
const SELF: [&str; 4] = ["v1", "acl", "token", "self"];
/// Most policies and roles of one token that are read.
const MOST: usize = 50;

/// What is known of a token.
pub struct Asked {
    /// How broad it is.
    pub fact: Fact,
    /// Whether a Nomad answered about it.
    pub is_answered: bool,
}

/// A token, as it sees itself ("ACL Tokens HTTP API"). Its secret is not read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Token {
    #[serde(rename = "Type")]
    kind: String,
    policies: Option<Vec<String>>,
    roles: Option<Vec<Object<RoleLink>>>,
}

#[derive(Debug, Deserialize)]
struct RoleLink {
    #[serde(rename = "ID")]
    id: String,
}

/// Policies under one name ("ACL Roles HTTP API").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Role {
    #[serde(rename = "ID")]
    id: String,
    policies: Option<Vec<Object<PolicyLink>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyLink {
    name: String,
}

/// Rights under one name ("ACL Policies HTTP API").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    name: String,
    rules: String,
}

/// What Nomad says of the token itself.
enum Said {
    Token(Token),
    /// There are no tokens: whoever reaches the cluster may do everything.
    Disabled,
    Nothing,
}

/// Asks what the client's token may do. Nothing is changed by it.
///
/// # Errors
/// Nomad could not be asked.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Asked, ReadError> {
    let ask = client.of_cluster(&SELF);
    let said = client.provider.send_unsorted(ask, request).await?;
    let as_of = said.observed_at();
    let (breadth, is_answered) = match of_answer(said.status().as_u16(), said.body()) {
        Said::Token(token) => (of_token(&token, client, request).await, true),
        Said::Disabled => (Breadth::WriteCapable, true),
        Said::Nothing => (Breadth::Unverifiable, false),
    };
    Ok(Asked {
        fact: breadth.fact(as_of),
        is_answered,
    })
}

/// Versions differ in the status that goes with [`DISABLED`].
fn of_answer(status: u16, body: &[u8]) -> Said {
    let token = || serde_json::from_slice::<Object<Token>>(body).ok();
    match status {
        200 => token().map_or(Said::Nothing, |it| Said::Token(it.0)),
        400.. if body.trim_ascii() == DISABLED.as_bytes() => Said::Disabled,
        _ => Said::Nothing,
    }
}

async fn of_token(token: &Token, client: &Client, request: &CollectRequest) -> Breadth {
    match token.kind.as_str() {
        "client" => {}
        "management" => return Breadth::WriteCapable,
        _ => return Breadth::Unverifiable,
    }
    let mut rights = Rights::of_namespace(&client.scope.namespace);
    let mut policies = token.policies.clone().unwrap_or_default();
    let roles = token.roles.as_deref().unwrap_or_default();
    for role in roles.iter().take(MOST) {
        match read::<Role>(client, &["v1", "acl", "role", &role.id], request).await {
            Some(found) if found.id == role.id => {
                let named = found.policies.unwrap_or_default().into_iter();
                policies.extend(named.map(|it| it.0.name));
            }
            Some(_) | None => rights.add(Right::Untold),
        }
    }
    policies.sort();
    policies.dedup();
    for name in policies.iter().take(MOST) {
        match read::<Policy>(client, &["v1", "acl", "policy", name], request).await {
            Some(found) if found.name == *name => rights.add_rules(&found.rules),
            Some(_) | None => rights.add(Right::Untold),
        }
    }
    if roles.len() > MOST || policies.len() > MOST {
        rights.add(Right::Untold);
    }
    rights.breadth()
}

/// `None`: it can't be told what it says.
async fn read<T: DeserializeOwned>(
    client: &Client,
    path: &[&str],
    request: &CollectRequest,
) -> Option<T> {
    let ask = client.of_cluster(path);
    let reply: Reply = client.provider.send(ask, request).await.ok()?;
    reply.json::<Object<T>>().ok().map(|it| it.0)
}

// === impl Asked ===

impl Asked {
    /// Nomad could not be asked.
    pub fn untold(now: DateTime<Utc>) -> Self {
        Self {
            fact: Breadth::Unverifiable.fact(now),
            is_answered: false,
        }
    }
}
