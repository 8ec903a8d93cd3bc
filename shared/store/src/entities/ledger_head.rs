//! The newest entry of a workspace's chain, sealed.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{
    StoreError,
    instant::{nanoseconds, time},
    ledger::{Head, Seal},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_heads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace: String,
    /// Zero only while the transaction of the first entries runs.
    pub sequence: i64,
    /// Of the entry with this sequence.
    pub hash: Vec<u8>,
    /// When that entry came to be: nanoseconds since 1970.
    pub at: i64,
    pub key_id: String,
    pub signature: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

// === impl Model ===

impl TryFrom<Model> for Head {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let unreadable = StoreError::Unreadable;
        Ok(Self {
            workspace: row.workspace.parse().map_err(|_| unreadable.clone())?,
            sequence: u64::try_from(row.sequence).map_err(|_| unreadable.clone())?,
            hash: row.hash.try_into().map_err(|_| unreadable)?,
            at: time(row.at),
            seal: Seal {
                key_id: row.key_id,
                signature: row.signature,
            },
        })
    }
}

/// The row of a head.
pub(crate) fn row(head: &Head) -> Result<ActiveModel, StoreError> {
    Ok(ActiveModel {
        workspace: Set(head.workspace.to_string()),
        sequence: Set(i64::try_from(head.sequence).map_err(|_| StoreError::Unreadable)?),
        hash: Set(head.hash.to_vec()),
        at: Set(nanoseconds(head.at)),
        key_id: Set(head.seal.key_id.clone()),
        signature: Set(head.seal.signature.clone()),
    })
}
