//! What the gateway knows of connectors: enough to plan with, made from their descriptors by
//! whoever puts the deployment together.

use std::collections::BTreeMap;

use passport_evidence::{Category, MaxAge};

/// One connector, as far as planning needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedConnector {
    /// Its id, as sources name it.
    pub id: String,
    /// The category that callers and policies filter by.
    pub category: Category,
    /// Name of the collector that serves it.
    pub collector: String,
    /// How long evidence may be relied on where the source does not say.
    pub default_max_age: MaxAge,
}

/// The connectors of a deployment, by id.
#[derive(Debug, Clone, Default)]
pub struct Catalog(BTreeMap<String, PlannedConnector>);

impl Catalog {
    /// The connector of that id; `None` where this deployment has none.
    pub fn get(&self, connector: &str) -> Option<&PlannedConnector> {
        self.0.get(connector)
    }
}

impl FromIterator<PlannedConnector> for Catalog {
    fn from_iter<I: IntoIterator<Item = PlannedConnector>>(connectors: I) -> Self {
        let by_id = |connector: PlannedConnector| (connector.id.clone(), connector);
        Self(connectors.into_iter().map(by_id).collect())
    }
}
