//! Each fault drill a few times; `drills.sh` does the full set.

use std::env;
use std::io::{Write as _, stdout};

use anyhow::{Result, ensure};
use passport_integration_tests::drills::{Drill, table};

/// Does a drill as often as `PASSPORT_DRILL_TIMES` says, twice without it.
async fn drill(drill: Drill) -> Result<()> {
    let set = env::var("PASSPORT_DRILL_TIMES").ok();
    let times = set.map_or(Ok(2), |times| times.parse())?;
    let counts = drill.run(times).await?;
    let told = counts.told.join("\n");
    let are_good = counts.are_good();
    let table = table(&[(drill.name(), counts)]);
    ensure!(are_good, "{table}{told}");
    writeln!(stdout(), "{table}")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_costs_its_own_and_loses_nothing() -> Result<()> {
    drill(Drill::Kill).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_stopped_costs_its_own_and_no_deadline() -> Result<()> {
    drill(Drill::Stop).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_cut_costs_the_collector_behind_it_alone() -> Result<()> {
    drill(Drill::Cut).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_network_costs_nothing() -> Result<()> {
    drill(Drill::Slow).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_restarted_costs_its_own_for_a_moment() -> Result<()> {
    drill(Drill::Restart).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_are_restarted_one_by_one_and_no_call_is_lost() -> Result<()> {
    drill(Drill::Rolling).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_and_comes_back_needs_no_restart() -> Result<()> {
    drill(Drill::Postgres).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_loses_nothing() -> Result<()> {
    drill(Drill::Disk).await
}

#[tokio::test(flavor = "multi_thread")]
async fn new_certificates_cost_nothing() -> Result<()> {
    drill(Drill::Certificates).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_configuration_is_obeyed_and_costs_nothing() -> Result<()> {
    drill(Drill::Configuration).await
}
