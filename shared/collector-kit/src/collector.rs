//! A collector: a category with the sources that a configuration gives it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use passport_connector_sdk::{
    CollectorServer, Hub, ServerParts, Source,
    secrets::{SecretError, SecretRef},
};
use passport_evidence::{Clock, Problem, Scope, SourceId};
use passport_service_kit::{
    config::{Loaded, Report, SourceAt},
    process::Fault,
    server::Beside,
};

use crate::{Category, Lineage, storage};

/// Longest time that one source may take. Less than callers wait by default, so that a source with
/// one read unanswered can still say what the others gave.
const SOURCE_TIMEOUT: Duration = Duration::from_secs(9);

/// A category with its sources. Nothing listens and nobody was asked.
pub struct Collector {
    category: Category,
    sources: Vec<Source>,
}

// === impl Collector ===

impl Collector {
    /// Builds the sources of one category; those of others are not looked at.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn build(category: Category, loaded: &Loaded, hub: &Hub) -> Result<Self, Report> {
        let ids: Vec<_> = loaded.sources().filter_map(with_id).collect();
        Self::of(category, &ids, hub).map_err(|found| Report::of(&loaded.tree, placed(found, &ids)))
    }

    /// Builds the sources of each category; those of other categories are not looked at.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn build_all(
        categories: Vec<Category>,
        loaded: &Loaded,
        hub: &Hub,
    ) -> Result<Vec<Self>, Report> {
        let sources: Vec<_> = loaded.sources().filter_map(with_id).collect();
        let mut built = Vec::new();
        let mut problems = Vec::new();
        for category in categories {
            match Self::of(category, &sources, hub) {
                Ok(collector) => built.push(collector),
                Err(found) => problems.extend(found),
            }
        }
        match problems.is_empty() {
            true => Ok(built),
            false => Err(Report::of(&loaded.tree, placed(problems, &sources))),
        }
    }

    fn of(
        category: Category,
        sources: &[(SourceId, SourceAt<'_>)],
        hub: &Hub,
    ) -> Result<Self, Vec<(SourceId, Problem)>> {
        let values = sources.iter().map(|(id, at)| (id.clone(), at.value));
        let sources = category.registry.build_all(values, hub)?;
        Ok(Self { category, sources })
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.category.name
    }

    /// Environment variables that its sources name and that are not set now.
    pub fn absent_variables(&self) -> BTreeSet<String> {
        let secrets = self.sources.iter().flat_map(Source::secrets);
        let absent = secrets.filter(|it| matches!(it.read(), Err(SecretError::Absent(_))));
        let named = absent.filter_map(|secret| match secret.reference() {
            SecretRef::Env(name) => Some(name.clone()),
            SecretRef::File(_) => None,
        });
        named.collect()
    }

    /// Opens what it keeps deliveries in, and gives what answers callers, with what its providers
    /// push to.
    ///
    /// # Errors
    /// Its database can't be used.
    pub async fn start(
        self,
        loaded: &Loaded,
        clock: Arc<dyn Clock>,
        beside: Beside,
        lineage: &Lineage,
    ) -> Result<(CollectorServer, Beside), Fault> {
        let mut connectors = self.sources.iter().map(|source| source.descriptor.id);
        let keeps = connectors.any(|connector| self.category.keeps(connector));
        let name = self.category.name;
        let keeper = storage::keeper(keeps, &loaded.settings.store, name, lineage, &clock).await?;
        let server = lineage.server(ServerParts {
            name,
            registry: self.category.registry.clone(),
            sources: self.sources,
            configuration_digest: format!("sha256:{}", loaded.digest),
            keeper,
            clock: Arc::clone(&clock),
            source_timeout: SOURCE_TIMEOUT,
        });
        let beside = self.category.receivers(beside, server.clone(), clock);
        Ok((server, beside))
    }
}

/// A source whose names are well formed, as those of a loaded file are.
fn with_id(at: SourceAt<'_>) -> Option<(SourceId, SourceAt<'_>)> {
    let scope = Scope {
        workspace: at.workspace.parse().ok()?,
        service: at.service.parse().ok()?,
        environment: at.environment.parse().ok()?,
    };
    let name = at.name.parse().ok()?;
    Some((SourceId { scope, name }, at))
}

/// Problems of sources, by their place in the file.
fn placed(
    problems: Vec<(SourceId, Problem)>,
    sources: &[(SourceId, SourceAt<'_>)],
) -> Vec<Problem> {
    let path = |id: &SourceId| {
        let found = sources.iter().find(|(known, _)| known == id);
        found.map(|(_, at)| at.path()).unwrap_or_default()
    };
    let placed = problems.into_iter();
    placed
        .map(|(id, problem)| problem.under(&path(&id)))
        .collect()
}
