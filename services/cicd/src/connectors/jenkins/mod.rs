//! Builds of one Jenkins job.

mod breadth;
mod client;
mod commit;
mod detect;
mod facts;
mod model;
mod names;
mod parts;
mod pull;
mod settings;
mod states;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Auth, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, MaxAge, Reason,
};

use client::Client;
use commit::Revision;
use facts::Found;
use pull::Asked;
use settings::{Select, Settings, Wanted};

/// The kind.
pub struct Jenkins;

struct Source {
    wanted: Wanted,
    client: Client,
}

/// How long a build that goes on may be relied on to do so, in seconds.
const GOES_ON: u64 = 120;
/// How long a build may be relied on to be a job's newest, in seconds.
const IS_NEWEST: u64 = 3_600;

impl ConnectorKind for Jenkins {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "jenkins",
        display_name: "Jenkins",
        category: Category::CiCd,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "name and API token of a user with Overall/Read, and Job/Discover and Job/Read \
                     in one folder",
        evidence: "the newest build of one job, its commit, stages, artifacts and tests",
        minimum_scope: "one job",
        avoid: "the token of a person or an administrator: a token carries all rights of its user",
        facts: &[
            FactDescriptor::new("build_result", "result of the build", Some("= SUCCESS")),
            FactDescriptor::new("build_number", "which build was judged", None),
            FactDescriptor::new("source_sha", "commit that was built", None),
            FactDescriptor::new(
                "environment_parameter",
                "where it was built for; the item is the parameter",
                None,
            ),
            FactDescriptor::new(
                "deploy_stage",
                "how a stage ended; the item is its name",
                Some("= SUCCESS"),
            ),
            FactDescriptor::new(
                "artifact",
                "MD5 fingerprint of an archived file, or that it is there; the item is its name",
                Some("!= none"),
            ),
            FactDescriptor::new("test_report", "failed tests", Some("= 0")),
        ],
        default_max_age_seconds: 86_400,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let auth = Auth::Basic {
            username: builder.secret(&settings.credential.username),
            password: builder.secret(&settings.credential.api_token),
        };
        let provider = builder.client(&settings.endpoint, auth);
        let is_root = settings.is_at_root(builder);
        let (wanted, provider) = (wanted?, provider?);
        let job = wanted.job.clone();
        let client = Client { provider, job };
        is_root.then(|| Box::new(Source { wanted, client }) as Box<dyn Connector>)
    }
}

// === impl Source ===

impl Source {
    fn nothing(&self, reason: Reason, shown: Option<&str>) -> Observation {
        Observation::pulled(facts::nothing(&self.wanted, reason, shown))
    }
}

/// How long a build may be relied on, where that is less than the source says.
fn lasts(found: &Found, revision: &Revision) -> Option<MaxAge> {
    match (found.build.is_running(), revision) {
        (true, Revision::Commit(_) | Revision::None | Revision::Other) => {
            MaxAge::from_secs(GOES_ON)
        }
        (false, Revision::Commit(_)) => None,
        (false, Revision::None | Revision::Other) => MaxAge::from_secs(IS_NEWEST),
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _kept: &Kept,
    ) -> Result<Observation, CollectError> {
        let revision = Revision::of(request.subject.as_ref());
        let is_unanswerable = self.wanted.select == Select::SubjectRevision
            && !matches!(revision, Revision::Commit(_));
        if is_unanswerable {
            return Ok(self.nothing(Reason::NoSubject, None));
        }
        let asked = pull::ask(&self.client, &self.wanted, &revision, request).await?;
        Ok(match asked {
            Asked::NeverBuilt => self.nothing(Reason::NoData, Some(facts::NEVER_BUILT)),
            Asked::Nothing(reason) => self.nothing(reason, None),
            Asked::Build(found) => {
                let facts = facts::of_build(&found, &self.wanted, &revision, request.now);
                Observation::pulled(facts).lasting(lasts(&found, &revision))
            }
        })
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = breadth::ask(&self.client, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}
