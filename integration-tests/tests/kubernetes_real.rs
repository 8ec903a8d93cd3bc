//! The connectors of Kubernetes against objects that real `kubectl` wrote.
//!
//! What is real: `kubectl` (applies the objects, patches their statuses); the schemas that every object is held
//! against when it is written (Kubernetes' own, and the official custom resource definitions); the collectors; the Roles
//! of `deploy/roles`, which decide what each account may read.
//!
//! What is not: the server. It is kmock, which others wrote, and which keeps objects and merges patches; label selectors,
//! pages, generations and the schemas are added in `cluster/server.py`. No controller runs: statuses are what the tests
//! write. kmock knows no accounts: a door before it, of these tests, knows tokens and Roles, and answers 401, 403 and
//! both kinds of reviews in the form that was recorded of a real server. Objects are written past the door.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use anyhow::Result;
use passport_connector_sdk::Registry;
use passport_evidence::{FailureCode, Outcome, Reason, Status};
use passport_integration_tests::cluster::objects;
use passport_integration_tests::cluster::reader::{self, TOKEN, all_is_well, fact, failure, told};
use passport_integration_tests::cluster::role::Role;
use passport_integration_tests::cluster::{Cluster, Door, limits, runs};
use passport_testkit::scenario::Trial;
use serde_json::{Value, json};

/// A cluster behind a door that knows one account with these Roles.
struct World {
    cluster: Cluster,
    door: Door,
}

impl World {
    async fn with(roles: Vec<Role>) -> Result<Self> {
        let cluster = Cluster::start().await?;
        let door = Door::before(cluster.url(), vec![reader::account(roles)]).await?;
        Ok(Self { cluster, door })
    }

    async fn of(role: &str) -> Result<Self> {
        Self::with(vec![Role::of_deploy(role)?]).await
    }

    /// The source with this server and token.
    fn source(&self, source: Value) -> Value {
        reader::source(&self.door, source)
    }

    fn workload(&self) -> Value {
        self.source(json!({
            "connector": "kubernetes",
            "scope": {"namespace": "shop", "kind": "Deployment", "name": "checkout-api"},
        }))
    }

    /// Whether nothing but the Role's objects was asked for.
    fn all_was_permitted(&self, role: &str) -> Result<()> {
        self.door.all_was_permitted(&Role::of_deploy(role)?)
    }
}

fn started(registry: &Registry, source: Value, token: &str) -> Result<Trial> {
    reader::started(registry, source, token, None)
}

async fn collected(registry: &Registry, source: Value) -> Result<Outcome> {
    Ok(started(registry, source, TOKEN)?.collect().await?)
}

