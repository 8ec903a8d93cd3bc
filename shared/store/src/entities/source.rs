//! A source that took a delivery at least once.

use passport_evidence::SourceId;
use sea_orm::{ActiveValue::Set, Select, entity::prelude::*};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace: String,
    pub service: String,
    pub environment: String,
    pub name: String,
    /// Nanoseconds since 1970.
    pub first_delivery_at: i64,
    /// Deliveries that were ever taken.
    pub taken: i64,
    /// Bytes of the records of all deliveries that are here now.
    pub kept_bytes: i64,
    /// How many deliveries are here now.
    pub kept_deliveries: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The one row of a source.
pub(crate) fn find(id: &SourceId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Workspace.eq(id.scope.workspace.as_str()))
        .filter(Column::Service.eq(id.scope.service.as_str()))
        .filter(Column::Environment.eq(id.scope.environment.as_str()))
        .filter(Column::Name.eq(id.name.as_str()))
}

/// A row for a source that has none.
pub(crate) fn new(id: Uuid, source: &SourceId, first_delivery_at: i64) -> ActiveModel {
    ActiveModel {
        id: Set(id),
        workspace: Set(source.scope.workspace.to_string()),
        service: Set(source.scope.service.to_string()),
        environment: Set(source.scope.environment.to_string()),
        name: Set(source.name.to_string()),
        first_delivery_at: Set(first_delivery_at),
        taken: Set(0),
        kept_bytes: Set(0),
        kept_deliveries: Set(0),
    }
}
