//! An entity, after the type `Entity` of NerdGraph. Its name is not read.

use passport_connector_sdk::{Object, ReadError};
use serde::Deserialize;

/// An entity.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entity {
    /// What it is known by.
    pub guid: String,
    /// Whose it is.
    pub account_id: u32,
    /// Whether it sends data.
    pub reporting: Option<bool>,
    /// The worst of what is open on it.
    pub alert_severity: Option<String>,
    tags: Option<Vec<Object<Tag>>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Tag {
    key: String,
    values: Vec<String>,
}

#[derive(Deserialize)]
struct OfEntity {
    entity: Option<Object<Entity>>,
}

/// Reads an entity.
pub fn parse(body: &[u8]) -> Result<Entity, ReadError> {
    super::without_errors(body)?;
    let OfEntity { entity } = super::of_actor(body)?;
    entity
        .map(|Object(entity)| entity)
        .ok_or(ReadError::NotFound)
}

impl Entity {
    /// What it is labelled with.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &[String])> {
        let tags = self.tags.iter().flatten();
        tags.map(|Object(tag)| (tag.key.as_str(), tag.values.as_slice()))
    }
}
