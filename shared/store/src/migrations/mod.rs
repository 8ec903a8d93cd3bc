//! Tables, as they came to be. A migration that was released is never changed.

mod m0001_deliveries;
mod m0001_ledger;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// The tables of a collector.
pub(crate) struct CollectorTables;

impl MigratorTrait for CollectorTables {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_deliveries::Migration)]
    }
}

/// The tables of a gateway.
pub(crate) struct GatewayTables;

impl MigratorTrait for GatewayTables {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_ledger::Migration)]
    }
}
