//! The connectors of Flux and Argo CD against objects that real `kubectl` wrote, as `kubernetes_real.rs` says what is
//! real of that and what is not.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use passport_evidence::{Clock as _, Fact, FailureCode, Outcome, Reason, Status, Subject};
use passport_integration_tests::cluster::asked::Asked;
use passport_integration_tests::cluster::objects::{self, COMMIT, DIGEST};
use passport_integration_tests::cluster::role::{Role, Rule};
use passport_integration_tests::cluster::{Account, Cluster, Door};
use passport_proto::collector::CheckSourceRequest;
use passport_proto::collector::collector_service_client::CollectorServiceClient;
use passport_proto::collector::collector_service_server::CollectorServiceServer;
use passport_service_kit::clock::SystemClock;
use passport_testkit::env::Env;
use passport_testkit::scenario::{Bench, Trial, source_id};
use serde_json::{Value, json};

const TOKEN: &str = "a-token-of-this-test";
const CHART: &str = "1.8.2";

/// An object that a source reads, and what may read it.
struct Read {
    what: &'static str,
    source: fn() -> Value,
    role: fn() -> Result<Role>,
    apply: fn(&Cluster) -> Result<()>,
    passed: &'static [&'static str],
    /// Where its kind stands in the settings of a source.
    name: &'static str,
}

const READS: [Read; 5] = [
    Read {
        what: "a Kustomization",
        source: || flux("Kustomization", "flux-system", "checkout-api", "revision"),
        role: || Role::of_deploy("flux"),
        apply: objects::kustomization,
        passed: &["flux_ready", "applied_revision", "suspended"],
        name: "name",
    },
    Read {
        what: "a HelmRelease",
        source: || flux("HelmRelease", "shop", "checkout-api", "chart_version"),
        role: || {
            let group = "helm.toolkit.fluxcd.io";
            Ok(reading("shop", group, "helmreleases", "checkout-api"))
        },
        apply: |cluster| objects::helm_release(cluster, CHART),
        passed: &[
            "flux_ready",
            "applied_revision",
            "helm_release",
            "helm_test",
            "drift",
            "rollback_target",
            "suspended",
        ],
        name: "name",
    },
    Read {
        what: "a GitRepository",
        source: || flux("GitRepository", "flux-system", "deploy", ""),
        role: || {
            let group = "source.toolkit.fluxcd.io";
            Ok(reading("flux-system", group, "gitrepositories", "deploy"))
        },
        apply: objects::git_repository,
        passed: &["source_ready", "suspended"],
        name: "name",
    },
    Read {
        what: "an Application",
        source: || argo_cd(&["revision"]),
        role: || Role::of_deploy("argo-cd"),
        apply: objects::application,
        passed: &[
            "sync_status",
            "app_health",
            "last_operation",
            "deployed_revision",
        ],
        name: "application",
    },
    Read {
        what: "an Application of several sources",
        source: || argo_cd(&["revision", "version", "any"]),
        role: || Role::of_deploy("argo-cd"),
        apply: |cluster| objects::application_of_several(cluster, &[COMMIT, CHART, OF_VALUES]),
        passed: &[
            "sync_status",
            "app_health",
            "last_operation",
            "deployed_revision",
            "rollback_target",
        ],
        name: "application",
    },
];
/// The commit of the repository that lends values.
const OF_VALUES: &str = "9999999999999999999999999999999999999999";

fn flux(kind: &str, namespace: &str, name: &str, compare: &str) -> Value {
    let scope = json!({"kind": kind, "namespace": namespace, "name": name});
    let mut source = json!({"connector": "flux", "scope": scope});
    if !compare.is_empty() {
        source["compare"] = json!(compare);
    }
    source
}

fn argo_cd(compare: &[&str]) -> Value {
    json!({
        "connector": "argo-cd", "read_from": "kubernetes", "compare": compare,
        "scope": {
            "project": "shop", "application": "checkout-api-prod", "app_namespace": "argocd",
        },
    })
}

/// A Role for one object, as the README of flux writes it for other kinds.
fn reading(namespace: &str, group: &str, resource: &str, name: &str) -> Role {
    let one = |it: &str| vec![it.to_owned()];
    Role {
        namespace: Some(namespace.to_owned()),
        rules: vec![Rule {
            api_groups: one(group),
            resources: one(resource),
            resource_names: one(name),
            verbs: one("get"),
        }],
    }
}

