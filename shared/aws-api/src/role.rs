//! Roles that are assumed.

use schemars::JsonSchema;
use serde::Deserialize;

use super::account::is_account;

/// What the session of an assumed role is named, for who reads the account's trail.
const SESSION: &str = "passport-mesh";
/// Lengths of a session's name and of an external id, after the page "AssumeRole".
const SESSION_LENGTH: std::ops::RangeInclusive<usize> = 2..=64;
const EXTERNAL_ID_LENGTH: std::ops::RangeInclusive<usize> = 2..=1_224;

/// A role that the credential beside it may assume.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssumeRoleSettings {
    /// The role, `arn:aws:iam::111122223333:role/NAME`.
    pub role_arn: String,
    /// What the role's trust policy wants to be told beside; AWS does not treat it as a secret.
    pub external_id: Option<String>,
    /// What the session is named in the account's trail. Default: `passport-mesh`.
    pub session_name: Option<String>,
}

/// A role, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// What its session is named.
    pub session: String,
    /// What its trust policy wants to be told.
    pub external_id: Option<String>,
}

/// What is wrong with a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Its ARN.
    Arn,
    /// The name of its session.
    Session,
    /// Its external id.
    ExternalId,
}

// === impl Role ===

impl Role {
    /// A role, or what is wrong with it.
    pub fn check(
        arn: &str,
        session: Option<&str>,
        external_id: Option<&str>,
    ) -> Result<Self, Flaw> {
        let session = session.unwrap_or(SESSION);
        let inner = |it: u8| it.is_ascii_alphanumeric() || b"_+=,.@-".contains(&it);
        let fits = |text: &str, length: std::ops::RangeInclusive<usize>, more: &[u8]| {
            length.contains(&text.len()) && text.bytes().all(|it| inner(it) || more.contains(&it))
        };
        if account_of(arn).is_none() {
            return Err(Flaw::Arn);
        }
        if !fits(session, SESSION_LENGTH, b"") {
            return Err(Flaw::Session);
        }
        if !external_id.is_none_or(|it| fits(it, EXTERNAL_ID_LENGTH, b":/")) {
            return Err(Flaw::ExternalId);
        }
        Ok(Self {
            arn: arn.to_owned(),
            session: session.to_owned(),
            external_id: external_id.map(str::to_owned),
        })
    }

    /// The number of its account.
    pub fn account(&self) -> Option<&str> {
        account_of(&self.arn)
    }
}

/// The account of a role's ARN.
fn account_of(role: &str) -> Option<&str> {
    let parts: Vec<_> = role.splitn(6, ':').collect();
    let ["arn", _, "iam", "", account, resource] = parts.as_slice() else {
        return None;
    };
    let name = resource.strip_prefix("role/")?;
    let inner = |it: char| it.is_ascii_alphanumeric() || "+=,.@-_/".contains(it);
    let is_name = !name.is_empty() && name.chars().all(inner);
    (is_account(account) && is_name).then_some(account)
}
