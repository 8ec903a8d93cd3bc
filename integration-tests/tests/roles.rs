//! The Roles of `deploy/roles` are exactly what the connectors ask for: nothing is missing, and nothing is more.
//!
//! What they ask for is recorded: every case of a connector that is about the Role's object is played to a scriptable
//! provider, collected from and checked. Aside are two kinds of requests that need no Role, because every service
//! account may make them: which kinds there are (`system:discovery`), and what the account itself may do
//! (`system:basic-user`).

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use passport_connector_sdk::Registry;
use passport_evidence::{Scope, Subject};
use passport_integration_tests::cluster::asked::{Asked, Permission};
use passport_integration_tests::cluster::role::Role;
use passport_integration_tests::workspace;
use passport_proto::collector::CheckSourceRequest;
use passport_proto::collector::collector_service_client::CollectorServiceClient;
use passport_proto::collector::collector_service_server::CollectorServiceServer;
use passport_testkit::case::{Addresses, Case, Outcome};
use passport_testkit::env::Env;
use passport_testkit::provider::{Script, stranger};
use passport_testkit::scenario::{Bench, Trial, source_id};
use serde_json::{Value, json};

/// The Role of the sources that name what is beside their workload.
const LIMITS: &str = "kubernetes-deployment-limits";
const DIGEST: &str = "sha256:4444444444444444444444444444444444444444444444444444444444444444";

/// Vouches for nobody here.
static AUTHORITY: LazyLock<String> = LazyLock::new(|| stranger().unwrap_or_default());

/// A Role, and the cases of the sources that it is for.
struct Of {
    role: &'static str,
    cases: &'static str,
    scope: Value,
}

fn runtime(role: &'static str, connector: &str, scope: Value) -> (Of, Registry) {
    let cases = match connector {
        "kubernetes" => "services/runtime/src/connectors/kubernetes/cases",
        "argo-rollouts" => "services/runtime/src/connectors/argo_rollouts/cases",
        _ => "services/runtime/src/connectors/flagger/cases",
    };
    (Of { role, cases, scope }, passport_runtime::registry())
}

fn workload(kind: &str, name: &str) -> Value {
    json!({"namespace": "shop", "kind": kind, "name": name})
}

fn all() -> Vec<(Of, Registry)> {
    let named = json!({"namespace": "shop", "name": "checkout-api"});
    let flux = Of {
        role: "flux",
        cases: "services/cicd/src/connectors/flux/cases",
        scope: json!({"kind": "Kustomization", "namespace": "flux-system", "name": "checkout-api"}),
    };
    let argo_cd = Of {
        role: "argo-cd",
        cases: "services/cicd/src/connectors/argo_cd/cases",
        scope: json!({
            "project": "shop", "application": "checkout-api-prod", "app_namespace": "argocd",
        }),
    };
    let (deployment, database, daemon) = (
        workload("Deployment", "checkout-api"),
        workload("StatefulSet", "orders-db"),
        workload("DaemonSet", "log-shipper"),
    );
    let (job, cron_job) = (
        workload("Job", "migrate-db"),
        workload("CronJob", "nightly-report"),
    );
    vec![
        runtime("kubernetes-deployment", "kubernetes", deployment.clone()),
        runtime(LIMITS, "kubernetes", deployment),
        runtime("kubernetes-statefulset", "kubernetes", database),
        runtime("kubernetes-daemonset", "kubernetes", daemon),
        runtime("kubernetes-job", "kubernetes", job),
        runtime("kubernetes-cronjob", "kubernetes", cron_job),
        runtime("argo-rollouts", "argo-rollouts", named.clone()),
        runtime("flagger", "flagger", named),
        (flux, passport_cicd::registry()),
        (argo_cd, passport_cicd::registry()),
    ]
}

