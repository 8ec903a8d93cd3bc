//! An entry of a workspace's chain.

use passport_evidence::Scope;
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{
    StoreError,
    instant::{nanoseconds, time},
    ledger::{Entry, EntryKind},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// Hash of the entry before it.
    pub previous: Vec<u8>,
    pub hash: Vec<u8>,
    pub id: Uuid,
    pub kind: String,
    pub service: String,
    pub environment: String,
    /// The entry that it speaks of.
    pub about: Option<Uuid>,
    /// Digest of the release.
    pub subject: Option<Vec<u8>>,
    /// Nanoseconds since 1970.
    pub at: i64,
    pub body: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

// === impl Model ===

impl TryFrom<Model> for Entry {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        entry(row).ok_or(StoreError::Unreadable)
    }
}

fn entry(row: Model) -> Option<Entry> {
    let subject = row.subject.map(<[u8; 32]>::try_from);
    Some(Entry {
        sequence: u64::try_from(row.sequence).ok()?,
        previous: row.previous.try_into().ok()?,
        hash: row.hash.try_into().ok()?,
        id: row.id,
        kind: EntryKind::from_word(&row.kind)?,
        scope: Scope {
            workspace: row.workspace.parse().ok()?,
            service: row.service.parse().ok()?,
            environment: row.environment.parse().ok()?,
        },
        about: row.about,
        subject: subject.transpose().ok()?,
        at: time(row.at),
        body: row.body.into(),
    })
}

/// The row of an entry.
pub(crate) fn row(entry: &Entry) -> Result<ActiveModel, StoreError> {
    Ok(ActiveModel {
        workspace: Set(entry.scope.workspace.to_string()),
        sequence: Set(i64::try_from(entry.sequence).map_err(|_| StoreError::Unreadable)?),
        previous: Set(entry.previous.to_vec()),
        hash: Set(entry.hash.to_vec()),
        id: Set(entry.id),
        kind: Set(entry.kind.word().to_owned()),
        service: Set(entry.scope.service.to_string()),
        environment: Set(entry.scope.environment.to_string()),
        about: Set(entry.about),
        subject: Set(entry.subject.map(|it| it.to_vec())),
        at: Set(nanoseconds(entry.at)),
        body: Set(entry.body.to_vec()),
    })
}
