//! The connectors of Flux and Argo CD against objects that real `kubectl` wrote, as `kubernetes_real.rs` says what is
//! real of that and what is not.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use anyhow::{Context, Result, ensure};
use passport_evidence::{FailureCode, Outcome, Reason, Status};
use passport_integration_tests::cluster::objects::COMMIT;
use passport_integration_tests::cluster::reader::{self, TOKEN, all_is_well, fact, failure, told};
use passport_integration_tests::cluster::role::{Role, Rule};
use passport_integration_tests::cluster::{Cluster, Door, gitops};
use passport_testkit::scenario::Trial;
use serde_json::{Value, json};

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
        apply: gitops::kustomization,
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
        apply: |cluster| gitops::helm_release(cluster, CHART),
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
        apply: gitops::git_repository,
        passed: &["source_ready", "suspended"],
        name: "name",
    },
    Read {
        what: "an Application",
        source: || argo_cd(&["revision"]),
        role: || Role::of_deploy("argo-cd"),
        apply: gitops::application,
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
        apply: |cluster| gitops::application_of_several(cluster, &[COMMIT, CHART, OF_VALUES]),
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
        let door = Door::before(cluster.url(), vec![reader::account(roles)]).await?;
        Ok(Self { door })
    }

    fn started(&self, source: Value, token: &str) -> Result<Trial> {
        let source = reader::source(&self.door, source);
        reader::started(&passport_cicd::registry(), source, token, Some(CHART))
    }

    async fn collected(&self, source: Value) -> Result<Outcome> {
        Ok(self.started(source, TOKEN)?.collect().await?)
    }

    async fn checked(&self, source: Value) -> Result<String> {
        reader::checked(&self.started(source, TOKEN)?).await
    }
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
        world.door.all_was_permitted(&role).context(read.what)?;
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
    gitops::helm_release(&cluster, "1.8.1")?;
    let outcome = world.collected((READS[1].source)()).await?;
    let other = (Status::Failed, Some(Reason::OtherSubject));
    assert_eq!(told(&outcome, "applied_revision")?, other);

    let world = World::before(&cluster, vec![(READS[4].role)()?]).await?;
    gitops::application_of_several(&cluster, &[COMMIT, "1.8.1", OF_VALUES])?;
    let outcome = world.collected((READS[4].source)()).await?;
    let deployed = fact(&outcome, "deployed_revision")?;
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