/// A connector asks for what its Role permits and for all of it.
async fn is_exact(role: &str) -> Result<()> {
    let found = all().into_iter().find(|(of, _)| of.role == role);
    let (of, registry) = found.context("no such Role")?;
    let (asked, played) = of.asked(&registry).await?;
    let role = Role::of_deploy(of.role)?;
    let permitted: BTreeSet<_> = role.permissions().collect();
    assert!(played > 0, "no case of {}", of.role);
    assert_eq!(asked, permitted, "{}", of.role);
    assert!(asked.iter().all(|it| role.permits(it)), "{}", of.role);
    Ok(())
}

#[tokio::test]
async fn the_role_for_a_deployment_is_exact() -> Result<()> {
    is_exact("kubernetes-deployment").await
}

#[tokio::test]
async fn the_role_for_a_deployment_with_its_limits_is_exact() -> Result<()> {
    is_exact(LIMITS).await
}

#[tokio::test]
async fn the_role_for_a_job_is_exact() -> Result<()> {
    is_exact("kubernetes-job").await
}

#[tokio::test]
async fn the_role_for_a_cron_job_is_exact() -> Result<()> {
    is_exact("kubernetes-cronjob").await
}

#[tokio::test]
async fn the_role_for_a_stateful_set_is_exact() -> Result<()> {
    is_exact("kubernetes-statefulset").await
}

#[tokio::test]
async fn the_role_for_a_daemon_set_is_exact() -> Result<()> {
    is_exact("kubernetes-daemonset").await
}

#[tokio::test]
async fn the_role_for_a_rollout_is_exact() -> Result<()> {
    is_exact("argo-rollouts").await
}

#[tokio::test]
async fn the_role_for_a_canary_is_exact() -> Result<()> {
    is_exact("flagger").await
}

#[tokio::test]
async fn the_role_for_flux_is_exact() -> Result<()> {
    is_exact("flux").await
}

#[tokio::test]
async fn the_role_for_an_application_is_exact() -> Result<()> {
    is_exact("argo-cd").await
}

#[test]
fn every_role_of_deploy_is_held_against_what_is_asked_for() -> Result<()> {
    let roles: BTreeSet<_> = all().iter().map(|(of, _)| of.role.to_owned()).collect();
    let files = fs::read_dir(workspace::root().join("deploy/roles"))?;
    let names = files.map(|it| {
        let name = it?.file_name().to_string_lossy().into_owned();
        Ok(name.trim_end_matches(".yaml").to_owned())
    });
    assert_eq!(names.collect::<Result<BTreeSet<_>>>()?, roles);
    Ok(())
}

#[test]
fn a_role_permits_what_its_rules_say_and_no_more() -> Result<()> {
    let role = Role::of_deploy("kubernetes-deployment")?;
    let object = |path: &str| match Asked::of("GET", path) {
        Some(Asked::Objects(permission)) => role.permits(&permission),
        _ => false,
    };
    for (path, permitted) in [
        (
            "/apis/apps/v1/namespaces/shop/deployments/checkout-api",
            true,
        ),
        ("/apis/apps/v1/namespaces/shop/deployments/other", false),
        ("/apis/apps/v1/namespaces/shop/deployments", false),
        ("/apis/apps/v1/namespaces/shop/replicasets", true),
        ("/apis/apps/v1/namespaces/shop/replicasets/one", false),
        ("/api/v1/namespaces/shop/pods", true),
        ("/api/v1/namespaces/shop/pods/one/log", false),
        ("/api/v1/namespaces/other/pods", false),
        ("/api/v1/pods", false),
        ("/api/v1/namespaces/shop/secrets", false),
    ] {
        assert_eq!(object(path), permitted, "{path}");
    }
    Ok(())
}

// === impl Of ===