/// A door before a cluster, which knows one account with these Roles.
struct World {
    door: Door,
}

impl World {
    async fn before(cluster: &Cluster, roles: Vec<Role>) -> Result<Self> {
        let account = Account {
            name: "shop:release-passport-reader".to_owned(),
            token: TOKEN.to_owned(),
            roles,
        };
        let door = Door::before(cluster.url(), vec![account]).await?;
        Ok(Self { door })
    }

    fn started(&self, mut source: Value, token: &str) -> Result<Trial> {
        source["endpoint"] = json!(self.door.url());
        source["credential"] = json!({"env": "TOKEN"});
        let id = source_id("acme", "checkout-api", "production", "cluster")?;
        let subject = Subject {
            revision: Some(COMMIT.to_owned()),
            version: Some(CHART.to_owned()),
            artifact_digests: vec![DIGEST.to_owned()],
        };
        let trial = Bench::new(&passport_cicd::registry(), id, SystemClock.now())
            .source(source)
            .env(Env::from_iter([("TOKEN", token)]))
            .subject(Some(subject))
            .deadline(Duration::from_secs(20))
            .start();
        trial.map_err(|problems| anyhow::anyhow!("{problems:?}"))
    }

    async fn collected(&self, source: Value) -> Result<Outcome> {
        Ok(self.started(source, TOKEN)?.collect().await?)
    }

    /// The word of `credential_scope` that a check gives.
    async fn checked(&self, source: Value) -> Result<String> {
        let trial = self.started(source, TOKEN)?;
        let service = CollectorServiceServer::new(trial.server.clone());
        let id = source_id("acme", "checkout-api", "production", "cluster")?;
        let request = CheckSourceRequest {
            scope: Some((&id.scope).into()),
            source: id.name.to_string(),
        };
        let mut client = CollectorServiceClient::new(service);
        let said = client.check_source(request).await?.into_inner();
        let fact = said.facts.iter().find(|it| it.name == "credential_scope");
        let fact = fact.with_context(|| format!("{said:?}"))?;
        Ok(fact.value.clone().map(|it| it.text).unwrap_or_default())
    }

    /// Whether all that came to the door was let through, and nothing but the Role's object was asked for.
    fn all_was_permitted(&self, role: &Role) -> Result<()> {
        let seen = self.door.seen();
        ensure!(!seen.is_empty(), "nobody came");
        for (asked, is_permitted) in seen {
            ensure!(is_permitted, "{asked:?} was not permitted");
            if let Asked::Objects(permission) = &asked {
                ensure!(role.permits(permission), "{asked:?} is not in the Role");
            }
        }
        Ok(())
    }
}

fn facts(outcome: &Outcome) -> Result<&[Fact]> {
    match outcome {
        Outcome::Evidence(evidence) => Ok(evidence.facts()),
        Outcome::Failure(failure) => bail!("{failure:?}"),
    }
}

fn failure(outcome: &Outcome) -> Option<FailureCode> {
    match outcome {
        Outcome::Evidence(_) => None,
        Outcome::Failure(failure) => Some(failure.code),
    }
}

