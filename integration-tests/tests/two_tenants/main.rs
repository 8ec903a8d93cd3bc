//! Two owners whose services, environments, sources, credentials, queries and deliveries have the
//! same names and the same bytes, and whose providers say different things. Whatever both do, at the
//! same time and in any order, neither is shown anything of the other.

mod ask;
mod mesh;
mod step;
mod tenant;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use futures::future::try_join;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use crate::mesh::Mesh;
use crate::step::{Step, steps};
use crate::tenant::{Tenant, Which};

/// Sequences that are tried, each of both tenants at once.
const CASES: u32 = 48;

#[test]
fn neither_tenant_is_shown_anything_of_the_other() -> Result<()> {
    let runtime = Runtime::new()?;
    let mut mesh = runtime.block_on(Mesh::up())?;
    let tenants = [Which::Acme, Which::Globex].map(|which| Mutex::new(Tenant::new(which)));
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let tried = runner.run(&(steps(), steps()), |(acme, globex)| {
        let [first, second] = &tenants;
        let both = async {
            try_join(all(&mesh, first, acme), all(&mesh, second, globex)).await?;
            level(&mesh, &tenants).await
        };
        let done = runtime.block_on(both);
        done.map_err(|error| TestCaseError::fail(format!("{error:#}")))
    });
    tried.map_err(|error| anyhow::anyhow!("{error}"))?;
    let tenants = tenants.map(Mutex::into_inner);
    runtime.block_on(async {
        metrics_name_nobody(&mesh).await?;
        tables_are_apart(&mesh, &tenants).await?;
        mesh.end().await?;
        logs_are_apart(&mesh.said(), &tenants)
    })
}

/// Makes both alike, but for what they are told.
async fn level(mesh: &Mesh, tenants: &[Mutex<Tenant>; 2]) -> Result<()> {
    let [first, second] = tenants;
    let (mut first, mut second) = (first.lock().await, second.lock().await);
    let (of_first, of_second) = (first.delivered.len(), second.delivered.len());
    first.level(mesh, of_second).await?;
    second.level(mesh, of_first).await?;
    let (of_first, of_second) = (first.delivered.len(), second.delivered.len());
    ensure!(of_first == of_second, "{of_first} and {of_second} reports");
    Ok(())
}

/// What a tenant does, one after the other.
async fn all(mesh: &Mesh, tenant: &Mutex<Tenant>, steps: Vec<Step>) -> Result<()> {
    let mut tenant = tenant.lock().await;
    for step in steps {
        let done = tenant.take(mesh, &step).await;
        done.with_context(|| format!("{:?}: {step:?}", tenant.which))?;
    }
    Ok(())
}

/// No label says whose call it was. Figures are left out: a time that calls took may begin with the same
/// digits as a value of a tenant.
async fn metrics_name_nobody(mesh: &Mesh) -> Result<()> {
    let text = mesh.metrics().await?;
    let labels = text.lines().filter_map(|line| line.rsplit_once(' '));
    let text: String = labels.map(|(labels, _)| format!("{labels}\n")).collect();
    ensure!(text.contains("passport_"), "no metrics");
    for which in Which::BOTH {
        for marker in which.markers() {
            ensure!(!text.contains(&marker), "{marker} in the metrics");
        }
    }
    Ok(())
}

/// Each tenant's rows hold what it delivered, once, and nothing else.
async fn tables_are_apart(mesh: &Mesh, tenants: &[Tenant; 2]) -> Result<()> {
    for tenant in tenants {
        let kept = mesh.kept(tenant.which).await?;
        let expected: Vec<_> = tenant.delivered.iter().copied().collect();
        ensure!(
            kept == expected,
            "{:?} has {kept:?}, not {expected:?}",
            tenant.which
        );
    }
    Ok(())
}

/// No line about a request of one has anything of the other.
fn logs_are_apart(said: &str, tenants: &[Tenant; 2]) -> Result<()> {
    let mut lines = BTreeMap::<_, usize>::new();
    for line in said.lines() {
        for tenant in tenants {
            if !line.contains(&tenant.which.request()) {
                continue;
            }
            *lines.entry(tenant.which).or_default() += 1;
            for marker in tenant.which.other().markers() {
                ensure!(!line.contains(&marker), "{marker}: {line}");
            }
        }
    }
    ensure!(lines.len() == 2, "the log tells of no requests: {lines:?}");
    Ok(())
}
