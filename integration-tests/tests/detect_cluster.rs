//! `passport detect --kube-context`: what it reads of a cluster, what it proposes, and that nobody is asked without it.
//! The cluster is the stand-in of `kubernetes_real.rs`.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use anyhow::{Result, ensure};
use passport_integration_tests::cluster::asked::Asked;
use passport_integration_tests::cluster::role::Role;
use passport_integration_tests::cluster::{Account, Cluster, Door, gitops, objects, runs};
use passport_integration_tests::program;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

const TOKEN: &str = "a-token-of-this-test";
const MARK: &str = "FILL IN:";

/// A cluster with everything in it, and a home with a kubeconfig.
struct World {
    _cluster: Cluster,
    door: Door,
    home: TempDir,
}

impl World {
    async fn with(role: Role) -> Result<Self> {
        let cluster = Cluster::start().await?;
        objects::workload(&cluster, &objects::complete())?;
        runs::job(&cluster)?;
        runs::cron_job(&cluster)?;
        objects::rollout(&cluster)?;
        objects::canary(&cluster)?;
        gitops::kustomization(&cluster)?;
        gitops::application(&cluster)?;
        let account = Account {
            name: "shop:somebody".to_owned(),
            token: TOKEN.to_owned(),
            roles: vec![role],
        };
        let door = Door::before(cluster.url(), vec![account]).await?;
        let home = tempfile::tempdir()?;
        fs::create_dir(home.path().join(".kube"))?;
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "other",
            "contexts": [
                {"name": "prod", "context": {"cluster": "prod", "user": "somebody"}},
                {"name": "program", "context": {"cluster": "prod", "user": "program"}},
            ],
            "clusters": [{"name": "prod", "cluster": {"server": door.url()}}],
            "users": [
                {"name": "somebody", "user": {"token": TOKEN}},
                {"name": "program", "user": {"exec": {"command": "touch", "args": ["ran"]}}},
            ],
        });
        fs::write(home.path().join(".kube/config"), config.to_string())?;
        Ok(Self {
            _cluster: cluster,
            door,
            home,
        })
    }

    async fn detect(&self, further: &[&str]) -> Result<Output> {
        passport(self.home.path(), &[&["detect"], further].concat()).await
    }
}

async fn passport(home: &Path, arguments: &[&str]) -> Result<Output> {
    let output = Command::new(program::built("passport")?)
        .args(arguments)
        .current_dir(home)
        .env("HOME", home)
        .env_remove("KUBECONFIG")
        .stdin(Stdio::null())
        .output();
    Ok(output.await?)
}

fn lists() -> Role {
    let role = Role {
        namespace: Some("shop".to_owned()),
        rules: Vec::new(),
    };
    let kinds = [
        ("apps", "deployments"),
        ("apps", "statefulsets"),
        ("apps", "daemonsets"),
        ("batch", "jobs"),
        ("batch", "cronjobs"),
        ("argoproj.io", "rollouts"),
        ("argoproj.io", "applications"),
        ("flagger.app", "canaries"),
        ("kustomize.toolkit.fluxcd.io", "kustomizations"),
        ("helm.toolkit.fluxcd.io", "helmreleases"),
    ];
    kinds
        .iter()
        .fold(role, |role, (group, kind)| role.and("list", group, kind))
}

