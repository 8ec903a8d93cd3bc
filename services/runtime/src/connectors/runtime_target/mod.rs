//! A target without an API of its own: probed, or declared by a person.

mod certificate;
mod declared;
mod expectation;
mod facts;
mod probe;
mod settings;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode,
};

use declared::Declaration;
use probe::{Probe, Silent};
use settings::{Mode, Settings};

/// The kind.
pub struct RuntimeTarget;

/// What a source rests on.
enum Source {
    /// What the target answers.
    Probed(Box<Probe>),
    /// A person's word.
    Declared(Declaration),
}

impl ConnectorKind for RuntimeTarget {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "runtime-target",
        display_name: "Manual runtime target",
        category: Category::Runtime,
        status: ConnectorStatus::ManualConnector,
        promotion: None,
        capabilities: &[Capability::Pull],
        credential: "none, or the value of a header that the health endpoint asks for",
        evidence: "answer of a health endpoint, its version and certificate; or a person's statement, \
                   which is a warning at best",
        minimum_scope: "one target, by its health endpoint or by a statement of at most a day",
        avoid: "endpoints that show more than health, and headers over plain http",
        facts: &[
            FactDescriptor::new(
                "declared_target_state",
                "whether the target answers as it shall, or what was stated of it",
                None,
            ),
            FactDescriptor::new(
                "declared_version",
                "the version that the target names",
                None,
            ),
            FactDescriptor::new(
                "tls_certificate",
                "whole days until the target's certificate ends",
                Some(">= 7d"),
            ),
        ],
        default_max_age_seconds: 60,
    };

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let is_scope_sound = settings.scope.check(builder);
        let are_keys_sound = settings.names_one_way(builder);
        let source = match settings.mode {
            Mode::HttpProbe => Probe::http(&settings, builder).map(|it| Source::Probed(it.into())),
            Mode::TcpConnect => Probe::tcp(&settings, builder).map(|it| Source::Probed(it.into())),
            Mode::DeclaredState => Declaration::of(&settings, builder).map(Source::Declared),
        };
        let source = source.filter(|_| is_scope_sound && are_keys_sound)?;
        Some(Box::new(source))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        match self {
            Self::Declared(declaration) => Ok(Observation::declared(facts::of_word(
                declaration,
                request.now,
            ))),
            Self::Probed(probe) => {
                let found = probe.ask(request).await.map_err(Silent::failure)?;
                Ok(Observation::pulled(found))
            }
        }
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        match self {
            Self::Declared(_) => Ok(Observation::declared(vec![facts::no_credential()])),
            Self::Probed(probe) => {
                probe.ask(request).await.map_err(Silent::failure)?;
                Ok(Observation::pulled(vec![probe.breadth(request.now)]))
            }
        }
    }
}

impl Silent {
    fn failure(self) -> CollectError {
        match self {
            Self::Unreachable => CollectError::new(FailureCode::Unreachable),
            Self::OutOfScope => CollectError::new(FailureCode::OutOfScope),
            Self::NotAsked(error) => {
                let internal = || CollectError::new(FailureCode::Internal);
                error.failure().unwrap_or_else(internal)
            }
        }
    }
}