impl Of {
    /// What was asked for over all cases that are about the Role's object, and how many there were.
    async fn asked(&self, registry: &Registry) -> Result<(BTreeSet<Permission>, usize)> {
        let mut asked = BTreeSet::new();
        let mut played = 0;
        let folder = workspace::root().join(self.cases);
        for file in fs::read_dir(&folder)? {
            let file = file?.path();
            let text = fs::read_to_string(&file)?;
            if !self.is_about(&serde_json::from_str(&text)?) {
                continue;
            }
            let case = Case::load(&file).map_err(|error| anyhow::anyhow!("{error}"))?;
            let found = play(&case, registry).await;
            asked.extend(found.with_context(|| case.name.clone())?);
            played += 1;
        }
        Ok((asked, played))
    }

    fn is_about(&self, case: &Value) -> bool {
        let exchanges = case.get("exchanges").and_then(Value::as_array);
        let exchanges = exchanges.map_or(&[][..], Vec::as_slice);
        let bodies = exchanges
            .iter()
            .filter_map(|it| it.pointer("/response/body"));
        let has = |of: &Value, at: &str, text: &str| of.pointer(at).is_some_and(|it| it == text);
        let mut canaries = bodies.filter(|it| has(it, "/kind", "Canary"));
        let is_of_ours = |it: &Value| {
            let is_deployment = has(it, "/spec/targetRef/kind", "Deployment");
            is_deployment && has(it, "/spec/targetRef/name", "checkout-api")
        };
        let names = |it: &str| case.pointer("/source").and_then(|of| of.get(it)).is_some();
        let has_limits = names("autoscaler") || names("disruption_budget");
        let mut faults = exchanges.iter().map(|it| it.pointer("/response/fault"));
        case.pointer("/source/scope") == Some(&self.scope)
            && has_limits == (self.role == LIMITS)
            && (self.role != "argo-cd" || has(case, "/source/read_from", "kubernetes"))
            && canaries.all(is_of_ours)
            && faults.all(|it| it.is_none_or(Value::is_null))
    }
}

/// What a collection and a check of a source ask for.
async fn play(case: &Case, registry: &Registry) -> Result<BTreeSet<Permission>> {
    let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
    let provider = script.at(case.now).start().await?;
    let filled = case.at(&Addresses::base(provider.base()));
    let filled = filled.map_err(|error| anyhow::anyhow!("{error}"))?;
    if filled.expected.outcome == Outcome::Refused {
        return Ok(BTreeSet::new());
    }
    let id = source_id("acme", "checkout-api", "production", "one")?;
    let subject = Subject {
        artifact_digests: vec![DIGEST.to_owned()],
        ..Subject::default()
    };
    // Collection and check together would be over what an origin is asked at once.
    let trial = || {
        let bench = Bench::new(registry, id.clone(), case.now)
            .source(filled.source.clone())
            .env(Env::from_iter(filled.env.clone()))
            .subject(Some(subject.clone()))
            .deadline(Duration::from_secs(20))
            // The system's authorities take long to read, and the provider needs none.
            .hub(|hub| hub.ca_pem = Some(AUTHORITY.as_bytes().to_vec()));
        let trial = bench.start();
        trial.map_err(|problems| anyhow::anyhow!("{problems:?}"))
    };
    trial()?.collect().await?;
    check(&trial()?, &id.scope).await?;
    let mut asked = BTreeSet::new();
    for seen in provider.requests() {
        match Asked::of(&seen.method, &seen.path).context(seen.path)? {
            Asked::Kinds | Asked::Review => {}
            Asked::Objects(permission) => _ = asked.insert(permission),
        }
    }
    Ok(asked)
}

async fn check(trial: &Trial, scope: &Scope) -> Result<()> {
    let service = CollectorServiceServer::new(trial.server.clone());
    let request = CheckSourceRequest {
        scope: Some(scope.into()),
        source: "one".to_owned(),
    };
    let said = CollectorServiceClient::new(service)
        .check_source(request)
        .await?
        .into_inner();
    ensure!(said.source.is_some(), "nothing was checked");
    Ok(())
}
