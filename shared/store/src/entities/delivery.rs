//! A delivery that was taken.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    /// In the order of arrival within a process.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub source_id: Uuid,
    /// SHA-256 of the idempotency key, which may be of any length and hold any character.
    pub key_digest: Vec<u8>,
    /// Nanoseconds since 1970.
    pub received_at: i64,
    /// Nanoseconds since 1970.
    pub keep_until: i64,
    /// Bytes of its records.
    pub bytes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::record::Entity")]
    Record,
}

impl Related<super::record::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Record.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
