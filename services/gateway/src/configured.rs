//! The sources of the gateway's own configuration: what must answer is known before anybody is
//! asked.

use std::collections::BTreeMap;

use passport_evidence::{MaxAge, NameError, Scope, SourceName};
use passport_service_kit::config::{Loaded, SourceAt, model};

/// One configured source, as far as the gateway needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredSource {
    /// Id of its connector.
    pub connector: String,
    /// How long its evidence may be relied on. `None`: as long as the connector's default.
    pub max_age: Option<MaxAge>,
    /// Whether deliveries are signed by the provider, so that they need no token: the collector
    /// verifies the signature.
    pub is_signed: bool,
}

/// Sources of one scope by name.
pub type Sources = BTreeMap<SourceName, ConfiguredSource>;

/// All configured sources by scope. A scope that is configured without sources is there, empty.
#[derive(Debug, Clone, Default)]
pub struct ConfiguredSources(BTreeMap<Scope, Sources>);

/// A configuration that was loaded and yet can't be planned with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A name is not one of the evidence model.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A source's max age can't be read.
    #[error("the max age of source {0} is not a whole number with a unit")]
    MaxAge(String),
    /// A policy can't be used.
    #[error("the policy can't be used at {0}")]
    Policy(String),
}

// === impl ConfiguredSources ===

impl ConfiguredSources {
    /// Reads them out of a configuration.
    ///
    /// # Errors
    /// Only where the loader's idea of a name or a max age differs from that of the evidence model.
    pub fn of(loaded: &Loaded) -> Result<Self, Unusable> {
        let mut scopes = empty_scopes(&loaded.settings)?;
        for at in loaded.sources() {
            let scope = scope(at.workspace, at.service, at.environment)?;
            let name = SourceName::new(at.name)?;
            let sources = scopes.entry(scope).or_default();
            sources.insert(name, ConfiguredSource::of(&at)?);
        }
        Ok(Self(scopes))
    }

    /// Sources of a scope; `None` where the scope is not configured.
    pub fn in_scope(&self, scope: &Scope) -> Option<&Sources> {
        self.0.get(scope)
    }

    /// Whether there is a source whose deliveries need no token.
    pub fn any_is_signed(&self) -> bool {
        let mut sources = self.0.values().flat_map(BTreeMap::values);
        sources.any(|source| source.is_signed)
    }

    /// One source; `None` where it, or its scope, is not configured.
    pub fn get(&self, scope: &Scope, name: &SourceName) -> Option<&ConfiguredSource> {
        self.in_scope(scope)?.get(name)
    }
}

fn empty_scopes(settings: &model::Settings) -> Result<BTreeMap<Scope, Sources>, NameError> {
    let mut scopes = BTreeMap::new();
    for (workspace, value) in &settings.workspaces {
        for (service, value) in &value.services {
            for environment in value.environments.keys() {
                let scope = scope(workspace.as_str(), service.as_str(), environment.as_str())?;
                scopes.insert(scope, Sources::new());
            }
        }
    }
    Ok(scopes)
}

pub(crate) fn scope(workspace: &str, service: &str, environment: &str) -> Result<Scope, NameError> {
    Ok(Scope {
        workspace: workspace.parse()?,
        service: service.parse()?,
        environment: environment.parse()?,
    })
}

// === impl ConfiguredSource ===

impl ConfiguredSource {
    fn of(at: &SourceAt<'_>) -> Result<Self, Unusable> {
        let max_age = at.value.get("max_age").and_then(|value| value.as_str());
        let read = |text: &str| {
            let parsed = model::MaxAge::try_from(text.to_owned()).ok()?;
            MaxAge::from_duration(parsed.0)
        };
        let unreadable = || Unusable::MaxAge(at.path());
        Ok(Self {
            connector: at.connector().unwrap_or_default().to_owned(),
            max_age: max_age
                .map(|text| read(text).ok_or_else(unreadable))
                .transpose()?,
            is_signed: at.value.get("signing_secrets").is_some(),
        })
    }
}