async fn checked(registry: &Registry, source: Value) -> Result<String> {
    reader::checked(&started(registry, source, TOKEN)?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_that_kubectl_applied_is_read_with_its_role_alone() -> Result<()> {
    let world = World::of("kubernetes-deployment").await?;
    objects::workload(&world.cluster, &objects::complete())?;
    let runtime = passport_runtime::registry();
    let outcome = collected(&runtime, world.workload()).await?;
    let passed = [
        "credential_scope",
        "rollout_condition",
        "available_replicas",
        "container_health",
        "recent_restarts",
        "image_digest",
    ];
    all_is_well(&outcome, &passed)?;
    assert_eq!(checked(&runtime, world.workload()).await?, "narrow");
    world.all_was_permitted("kubernetes-deployment")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_beside_a_deployment_are_read_with_their_role_alone() -> Result<()> {
    let role = "kubernetes-deployment-limits";
    let world = World::of(role).await?;
    objects::workload(&world.cluster, &objects::complete())?;
    limits::beside(&world.cluster, 2, 1)?;
    let runtime = passport_runtime::registry();
    let mut source = world.workload();
    source["autoscaler"] = json!("checkout-api");
    source["disruption_budget"] = json!("checkout-api");
    let outcome = collected(&runtime, source.clone()).await?;
    let passed = ["credential_scope", "autoscaler_limits", "disruption_budget"];
    all_is_well(&outcome, &passed)?;
    assert_eq!(checked(&runtime, source.clone()).await?, "narrow");
    world.all_was_permitted(role)?;
    // No pod more than there are, and none that may go.
    limits::beside(&world.cluster, 5, 0)?;
    let outcome = collected(&runtime, source.clone()).await?;
    let degraded = (Status::Warning, Some(Reason::Degraded));
    assert_eq!(told(&outcome, "autoscaler_limits")?, degraded);
    assert_eq!(told(&outcome, "disruption_budget")?, degraded);
    // What a change of the budget asks for, its controller has not looked at.
    let more = json!({"spec": {"minAvailable": 2}});
    let budget = "poddisruptionbudgets/checkout-api";
    world.cluster.patch(objects::SHOP, budget, &more)?;
    let outcome = collected(&runtime, source).await?;
    let under_way = (Status::Pending, Some(Reason::InProgress));
    assert_eq!(told(&outcome, "disruption_budget")?, under_way);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_that_the_role_does_not_name_are_denied() -> Result<()> {
    let world = World::of("kubernetes-deployment").await?;
    objects::workload(&world.cluster, &objects::complete())?;
    limits::beside(&world.cluster, 2, 1)?;
    let mut source = world.workload();
    source["autoscaler"] = json!("checkout-api");
    source["disruption_budget"] = json!("checkout-api");
    let outcome = collected(&passport_runtime::registry(), source).await?;
    let denied = (Status::Unknown, Some(Reason::Denied));
    assert_eq!(told(&outcome, "autoscaler_limits")?, denied);
    assert_eq!(told(&outcome, "disruption_budget")?, denied);
    assert_eq!(told(&outcome, "rollout_condition")?, (Status::Passed, None));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ran_to_its_end_is_read_with_its_role_alone() -> Result<()> {
    let world = World::of("kubernetes-job").await?;
    runs::job(&world.cluster)?;
    let runtime = passport_runtime::registry();
    let source = world.source(json!({
        "connector": "kubernetes",
        "scope": {"namespace": "shop", "kind": "Job", "name": "migrate-db"},
    }));
    let outcome = collected(&runtime, source.clone()).await?;
    let passed = ["credential_scope", "rollout_condition", "image_digest"];
    all_is_well(&outcome, &passed)?;
    assert_eq!(checked(&runtime, source).await?, "narrow");
    world.all_was_permitted("kubernetes-job")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_is_read_with_the_job_that_it_made_last() -> Result<()> {
    let world = World::of("kubernetes-cronjob").await?;
    runs::job(&world.cluster)?;
    runs::cron_job(&world.cluster)?;
    let runtime = passport_runtime::registry();
    let source = world.source(json!({
        "connector": "kubernetes",
        "scope": {"namespace": "shop", "kind": "CronJob", "name": "nightly-report"},
    }));
    let outcome = collected(&runtime, source.clone()).await?;
    let passed = ["credential_scope", "rollout_condition", "image_digest"];
    all_is_well(&outcome, &passed)?;
    assert_eq!(checked(&runtime, source).await?, "narrow");
    world.all_was_permitted("kubernetes-cronjob")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_may_do_everything_is_too_broad() -> Result<()> {
    let world = World::with(vec![Role::of_everything()]).await?;
    objects::workload(&world.cluster, &objects::complete())?;
    let runtime = passport_runtime::registry();
    let outcome = collected(&runtime, world.workload()).await?;
    let too_broad = (Status::Failed, Some(Reason::TooBroad));
    assert_eq!(told(&outcome, "credential_scope")?, too_broad);
    let mut strict = world.workload();
    strict["require_narrow_credential"] = json!(true);
    let outcome = collected(&runtime, strict).await?;
    assert_eq!(failure(&outcome), Some(FailureCode::TooBroad));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_beside_the_role_are_found() -> Result<()> {
    let role = || Role::of_deploy("kubernetes-deployment");
    let pods = Role {
        namespace: None,
        ..role()?
    };
    for (more, word) in [
        (role()?.and("patch", "apps", "deployments"), "write_capable"),
        (role()?.and("list", "", "secrets"), "write_capable"),
        (role()?.and("create", "", "pods/exec"), "write_capable"),
        // Whoever reads everything reads secrets, and a secret lets him change things.
        (role()?.and("get", "*", "*"), "write_capable"),
        (pods, "broad"),
    ] {
        let world = World::with(vec![role()?, more]).await?;
        objects::workload(&world.cluster, &objects::complete())?;
        let said = checked(&passport_runtime::registry(), world.workload()).await?;
        assert_eq!(said, word);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forbidden_is_denied_and_not_absent() -> Result<()> {
    let runtime = passport_runtime::registry();
    let world = World::of("kubernetes-deployment").await?;
    objects::workload(&world.cluster, &objects::complete())?;
    // Another namespace, and another name: nobody says whether they are there.
    for (key, value) in [("namespace", "other"), ("name", "another")] {
        let mut source = world.workload();
        source["scope"][key] = json!(value);
        let outcome = collected(&runtime, source).await?;
        assert_eq!(failure(&outcome), Some(FailureCode::Denied), "{key}");
    }
    let stranger = started(&runtime, world.workload(), "another-token")?;
    let outcome = stranger.collect().await?;
    assert_eq!(failure(&outcome), Some(FailureCode::Unauthenticated));

    let role = Role::of_deploy("kubernetes-deployment")?.without("pods");
    let blind = World::with(vec![role]).await?;
    objects::workload(&blind.cluster, &objects::complete())?;
    let outcome = collected(&runtime, blind.workload()).await?;
    let denied = (Status::Unknown, Some(Reason::Denied));
    for name in [
        "container_health",
        "recent_restarts",
        "image_digest",
        "credential_scope",
    ] {
        assert_eq!(told(&outcome, name)?, denied, "{name}");
    }
    assert_eq!(told(&outcome, "rollout_condition")?, (Status::Passed, None));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_permitted_and_absent_is_absent() -> Result<()> {
    let world = World::of("kubernetes-deployment").await?;
    let outcome = collected(&passport_runtime::registry(), world.workload()).await?;
    let missed = (Status::Failed, Some(Reason::ThresholdMissed));
    assert_eq!(told(&outcome, "available_replicas")?, missed);
    assert_eq!(
        fact(&outcome, "available_replicas")?
            .value_text()
            .as_deref(),
        Some("0")
    );
    let nothing = (Status::Unknown, Some(Reason::NoData));
    assert_eq!(told(&outcome, "rollout_condition")?, nothing);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_object_is_seen_as_it_is_then() -> Result<()> {
    let world = World::of("kubernetes-deployment").await?;
    let runtime = passport_runtime::registry();
    objects::workload(&world.cluster, &objects::progressing())?;
    let outcome = collected(&runtime, world.workload()).await?;
    let under_way = (Status::Pending, Some(Reason::InProgress));
    assert_eq!(told(&outcome, "rollout_condition")?, under_way);
    let name = "deployments/checkout-api";
    world
        .cluster
        .report(objects::SHOP, name, &objects::complete())?;
    // What its controller has not seen yet says nothing of what is wanted now.
    let changed = json!({"spec": {"replicas": 3}});
    world.cluster.patch(objects::SHOP, name, &changed)?;
    let outcome = collected(&runtime, world.workload()).await?;
    assert_eq!(told(&outcome, "rollout_condition")?, under_way);
    world
        .cluster
        .report(objects::SHOP, name, &objects::failed())?;
    let generation = json!({"observedGeneration": 2});
    world.cluster.report(objects::SHOP, name, &generation)?;
    let outcome = collected(&runtime, world.workload()).await?;
    let bad = (Status::Failed, Some(Reason::BadState));
    assert_eq!(told(&outcome, "rollout_condition")?, bad);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_takes_no_object_that_the_official_description_does_not_know() -> Result<()> {
    let world = World::of("kubernetes-deployment").await?;
    objects::workload(&world.cluster, &objects::complete())?;
    objects::canary(&world.cluster)?;
    let refused = |object: &str, patch: Value| {
        let said = world.cluster.patch(objects::SHOP, object, &patch);
        said.is_err_and(|it| it.to_string().contains("invalid"))
    };
    let name = "deployments/checkout-api";
    assert!(refused(name, json!({"spec": {"replicaz": 2}})));
    assert!(refused(name, json!({"spec": {"replicas": "two"}})));
    let canary = "canaries/checkout-api";
    assert!(refused(
        canary,
        json!({"spec": {"analysis": {"threshold": "five"}}})
    ));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollout_is_read_with_its_analysis() -> Result<()> {
    let world = World::of("argo-rollouts").await?;
    objects::rollout(&world.cluster)?;
    let runtime = passport_runtime::registry();
    let source = json!({
        "connector": "argo-rollouts", "scope": {"namespace": "shop", "name": "checkout-api"},
    });
    let outcome = collected(&runtime, world.source(source.clone())).await?;
    let passed = [
        "credential_scope",
        "rollout_condition",
        "available_replicas",
        "canary_step",
        "analysis_result",
        "image_digest",
    ];
    all_is_well(&outcome, &passed)?;
    assert_eq!(checked(&runtime, world.source(source)).await?, "narrow");
    world.all_was_permitted("argo-rollouts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_is_read_with_its_workloads() -> Result<()> {
    let world = World::of("flagger").await?;
    objects::canary(&world.cluster)?;
    let runtime = passport_runtime::registry();
    let source = json!({
        "connector": "flagger", "scope": {"namespace": "shop", "name": "checkout-api"},
    });
    let outcome = collected(&runtime, world.source(source.clone())).await?;
    let passed = [
        "credential_scope",
        "rollout_condition",
        "canary_analysis",
        "canary_weight",
        "available_replicas",
    ];
    all_is_well(&outcome, &passed)?;
    assert_eq!(checked(&runtime, world.source(source)).await?, "narrow");
    world.all_was_permitted("flagger")
}
