//! Sources, what was delivered to them, and what is kept of each delivery.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, binary, integer, text, uuid},
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_deliveries"
    }
}

#[derive(DeriveIden)]
enum Sources {
    Table,
    Id,
    Workspace,
    Service,
    Environment,
    Name,
    FirstDeliveryAt,
    Taken,
    KeptBytes,
    KeptDeliveries,
}

#[derive(DeriveIden)]
enum Deliveries {
    Table,
    Id,
    SourceId,
    KeyDigest,
    ReceivedAt,
    KeepUntil,
    Bytes,
}

#[derive(DeriveIden)]
enum Records {
    Table,
    DeliveryId,
    Position,
    Body,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(sources()).await?;
        manager.create_index(one_row_a_source()).await?;
        manager.create_table(deliveries()).await?;
        manager.create_index(one_row_a_key()).await?;
        manager.create_index(by_expiry()).await?;
        manager.create_table(records()).await
    }
}

fn sources() -> TableCreateStatement {
    Table::create()
        .table(Sources::Table)
        .col(uuid(Sources::Id).primary_key())
        .col(text(Sources::Workspace))
        .col(text(Sources::Service))
        .col(text(Sources::Environment))
        .col(text(Sources::Name))
        .col(big_integer(Sources::FirstDeliveryAt))
        .col(big_integer(Sources::Taken))
        .col(big_integer(Sources::KeptBytes))
        .col(big_integer(Sources::KeptDeliveries))
        .take()
}

fn one_row_a_source() -> IndexCreateStatement {
    Index::create()
        .name("sources_by_full_id")
        .table(Sources::Table)
        .col(Sources::Workspace)
        .col(Sources::Service)
        .col(Sources::Environment)
        .col(Sources::Name)
        .unique()
        .take()
}

fn deliveries() -> TableCreateStatement {
    Table::create()
        .table(Deliveries::Table)
        .col(uuid(Deliveries::Id).primary_key())
        .col(uuid(Deliveries::SourceId))
        .col(binary(Deliveries::KeyDigest))
        .col(big_integer(Deliveries::ReceivedAt))
        .col(big_integer(Deliveries::KeepUntil))
        .col(big_integer(Deliveries::Bytes))
        .foreign_key(
            ForeignKey::create()
                .from(Deliveries::Table, Deliveries::SourceId)
                .to(Sources::Table, Sources::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

fn one_row_a_key() -> IndexCreateStatement {
    Index::create()
        .name("deliveries_by_key")
        .table(Deliveries::Table)
        .col(Deliveries::SourceId)
        .col(Deliveries::KeyDigest)
        .unique()
        .take()
}

fn by_expiry() -> IndexCreateStatement {
    Index::create()
        .name("deliveries_by_expiry")
        .table(Deliveries::Table)
        .col(Deliveries::SourceId)
        .col(Deliveries::KeepUntil)
        .take()
}

fn records() -> TableCreateStatement {
    Table::create()
        .table(Records::Table)
        .col(uuid(Records::DeliveryId))
        .col(integer(Records::Position))
        .col(binary(Records::Body))
        .primary_key(
            Index::create()
                .col(Records::DeliveryId)
                .col(Records::Position),
        )
        .foreign_key(
            ForeignKey::create()
                .from(Records::Table, Records::DeliveryId)
                .to(Deliveries::Table, Deliveries::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}