fn proposed(output: &Output) -> Result<Value> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Connector and source of each candidate.
fn candidates(detected: &Value) -> BTreeSet<(String, String)> {
    let all = detected["detected"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let each = all
        .iter()
        .map(|it| (text(&it["connector"]), text(&it["source"])));
    each.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_a_namespace_is_proposed_and_only_its_names_are_listed() -> Result<()> {
    let world = World::with(lists()).await?;
    let asked = [
        "--kube-context",
        "prod",
        "--namespace",
        "shop",
        "-o",
        "json",
    ];
    let output = world.detect(&asked).await?;
    let detected = proposed(&output)?;
    let wanted = [
        ("kubernetes", "workload-checkout-api"),
        ("kubernetes", "workload-checkout-api-primary"),
        ("kubernetes", "workload-migrate-db"),
        ("kubernetes", "workload-nightly-report"),
        ("argo-rollouts", "rollout-checkout-api"),
        ("flagger", "canary-checkout-api"),
    ];
    let wanted = wanted.map(|(connector, source)| (connector.to_owned(), source.to_owned()));
    assert_eq!(candidates(&detected), BTreeSet::from(wanted));
    for (asked, is_permitted) in world.door.seen() {
        let Asked::Objects(it) = &asked else {
            continue;
        };
        assert!(is_permitted, "{asked:?}");
        assert_eq!(
            (it.verb.as_str(), it.namespace.as_deref()),
            ("list", Some("shop"))
        );
    }
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    for secret in [TOKEN, "a-secret-of-the-cluster"] {
        assert!(!printed.contains(secret));
    }
    Ok(())
}

const DECLARED: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: { name: checkout-api, namespace: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: checkout-api, namespace: staging }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: worker, namespace: shop }
";

#[tokio::test(flavor = "multi_thread")]
async fn what_both_say_is_proposed_once() -> Result<()> {
    let world = World::with(lists()).await?;
    fs::write(world.home.path().join("deploy.yaml"), DECLARED)?;
    let asked = [
        "--kube-context",
        "prod",
        "--namespace",
        "shop",
        "--service",
        "checkout-api",
        "-o",
        "json",
    ];
    let detected = proposed(&world.detect(&asked).await?)?;
    let found = |source: &str| {
        let all = detected["detected"].as_array().into_iter().flatten();
        let mut named = all.filter(|it| it["source"] == source);
        (named.next().cloned().unwrap_or_default(), named.count())
    };
    // Of the repository alone are another service and the same name elsewhere, which comes first.
    for (source, wanted) in [
        ("workload-checkout-api", "repository"),
        ("workload-worker", "repository"),
        ("workload-checkout-api-2", "both"),
        ("canary-checkout-api", "cluster"),
        ("rollout-checkout-api", "cluster"),
    ] {
        let (candidate, further) = found(source);
        assert_eq!(candidate["foundIn"], wanted, "{source}: {detected:#}");
        assert_eq!(further, 0, "{source}");
    }
    let (same, _) = found("workload-checkout-api-2");
    let places = same["why"].as_array().into_iter().flatten();
    let places: Vec<_> = places.map(|it| it["file"].clone()).collect();
    assert_eq!(places, [json!("deploy.yaml"), json!("shop/deployments")]);
    // Where it is, only the cluster knows.
    let printed = detected["configuration"].to_string();
    let at = printed.matches(world.door.url()).count();
    let of_cluster = detected["detected"].as_array().into_iter().flatten();
    let of_cluster = of_cluster.filter(|it| it["foundIn"] != "repository");
    assert_eq!(at, of_cluster.count(), "{printed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_proposed_is_a_configuration_once_its_blanks_are_filled() -> Result<()> {
    for (namespace, least) in [("shop", 6), ("flux-system", 1), ("argocd", 1)] {
        let role = Role {
            namespace: Some(namespace.to_owned()),
            ..lists()
        };
        let world = World::with(role).await?;
        let place = [
            "--workspace",
            "acme",
            "--service",
            "checkout-api",
            "--environment",
            "production",
        ];
        let asked = [
            "--kube-context",
            "prod",
            "--namespace",
            namespace,
            "--write",
            "passport.yaml",
        ];
        let output = world.detect(&[asked.as_slice(), &place].concat()).await?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let file = world.home.path().join("passport.yaml");
        let text = fs::read_to_string(&file)?;
        assert!(text.contains(world.door.url()), "{text}");
        let blanks = text
            .lines()
            .filter(|it| it.contains(MARK) && !it.starts_with('#'));
        assert_eq!(blanks.count(), 0, "{text}");
        assert!(text.matches("connector:").count() >= least, "{text}");
        let checked = passport(world.home.path(), &["config", "check", "passport.yaml"]).await?;
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(checked.status.success(), "{said}\n{text}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_listed_is_left_out_and_told() -> Result<()> {
    let world = World::with(lists().without("rollouts")).await?;
    let asked = [
        "--kube-context",
        "prod",
        "--namespace",
        "shop",
        "-o",
        "json",
    ];
    let output = world.detect(&asked).await?;
    let detected = proposed(&output)?;
    let connectors: BTreeSet<_> = candidates(&detected).into_iter().map(|it| it.0).collect();
    assert!(!connectors.contains("argo-rollouts") && connectors.contains("kubernetes"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("may not list rollouts"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_that_would_run_a_program_runs_none_and_asks_nobody() -> Result<()> {
    let world = World::with(lists()).await?;
    for context in ["program", "no-such-context"] {
        let asked = ["--kube-context", context, "--namespace", "shop"];
        let output = world.detect(&asked).await?;
        assert_eq!(output.status.code(), Some(2), "{context}");
    }
    assert!(!world.home.path().join("ran").exists());
    assert!(world.door.seen().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_context_nobody_is_asked() -> Result<()> {
    let world = World::with(lists()).await?;
    let output = world.detect(&["-o", "json"]).await?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(world.door.seen().is_empty());
    for half in [["--kube-context", "prod"], ["--namespace", "shop"]] {
        assert_eq!(world.detect(&half).await?.status.code(), Some(2));
    }
    assert!(world.door.seen().is_empty());
    Ok(())
}
