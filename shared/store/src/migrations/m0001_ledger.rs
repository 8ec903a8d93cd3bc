//! The ledger: its entries, and the head of each workspace's chain.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, binary, binary_null, text, uuid, uuid_null},
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_ledger"
    }
}

#[derive(DeriveIden)]
enum LedgerEntries {
    Table,
    Workspace,
    Sequence,
    Previous,
    Hash,
    Id,
    Kind,
    Service,
    Environment,
    About,
    Subject,
    At,
    Body,
}

#[derive(DeriveIden)]
enum LedgerHeads {
    Table,
    Workspace,
    Sequence,
    Hash,
    At,
    KeyId,
    Signature,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(heads()).await?;
        manager.create_table(entries()).await?;
        manager.create_index(one_follower()).await?;
        manager.create_index(one_row_an_id()).await?;
        manager.create_index(by_what_they_speak_of()).await?;
        manager.create_index(by_release()).await?;
        manager.create_index(by_scope()).await?;
        manager.create_index(by_kind()).await
    }
}

fn heads() -> TableCreateStatement {
    Table::create()
        .table(LedgerHeads::Table)
        .col(text(LedgerHeads::Workspace).primary_key())
        .col(big_integer(LedgerHeads::Sequence))
        .col(binary(LedgerHeads::Hash))
        .col(big_integer(LedgerHeads::At))
        .col(text(LedgerHeads::KeyId))
        .col(binary(LedgerHeads::Signature))
        .take()
}

/// The sequence is unique in its workspace: it is the key.
fn entries() -> TableCreateStatement {
    Table::create()
        .table(LedgerEntries::Table)
        .col(text(LedgerEntries::Workspace))
        .col(big_integer(LedgerEntries::Sequence))
        .col(binary(LedgerEntries::Previous))
        .col(binary(LedgerEntries::Hash))
        .col(uuid(LedgerEntries::Id))
        .col(text(LedgerEntries::Kind))
        .col(text(LedgerEntries::Service))
        .col(text(LedgerEntries::Environment))
        .col(uuid_null(LedgerEntries::About))
        .col(binary_null(LedgerEntries::Subject))
        .col(big_integer(LedgerEntries::At))
        .col(binary(LedgerEntries::Body))
        .primary_key(
            Index::create()
                .col(LedgerEntries::Workspace)
                .col(LedgerEntries::Sequence),
        )
        .take()
}

fn index(name: &str) -> IndexCreateStatement {
    Index::create()
        .name(name)
        .table(LedgerEntries::Table)
        .col(LedgerEntries::Workspace)
        .take()
}

/// No two entries follow the same one.
fn one_follower() -> IndexCreateStatement {
    index("ledger_entries_by_previous")
        .col(LedgerEntries::Previous)
        .unique()
        .take()
}

fn one_row_an_id() -> IndexCreateStatement {
    index("ledger_entries_by_id")
        .col(LedgerEntries::Id)
        .unique()
        .take()
}

fn by_what_they_speak_of() -> IndexCreateStatement {
    index("ledger_entries_by_about")
        .col(LedgerEntries::About)
        .col(LedgerEntries::Sequence)
        .take()
}

fn by_release() -> IndexCreateStatement {
    index("ledger_entries_by_subject")
        .col(LedgerEntries::Subject)
        .col(LedgerEntries::Kind)
        .col(LedgerEntries::Sequence)
        .take()
}

fn by_scope() -> IndexCreateStatement {
    index("ledger_entries_by_scope")
        .col(LedgerEntries::Service)
        .col(LedgerEntries::Environment)
        .col(LedgerEntries::Sequence)
        .take()
}

fn by_kind() -> IndexCreateStatement {
    index("ledger_entries_by_kind")
        .col(LedgerEntries::Kind)
        .col(LedgerEntries::Sequence)
        .take()
}
