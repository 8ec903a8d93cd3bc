//! Entries and heads as they are exported.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use passport_evidence::Scope;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

use super::{Entry, EntryKind, Head, Seal};

/// A word that is not what an export has in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not as it is exported")]
pub struct NotExported(&'static str);

/// A head, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HeadJson {
    workspace_id: String,
    sequence: u64,
    hash: String,
    at: String,
    key_id: String,
    signature: String,
}

/// An entry, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EntryJson {
    workspace_id: String,
    sequence: u64,
    previous: String,
    hash: String,
    id: String,
    kind: String,
    service: String,
    environment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    at: String,
    body: String,
}

// === impl Head ===

impl Serialize for Head {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let json = HeadJson {
            workspace_id: self.workspace.to_string(),
            sequence: self.sequence,
            hash: hex::encode(self.hash),
            at: time(self.at),
            key_id: self.seal.key_id.clone(),
            signature: BASE64_STANDARD.encode(&self.seal.signature),
        };
        json.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        HeadJson::deserialize(from)?
            .try_into()
            .map_err(D::Error::custom)
    }
}

impl TryFrom<HeadJson> for Head {
    type Error = NotExported;

    fn try_from(json: HeadJson) -> Result<Self, NotExported> {
        Ok(Self {
            workspace: read("workspaceId", json.workspace_id.parse())?,
            sequence: json.sequence,
            hash: digest("hash", &json.hash)?,
            at: read("at", json.at.parse())?,
            seal: Seal {
                key_id: json.key_id,
                signature: read("signature", BASE64_STANDARD.decode(json.signature))?,
            },
        })
    }
}

// === impl Entry ===

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let json = EntryJson {
            workspace_id: self.scope.workspace.to_string(),
            sequence: self.sequence,
            previous: hex::encode(self.previous),
            hash: hex::encode(self.hash),
            id: self.id.to_string(),
            kind: self.kind.word().to_owned(),
            service: self.scope.service.to_string(),
            environment: self.scope.environment.to_string(),
            about: self.about.map(|id| id.to_string()),
            subject: self.subject.map(hex::encode),
            at: time(self.at),
            body: BASE64_STANDARD.encode(&self.body),
        };
        json.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        EntryJson::deserialize(from)?
            .try_into()
            .map_err(D::Error::custom)
    }
}

impl TryFrom<EntryJson> for Entry {
    type Error = NotExported;

    fn try_from(json: EntryJson) -> Result<Self, NotExported> {
        let about = json.about.as_deref().map(Uuid::parse_str);
        let subject = json.subject.as_deref().map(|it| digest("subject", it));
        Ok(Self {
            sequence: json.sequence,
            previous: digest("previous", &json.previous)?,
            hash: digest("hash", &json.hash)?,
            id: read("id", Uuid::parse_str(&json.id))?,
            kind: EntryKind::from_word(&json.kind).ok_or(NotExported("kind"))?,
            scope: Scope {
                workspace: read("workspaceId", json.workspace_id.parse())?,
                service: read("service", json.service.parse())?,
                environment: read("environment", json.environment.parse())?,
            },
            about: read("about", about.transpose())?,
            subject: subject.transpose()?,
            at: read("at", json.at.parse())?,
            body: read("body", BASE64_STANDARD.decode(json.body))?.into(),
        })
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

fn digest(what: &'static str, text: &str) -> Result<[u8; 32], NotExported> {
    let mut digest = [0; 32];
    read(what, hex::decode_to_slice(text, &mut digest))?;
    Ok(digest)
}

fn read<T, E>(what: &'static str, read: Result<T, E>) -> Result<T, NotExported> {
    read.map_err(|_| NotExported(what))
}
