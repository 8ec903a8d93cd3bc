//! The connector docker-compose against a real podman, over the socket that it offers to who speaks Docker's API.

mod engines;

use anyhow::{Result, ensure};
use passport_integration_tests::docker::Service;
use passport_integration_tests::podman::RealPodman;
use serde_json::json;

use engines::{RESTARTING, STOPPED, facts, has, once};

const HEALTHY: Service<'_> = Service {
    name: "api",
    options: &["--health-cmd=true", "--health-interval=10s"],
    command: &["/bin/sleep", "3000"],
};
const UNHEALTHY: Service<'_> = Service {
    name: "worker",
    options: &[
        "--health-cmd=false",
        "--health-interval=10s",
        "--health-retries=1",
    ],
    command: &["/bin/sleep", "3000"],
};

#[tokio::test]
async fn each_state_of_a_container_of_podman_is_told_as_what_it_is() -> Result<()> {
    let podman = RealPodman::start().await?;
    let healthy = podman.run("shop", &HEALTHY)?;
    let unhealthy = podman.run("shop", &UNHEALTHY)?;
    podman.run("shop", &RESTARTING)?;
    podman.run("shop", &STOPPED)?;

    let starting = "container_health | Pending | IN_PROGRESS | starting";
    has(
        &facts(&podman.endpoint(), "api", &json!({})).await?,
        &[starting],
    )?;
    podman.check(&healthy)?;
    let well = "container_health | Passed | - | healthy";
    let found = once(&podman.endpoint(), "api", json!({}), well).await?;
    let of_all = [
        "available_replicas | Passed | - | 1",
        "recent_restarts | Passed | - | 0",
        "rollout_condition | NotApplicable | INFORMATIONAL | uniform",
        "credential_scope | Failed | TOO_BROAD | write_capable",
    ];
    has(&found, &of_all)?;

    podman.check(&unhealthy)?;
    let unwell = "container_health | Failed | BAD_STATE | unhealthy";
    let found = once(&podman.endpoint(), "worker", json!({}), unwell).await?;
    has(
        &found,
        &["available_replicas | Failed | THRESHOLD_MISSED | 0"],
    )?;

    let restarting = "container_health | Failed | BAD_STATE | restarting";
    let found = once(&podman.endpoint(), "cron", json!({}), restarting).await?;
    let mut restarts = found.iter();
    ensure!(
        restarts.any(|it| it.starts_with("recent_restarts | Failed")),
        "{found:#?}"
    );

    let one_shot = json!({ "service_kind": "one_shot" });
    let done = "container_health | Passed | - | completed";
    once(&podman.endpoint(), "done", one_shot, done).await?;

    let found = facts(&podman.endpoint(), "nobody", &json!({})).await?;
    let missing = [
        "available_replicas | Failed | THRESHOLD_MISSED | 0",
        "container_health | Unknown | NO_DATA | -",
    ];
    has(&found, &missing)
}

#[tokio::test]
async fn a_container_of_podman_that_is_stopped_or_removed_passes_no_more() -> Result<()> {
    let podman = RealPodman::start().await?;
    let id = podman.run("shop", &HEALTHY)?;
    podman.check(&id)?;
    once(
        &podman.endpoint(),
        "api",
        json!({}),
        "container_health | Passed | - | healthy",
    )
    .await?;
    podman.podman(&["stop", "--time=0", &id])?;
    let stopped = "container_health | Failed | BAD_STATE | exited";
    once(&podman.endpoint(), "api", json!({}), stopped).await?;
    podman.podman(&["rm", &id])?;
    let found = facts(&podman.endpoint(), "api", &json!({})).await?;
    has(&found, &["container_health | Unknown | NO_DATA | -"])
}

#[tokio::test]
async fn a_podman_that_is_gone_is_unreachable() -> Result<()> {
    let podman = RealPodman::start().await?;
    let endpoint = podman.endpoint();
    drop(podman);
    assert_eq!(
        facts(&endpoint, "api", &json!({})).await?,
        ["failure UNREACHABLE"]
    );
    Ok(())
}