/// Whether these facts passed, and all others of the source do not speak against it.
fn all_is_well(outcome: &Outcome, passed: &[&str]) -> Result<()> {
    for name in passed {
        let mut named = facts(outcome)?
            .iter()
            .filter(|it| it.name().as_str() == *name);
        ensure!(
            named.any(|it| it.status() == Status::Passed),
            "{name}: {outcome:#?}"
        );
    }
    let is_well = |it: &Fact| matches!(it.status(), Status::Passed | Status::NotApplicable);
    ensure!(facts(outcome)?.iter().all(is_well), "{outcome:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_object_is_read_alone_with_its_role() -> Result<()> {
    for read in READS {
        let role = (read.role)()?;
        let cluster = Cluster::start().await?;
        (read.apply)(&cluster)?;
        let world = World::before(&cluster, vec![role.clone()]).await?;
        let outcome = world.collected((read.source)()).await?;
        all_is_well(&outcome, read.passed).context(read.what)?;
        let said = world.checked((read.source)()).await?;
        ensure!(said == "narrow", "{}: {said}", read.what);
        world.all_was_permitted(&role).context(read.what)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forbidden_is_denied_and_what_is_permitted_and_absent_is_not_found() -> Result<()> {
    for read in READS {
        let cluster = Cluster::start().await?;
        let world = World::before(&cluster, vec![(read.role)()?]).await?;
        // Permitted, and not there.
        let absent = world.collected((read.source)()).await?;
        ensure!(
            failure(&absent) == Some(FailureCode::NotFound),
            "{}: {absent:?}",
            read.what
        );
        (read.apply)(&cluster)?;
        // Nobody says whether another one is there.
        let mut other = (read.source)();
        other["scope"][read.name] = json!("another");
        let outcome = world.collected(other).await?;
        ensure!(
            failure(&outcome) == Some(FailureCode::Denied),
            "{}: {outcome:?}",
            read.what
        );
        let stranger = world.started((read.source)(), "another-token")?;
        let outcome = stranger.collect().await?;
        ensure!(
            failure(&outcome) == Some(FailureCode::Unauthenticated),
            "{}: {outcome:?}",
            read.what
        );
        let blind = World::before(&cluster, Vec::new()).await?;
        let outcome = blind.collected((read.source)()).await?;
        ensure!(
            failure(&outcome) == Some(FailureCode::Denied),
            "{}: {outcome:?}",
            read.what
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_beside_the_role_are_found() -> Result<()> {
    let cluster = Cluster::start().await?;
    // The last is the one before it, otherwise.
    for read in &READS[..4] {
        (read.apply)(&cluster)?;
        let role = (read.role)()?;
        let rule = role.rules.first().context("a Role without a rule")?;
        let (group, resource) = (rule.api_groups.first(), rule.resources.first());
        let group = group.context("no group")?.clone();
        let resource = resource.context("no resource")?.clone();
        for (more, word) in [
            (
                role.clone().and("patch", &group, &resource),
                "write_capable",
            ),
            (role.clone().and("list", "", "secrets"), "broad"),
            (Role::of_everything(), "write_capable"),
        ] {
            let world = World::before(&cluster, vec![role.clone(), more]).await?;
            let said = world.checked((read.source)()).await?;
            ensure!(said == word, "{}: {said} and not {word}", read.what);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_controller_says_otherwise_does_not_pass() -> Result<()> {
    let cluster = Cluster::start().await?;
    let world = World::before(&cluster, vec![(READS[1].role)()?]).await?;
    objects::helm_release(&cluster, "1.8.1")?;
    let outcome = world.collected((READS[1].source)()).await?;
    let told = facts(&outcome)?.iter();
    let mut applied = told.filter(|it| it.name().as_str() == "applied_revision");
    let applied = applied.next().context("nothing applied")?;
    let said = (applied.status(), applied.reason());
    assert_eq!(said, (Status::Failed, Some(Reason::OtherSubject)));

    let world = World::before(&cluster, vec![(READS[4].role)()?]).await?;
    objects::application_of_several(&cluster, &[COMMIT, "1.8.1", OF_VALUES])?;
    let outcome = world.collected((READS[4].source)()).await?;
    let told = facts(&outcome)?.iter();
    let mut deployed = told.filter(|it| it.name().as_str() == "deployed_revision");
    let deployed = deployed.next().context("nothing deployed")?;
    assert_ne!(deployed.status(), Status::Passed, "{deployed:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_takes_no_object_that_the_official_definition_does_not_know() -> Result<()> {
    let cluster = Cluster::start().await?;
    for (namespace, object, apply) in [
        ("flux-system", "kustomizations/checkout-api", READS[0].apply),
        ("shop", "helmreleases/checkout-api", READS[1].apply),
        ("flux-system", "gitrepositories/deploy", READS[2].apply),
    ] {
        apply(&cluster)?;
        let patch = json!({"spec": {"interval": 5}});
        let said = cluster.patch(namespace, object, &patch);
        let refused = said.is_err_and(|it| it.to_string().contains("invalid"));
        ensure!(refused, "{object}");
    }
    Ok(())
}
