//! Issues that Snyk found in named projects: asked for, or uploaded as output of its command.

mod breadth;
mod client;
mod detect;
mod doubt;
mod facts;
mod listed;
mod model;
mod pull;
mod settings;
mod severity;
mod upload;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Accepted, Auth, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery,
    Kept, Observation, Rejected, credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor};

use client::Client;
pub use settings::Settings;
use settings::{Declared, Scheme, Target, Wanted};
use upload::Judge;

/// The kind of connector.
pub struct Snyk;

struct Source {
    wanted: Wanted,
    way: Way,
}

/// How a source comes to know.
enum Way {
    /// It asks.
    Asks {
        client: Box<Client>,
        projects: Vec<String>,
    },
    /// It takes uploads.
    Takes {
        projects: BTreeSet<String>,
        declared: Declared,
        keep_for: TimeDelta,
    },
}

/// Uploads are kept for at least so long. A failed one must outlive the freshness of any older one,
/// or that one would pass in its place.
const KEPT_AT_LEAST: TimeDelta = TimeDelta::days(7);

impl ConnectorKind for Snyk {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "snyk",
        display_name: "Snyk",
        category: Category::Security,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Ingest, Capability::Detect],
        credential: "a token of a service account of one organization that views its projects; \
                     for uploads a token of ours with the verb ingest for the source",
        evidence: "Open and ignored issues of named projects by severity, and whether the projects \
                   are tested",
        minimum_scope: "named projects of one organization",
        avoid: "A personal token; a service account of a group; a whole organization",
        facts: &[
            FactDescriptor::new(
                "security_issues",
                "Open issues that nobody ignored, over all projects; the item is the severity",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "license_issues",
                "The same of licences, where a threshold is set; the item is the severity",
                None,
            ),
            FactDescriptor::new(
                "fixable_issues",
                "Those of security that Snyk knows a fix for; the item is the severity",
                None,
            ),
            FactDescriptor::new(
                "ignored_issues",
                "Open issues that somebody ignored",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "project_monitoring",
                "Whether Snyk tests a project; the item is its id",
                Some("= active"),
            ),
            FactDescriptor::new(
                "cli_result",
                "What an uploaded test says; the item is the project's name",
                Some("= ok"),
            ),
        ],
        default_max_age_seconds: 86_400,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let says_too_much = settings.says_too_much(builder);
        let wanted = settings.wanted(builder);
        let target = settings.scope.target(settings.mode, builder);
        let way = match settings.mode {
            settings::Mode::Pull => asking(&settings, target, builder),
            settings::Mode::Ingest => taking(&settings, target, builder),
        };
        let (wanted, way) = (wanted?, way?);
        (!says_too_much).then(|| Box::new(Source { wanted, way }) as Box<dyn Connector>)
    }
}

fn asking(settings: &Settings, target: Option<Target>, builder: &mut Builder<'_>) -> Option<Way> {
    let version = settings.version(builder);
    let token = settings.token(builder).cloned();
    let secret = token.map(|it| builder.secret(&it));
    let auth = secret.map_or(Auth::None, |secret| {
        match settings.auth.unwrap_or_default() {
            Scheme::Token => Auth::Scheme("token", secret),
            Scheme::Bearer => Auth::Bearer(secret),
        }
    });
    let is_known = auth.is_some();
    let provider = builder.client(settings.endpoint(), auth);
    let (version, provider) = (version?, provider?);
    match target? {
        Target::Asked { org, projects } if is_known => Some(Way::Asks {
            client: Box::new(Client {
                provider,
                version,
                org,
            }),
            projects,
        }),
        Target::Asked { .. } | Target::Uploaded(_) => None,
    }
}

fn taking(settings: &Settings, target: Option<Target>, builder: &Builder<'_>) -> Option<Way> {
    let max_age = builder.max_age()?;
    match target? {
        Target::Uploaded(projects) => Some(Way::Takes {
            projects,
            declared: settings.declared.unwrap_or_default(),
            keep_for: (max_age.as_delta() * 2).max(KEPT_AT_LEAST),
        }),
        Target::Asked { .. } => None,
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        match &self.way {
            Way::Asks { client, projects } => {
                let facts = pull::facts(client, projects, &self.wanted, request).await?;
                Ok(Observation::pulled(facts))
            }
            Way::Takes {
                projects, declared, ..
            } => {
                let judge = Judge {
                    projects,
                    wanted: &self.wanted,
                    declared: *declared,
                };
                let mut facts = judge.facts(kept);
                facts.push(Breadth::NoneSent.fact(request.now));
                Ok(Observation::delivered(facts))
            }
        }
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        match &self.way {
            Way::Asks { client, projects } => {
                let breadth = breadth::ask(client, projects, request).await?;
                Ok(Observation::pulled(vec![breadth.fact(request.now)]))
            }
            Way::Takes { .. } => {
                let breadth = Breadth::NoneSent.fact(request.now);
                Ok(Observation::delivered(vec![breadth]))
            }
        }
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match &self.way {
            Way::Asks { .. } => Err(Rejected::not_supported()),
            Way::Takes {
                projects, keep_for, ..
            } => upload::accept(delivery, projects, *keep_for),
        }
    }
}
