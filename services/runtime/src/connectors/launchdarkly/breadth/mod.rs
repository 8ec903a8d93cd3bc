//! How much more a token may do than its source needs.

mod policy;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    CollectRequest, ReadError, credential_scope::Breadth, object::Object,
};
use passport_evidence::Fact;
use serde::Deserialize;

use super::client::Client;
pub use policy::Statement;

/// Most custom roles of one token that are read.
const MAX_ROLES: usize = 20;

/// Who asks ("Identify the caller").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Caller {
    token_id: Option<String>,
    service_token: Option<bool>,
}

/// A token without its secret ("Access tokens").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    #[serde(rename = "_id")]
    id: String,
    role: Option<String>,
    custom_role_ids: Option<Vec<String>>,
    inline_role: Option<Vec<Object<Statement>>>,
}

/// A role that an account has made ("Custom roles").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Role {
    #[serde(rename = "_id")]
    id: String,
    policy: Vec<Object<Statement>>,
    #[serde(rename = "_presetStatements")]
    preset: Option<Vec<Object<Statement>>>,
    base_permissions: Option<String>,
}

/// What the answers add up to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// It may change things, or read secrets.
    pub writes: bool,
    /// It reads more than the project, or belongs to a person.
    pub is_broad: bool,
    /// Not all of it is known.
    pub is_untold: bool,
}

/// Asks what the client's token may do. Nothing is changed by it. `may_change`: a flag said so.
pub async fn ask(client: &Client, may_change: bool, request: &CollectRequest) -> Fact {
    let mut found = Found {
        writes: may_change,
        ..Found::default()
    };
    let as_of = match client.object::<Caller>(&["caller-identity"], request).await {
        Ok((caller, at)) => {
            found.learn_of(&caller);
            found.learn_of_role(&caller, client, request).await;
            at
        }
        Err(_) => {
            found.is_untold = true;
            request.now
        }
    };
    // That it sees others tells more than its role; that it sees none, nothing.
    found.is_broad |= client.sees_others(request).await.unwrap_or_default();
    found.fact(as_of)
}

// === impl Found ===

impl Found {
    fn learn_of(&mut self, caller: &Caller) {
        match caller.service_token {
            Some(true) => {}
            // It goes with the person, and may do what the person may.
            Some(false) => self.is_broad = true,
            None => self.is_untold = true,
        }
    }

    async fn learn_of_role(&mut self, caller: &Caller, client: &Client, request: &CollectRequest) {
        let Ok(Some(token)) = token(caller, client, request).await else {
            self.is_untold = true;
            return;
        };
        let inline = token.inline_role.as_deref().unwrap_or_default();
        let custom = token.custom_role_ids.as_deref().unwrap_or_default();
        match token.role.as_deref() {
            None | Some("") => self.is_untold |= inline.is_empty() && custom.is_empty(),
            Some("reader") => self.is_broad = true,
            Some("writer" | "admin" | "owner") => self.writes = true,
            Some(_) => self.is_untold = true,
        }
        self.is_untold |= custom.len() > MAX_ROLES;
        self.add(inline, &client.project);
        for id in custom.iter().take(MAX_ROLES) {
            match client.object::<Role>(&["roles", id], request).await {
                Ok((role, _)) if role.id == *id => self.add_role(&role, &client.project),
                Ok(_) | Err(_) => self.is_untold = true,
            }
        }
    }

    /// Roles of before October 2024 may see everything without saying so in their policy.
    fn add_role(&mut self, role: &Role, project: &str) {
        match role.base_permissions.as_deref() {
            None | Some("" | "no_access") => {}
            Some("reader") => self.is_broad = true,
            Some(_) => self.is_untold = true,
        }
        self.add(&role.policy, project);
        self.add(role.preset.as_deref().unwrap_or_default(), project);
    }

    fn add(&mut self, statements: &[Object<Statement>], project: &str) {
        for found in statements.iter().map(|it| it.beyond(project)) {
            self.writes |= found.writes;
            self.is_broad |= found.is_broad;
            self.is_untold |= found.is_untold;
        }
    }

    /// Narrow is only what was seen to be so in every answer.
    fn fact(self, as_of: DateTime<Utc>) -> Fact {
        let breadth = match self {
            Self { writes: true, .. } => Breadth::WriteCapable,
            Self { is_broad: true, .. } => Breadth::Broad,
            Self {
                is_untold: true, ..
            } => Breadth::Unverifiable,
            Self { .. } => Breadth::Narrow,
        };
        breadth.fact(as_of)
    }
}

async fn token(
    caller: &Caller,
    client: &Client,
    request: &CollectRequest,
) -> Result<Option<Token>, ReadError> {
    let Some(id) = caller.token_id.as_deref() else {
        return Ok(None);
    };
    let (token, _) = client.object::<Token>(&["tokens", id], request).await?;
    Ok((token.id == id).then_some(token))
}
