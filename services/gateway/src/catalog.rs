//! What the gateway knows of connectors: enough to plan with, made from their descriptors by
//! whoever puts the deployment together.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use passport_evidence::{Category, Descriptor, MaxAge, SourceName};
use serde::{Deserialize, Serialize};

use crate::configured::Sources;

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

/// A connector as the list of this version has it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    id: String,
    category: String,
    collector: String,
    default_max_age_seconds: u64,
}

/// The connectors of this version. A gateway of its own links none of them and must know which
/// sources have to answer before any collector does, so that their descriptors are written down
/// when the version is made.
const LIST: &str = include_str!("catalog.json");

/// The list of this version can't be read; a defect.
#[derive(Debug, thiserror::Error)]
#[error("the list of connectors can't be read")]
pub struct BadList;

/// The list, as it is written down.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    collectors: BTreeSet<String>,
    connectors: Vec<Listed>,
}

/// The collectors of a deployment, and their connectors by id.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    collectors: BTreeSet<String>,
    connectors: BTreeMap<String, PlannedConnector>,
}

impl Catalog {
    /// The collectors and connectors of this version.
    ///
    /// # Errors
    /// The list can't be read, which a test of it would have shown.
    pub fn of_this_version() -> Result<Self, BadList> {
        let list: List = serde_json::from_str(LIST).map_err(|_| BadList)?;
        let planned = list.connectors.into_iter().map(PlannedConnector::try_from);
        Ok(Self {
            collectors: list.collectors,
            connectors: planned.map(|it| it.map(by_id)).collect::<Result<_, _>>()?,
        })
    }

    /// The catalog with one more collector, which may have no connector yet.
    #[must_use]
    pub fn with<'a>(
        mut self,
        collector: &str,
        connectors: impl IntoIterator<Item = &'a Descriptor>,
    ) -> Self {
        self.collectors.insert(collector.to_owned());
        let planned = connectors.into_iter();
        let planned = planned.filter_map(|it| PlannedConnector::of(it, collector));
        self.connectors.extend(planned.map(by_id));
        self
    }

    /// Their list, as this version carries it.
    ///
    /// # Errors
    /// It can't be written.
    pub fn list(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&List {
            collectors: self.collectors.clone(),
            connectors: self.connectors.values().map(Listed::from).collect(),
        })
    }

    /// Names of all collectors.
    pub fn collectors(&self) -> impl Iterator<Item = &str> {
        self.collectors.iter().map(String::as_str)
    }

    /// All connectors, by id.
    pub fn iter(&self) -> impl Iterator<Item = &PlannedConnector> {
        self.connectors.values()
    }

    /// The connector of that id; `None` where this deployment has none.
    pub fn get(&self, connector: &str) -> Option<&PlannedConnector> {
        self.connectors.get(connector)
    }

    /// The category of each of these sources; without those of connectors that this deployment lacks.
    pub fn categories(&self, sources: &Sources) -> BTreeMap<SourceName, Category> {
        let known = sources.iter().filter_map(|(name, source)| {
            let connector = self.get(&source.connector)?;
            Some((name.clone(), connector.category))
        });
        known.collect()
    }
}

impl FromIterator<PlannedConnector> for Catalog {
    fn from_iter<I: IntoIterator<Item = PlannedConnector>>(connectors: I) -> Self {
        let connectors: BTreeMap<_, _> = connectors.into_iter().map(by_id).collect();
        let collectors = connectors.values().map(|it| it.collector.clone());
        Self {
            collectors: collectors.collect(),
            connectors,
        }
    }
}

fn by_id(connector: PlannedConnector) -> (String, PlannedConnector) {
    (connector.id.clone(), connector)
}

// === impl PlannedConnector ===

impl PlannedConnector {
    /// What planning needs of a descriptor; `None` where its max age can't be read.
    pub fn of(descriptor: &Descriptor, collector: &str) -> Option<Self> {
        Some(Self {
            id: descriptor.id.to_owned(),
            category: descriptor.category,
            collector: collector.to_owned(),
            default_max_age: descriptor.default_max_age()?,
        })
    }
}

impl TryFrom<Listed> for PlannedConnector {
    type Error = BadList;

    fn try_from(listed: Listed) -> Result<Self, BadList> {
        let max_age = Duration::from_secs(listed.default_max_age_seconds);
        Ok(Self {
            id: listed.id,
            category: Category::from_word(&listed.category).ok_or(BadList)?,
            collector: listed.collector,
            default_max_age: MaxAge::from_duration(max_age).ok_or(BadList)?,
        })
    }
}

// === impl Listed ===

impl From<&PlannedConnector> for Listed {
    fn from(planned: &PlannedConnector) -> Self {
        Self {
            id: planned.id.clone(),
            category: planned.category.as_str().to_owned(),
            collector: planned.collector.clone(),
            default_max_age_seconds: planned
                .default_max_age
                .as_delta()
                .num_seconds()
                .unsigned_abs(),
        }
    }
}
