//! A pipeline that waits for a rollout: `passport gate --wait` looks on while the rollout that it waits for changes under
//! it. The cluster is the stand-in of `kubernetes_real.rs`, written to by real `kubectl`.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::process::Output;

use anyhow::{Context, Result};
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::cluster::asked::Asked;
use passport_integration_tests::cluster::role::Role;
use passport_integration_tests::cluster::{Account, Cluster, Door, objects};
use passport_integration_tests::configuration::of_sources;
use passport_integration_tests::http;
use passport_integration_tests::wait::until;
use serde_json::{Value, json};

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";
const TOKEN: &str = "a-token-of-this-test";
const DEPLOYMENT: &str = "deployments/checkout-api";

/// A rollout under way, and a mesh that stops releases for it.
struct World {
    cluster: Cluster,
    door: Door,
    mesh: AllInOne,
}

impl World {
    async fn start() -> Result<Self> {
        let cluster = Cluster::start().await?;
        objects::workload(&cluster, &objects::progressing())?;
        let account = Account {
            name: "shop:release-passport-reader".to_owned(),
            token: TOKEN.to_owned(),
            roles: vec![Role::of_deploy("kubernetes-deployment")?],
        };
        let door = Door::before(cluster.url(), vec![account]).await?;
        let source = json!({
            "connector": "kubernetes", "endpoint": door.url(),
            "credential": {"env": "SHOP_TOKEN"},
            "scope": {"namespace": "shop", "kind": "Deployment", "name": "checkout-api"},
        });
        let mut configuration = of_sources(json!({ "workload": source }));
        let of_workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
        of_workspace["policy"] = json!({
            "require": [{
                "source": "workload", "facts": ["rollout_condition", "available_replicas"],
            }],
        });
        of_workspace["mode"] = json!("enforce");
        let mesh = AllInOne::up(&configuration, &[("SHOP_TOKEN", TOKEN)]).await?;
        Ok(Self {
            cluster,
            door,
            mesh,
        })
    }

    /// Waits for the rollout, which its controller reports on like this as soon as it was looked at more than once; and
    /// gives what the command said and how it ended.
    async fn waited(&self, then: &Value) -> Result<Output> {
        let scope = [
            "--workspace",
            "workspace-acme-prod",
            "--service",
            "checkout-api",
        ];
        let asked = [
            "--environment",
            "production",
            "--revision",
            REVISION,
            "--wait",
            "50s",
        ];
        let gate = ["gate", "--gateway", self.mesh.url()];
        let command = [gate.as_slice(), &scope, &asked].concat();
        let (output, reported) = tokio::join!(all_in_one::run(command), async {
            until("somebody waits", async || self.is_watched().await).await?;
            let mut looks = 0;
            until("the rollout was looked at again and again", async || {
                looks += self.looks();
                Ok((looks >= 2).then_some(()))
            })
            .await?;
            self.cluster.report(objects::SHOP, DEPLOYMENT, then)
        });
        reported?;
        output
    }

    /// How often the workload was read since the last time.
    fn looks(&self) -> usize {
        let seen = self.door.seen().into_iter();
        let of_workload = |asked: &Asked| match asked {
            Asked::Objects(it) => it.resource == "deployments",
            Asked::Kinds | Asked::Review => false,
        };
        seen.filter(|(asked, _)| of_workload(asked)).count()
    }

    async fn is_watched(&self) -> Result<Option<()>> {
        let url = format!("{}/metrics", self.mesh.url());
        let told = http::client()?.get(&url).send().await?.text().await?;
        let is_open =
            |line: &str| line.starts_with("passport_limits_watches") && line.ends_with(" 1");
        Ok(told.lines().any(is_open).then_some(()))
    }
}

/// All that was printed.
fn printed(output: &Output) -> Result<String> {
    let both = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    Some(both.concat())
        .filter(|it| !it.is_empty())
        .context("nothing was printed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollout_that_fails_while_it_is_waited_for_ends_the_wait_with_a_no() -> Result<()> {
    let world = World::start().await?;
    let output = world.waited(&objects::failed()).await?;
    let printed = printed(&output)?;
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("block"), "{printed}");
    assert!(!printed.to_lowercase().contains("allow"), "{printed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollout_that_ends_well_while_it_is_waited_for_lets_the_release_go() -> Result<()> {
    let world = World::start().await?;
    let output = world.waited(&objects::complete()).await?;
    let printed = printed(&output)?;
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert!(printed.contains("allow"), "{printed}");
    assert!(printed.contains("hold, waits for"), "{printed}");
    Ok(())
}
