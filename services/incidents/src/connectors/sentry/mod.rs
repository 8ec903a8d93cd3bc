//! Errors of one release in one environment of one Sentry project.

mod asked;
mod breadth;
mod client;
mod detect;
mod facts;
mod model;
mod names;
mod pages;
mod previous;
mod pull;
mod region;
mod settings;
mod wanted;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Auth, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Object,
    Observation, ReadError, credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode, Reason,
};
use url::Url;

use asked::{Dated, Target};
use client::Client;
use facts::Judged;
use model::{Organization, Project};
use settings::Settings;
use wanted::Wanted;

/// The kind.
pub struct Sentry;

struct Source {
    wanted: Wanted,
    endpoint: Url,
    client: Client,
}

/// The scope, as it was found.
struct Scope {
    project: Dated<Object<Project>>,
    breadth: Breadth,
}

impl ConnectorKind for Sentry {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "sentry",
        display_name: "Sentry",
        category: Category::Errors,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "token of an internal integration with `event:read`, `project:read` and \
                     `org:read`",
        evidence: "new, regressed and unhandled issues of the release, crash-free sessions and \
                   users, error spike, events that were dropped",
        minimum_scope: "one release in one environment of one project",
        avoid: "tokens that may write or administrate; organization tokens, which read none of this",
        facts: &[
            FactDescriptor::new(
                "release_known",
                "whether the release exists in the project",
                None,
            ),
            FactDescriptor::new(
                "new_issue_count",
                "open issues that were first seen in the release",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "regressed_issue_count",
                "open issues that came back in the release",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "unhandled_issue_count",
                "open issues of the release that nothing caught",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "suppressed_issue_count",
                "issues that were first seen in the release and then archived",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "crash_free_sessions",
                "share of the release's sessions without a crash",
                Some(">= 99.5%"),
            ),
            FactDescriptor::new(
                "crash_free_users",
                "share of the release's users without a crash",
                Some(">= 99.5%"),
            ),
            FactDescriptor::new(
                "error_spike",
                "errors of the window over those that they are compared with",
                Some("<= 2"),
            ),
            FactDescriptor::new(
                "event_ingest_loss",
                "share of the project's errors that Sentry did not take",
                Some("<= 1%"),
            ),
        ],
        default_max_age_seconds: 300,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let auth = Auth::Bearer(builder.secret(&settings.credential));
        let provider = builder.client(&settings.endpoint, auth)?;
        let endpoint = Url::parse(&settings.endpoint).ok()?;
        Some(Box::new(Source {
            wanted: wanted?,
            endpoint,
            client: Client {
                provider: provider.refused_in(client::refused),
            },
        }))
    }
}

// === impl Source ===

impl Source {
    /// The project, if it is the one that is meant and lies where it is asked for.
    async fn scope(&self, request: &CollectRequest) -> Result<Result<Scope, Reason>, CollectError> {
        let project = match self.client.project(&self.wanted, request).await {
            Ok(project) => project,
            Err(error) => return not_asked(error),
        };
        if !self.is_ours(&project.read) {
            return Err(CollectError::new(FailureCode::OutOfScope));
        }
        let organization = self.organization(request).await?;
        if let Some(organization) = &organization {
            region::check(&self.endpoint, organization)?;
        }
        let breadth = breadth::of(&project.read, organization.as_deref());
        Ok(Ok(Scope { project, breadth }))
    }

    /// `None` where the token may not read it, or an old server has none.
    async fn organization(
        &self,
        request: &CollectRequest,
    ) -> Result<Option<Object<Organization>>, CollectError> {
        match self.client.organization(&self.wanted, request).await {
            Ok(organization) => Ok(Some(organization.read)),
            Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
            Err(_) => Ok(None),
        }
    }

    /// Sentry leads from the old slug of a project to its new one.
    fn is_ours(&self, project: &Project) -> bool {
        let organization = project.organization.as_ref();
        let is_its = organization.is_none_or(|it| it.slug == self.wanted.organization);
        project.slug == self.wanted.project && is_its
    }

    async fn pulled(
        &self,
        release: &str,
        request: &CollectRequest,
    ) -> Result<Observation, CollectError> {
        let scope = match self.scope(request).await? {
            Ok(scope) => scope,
            Err(reason) => return Ok(self.nothing(reason)),
        };
        let project = scope.project.read.id.text();
        let target = Target {
            wanted: &self.wanted,
            project: &project,
            request,
        };
        let found = pull::ask(&self.client, target, release).await?;
        let at = found
            .at()
            .map_or(scope.project.at, |it| it.min(scope.project.at));
        let judged = Judged {
            wanted: &self.wanted,
            release,
            project: &project,
            now: request.now,
        };
        let mut facts = facts::of(&found, judged, at);
        facts.push(scope.breadth.fact(request.now));
        Ok(Observation::pulled(facts))
    }

    fn nothing(&self, reason: Reason) -> Observation {
        Observation::pulled(facts::nothing(&self.wanted, reason))
    }
}

/// A source that answered, but not what was asked, is evidence of something unknown.
fn not_asked<T>(error: ReadError) -> Result<Result<T, Reason>, CollectError> {
    match error.failure() {
        Some(failure) => Err(failure),
        None => Ok(Err(error.reason())),
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let release = self.wanted.release.filled(request.subject.as_ref());
        match release.filter(|it| names::is_release(it)) {
            Some(release) => self.pulled(&release, request).await,
            None => Ok(self.nothing(Reason::NoSubject)),
        }
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = match self.scope(request).await? {
            Ok(scope) => scope.breadth,
            Err(_) => Breadth::Unverifiable,
        };
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}
