//! Drills of what is kept in PostgreSQL.

use std::env;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use passport_store::Location;
use serde_json::json;
use tokio::process::Command;
use tokio::time::sleep;

use super::checked::DATABASE;
use super::counts::Counts;
use super::faults::span;
use super::field::{Field, Prepared};
use crate::mesh::{GATEWAY, Mesh, services};
use crate::program::{OWN_HOSTS, Program, with_mounts};
use crate::workspace;

/// Where services find the URL of their database.
const URL: &str = "PASSPORT_DRILL_DATABASE";

/// A server of PostgreSQL for one drill. Ended when dropped, with all that it kept.
struct Server {
    folder: PathBuf,
    url: String,
}

// === impl Server ===

impl Server {
    async fn start() -> Result<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("passport-drill-postgres-{}-{number}", process::id());
        let mut server = Self {
            folder: env::temp_dir().join(name),
            url: String::new(),
        };
        let told = server.told("start").await?;
        let url = told.trim().split_once('=').map(|(_, url)| url.to_owned());
        server.url = url.context("no server of PostgreSQL")?;
        Ok(server)
    }

    /// Runs `postgres.sh`.
    async fn told(&self, what: &str) -> Result<String> {
        let script = workspace::root().join("integration-tests/postgres.sh");
        let mut command = Command::new(script);
        command.arg(what);
        command.env("PASSPORT_TEST_POSTGRES_FOLDER", &self.folder);
        let done = command.output().await?;
        let said = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "postgres.sh {what}: {said}");
        Ok(String::from_utf8(done.stdout)?)
    }

    async fn prepared(&self) -> Result<Prepared> {
        let mut prepared = Prepared::new().await?;
        let plan = &mut prepared.plan;
        plan.store = Some(json!({ "postgres": { "env": URL } }));
        plan.environment.push((URL.to_owned(), self.url.clone()));
        Ok(prepared)
    }

    fn kept(&self) -> Result<Location> {
        Ok(Location::in_postgres(self.url.clone().into(), "quality")?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let script = workspace::root().join("integration-tests/postgres.sh");
        let mut command = process::Command::new(script);
        command.env("PASSPORT_TEST_POSTGRES_FOLDER", &self.folder);
        // A server that is left over is in nobody's way.
        let _ = command.arg("stop").status();
    }
}

pub(super) async fn stopped(times: u32) -> Result<Counts> {
    let server = Server::start().await?;
    let mut field = server.prepared().await?.up().await?;
    for round in 0..times {
        field.harmed("quality");
        field.harmed(DATABASE);
        server.told("halt").await?;
        sleep(span(round, 2_000)).await;
        server.told("resume").await?;
        field.whole().await?;
        field.recovered(DATABASE);
        field.well("quality").await?;
    }
    field.end(|| server.kept()).await
}

/// Two replicas of both collectors that have sources, at two addresses of one name.
pub(super) async fn rolling(times: u32) -> Result<Counts> {
    let server = Server::start().await?;
    let Prepared { mut plan, provider } = server.prepared().await?;
    let wrapper = with_mounts(OWN_HOSTS);
    plan.wrappers.insert(GATEWAY.to_owned(), wrapper);
    let mut mesh = Mesh::prepared(plan).await?;
    let mut hosts = String::from("127.0.0.1 localhost\n");
    let mut seconds = Vec::new();
    for service in ["metrics", "quality"] {
        let name = format!("passport-{service}");
        hosts.push_str(&format!("127.0.0.1 {name}\n127.0.0.2 {name}\n"));
        let port = mesh.port(service);
        mesh.reach(service, format!("https://{name}:{port}"))?;
        seconds.push((
            service,
            mesh.replica(service, &format!("127.0.0.2:{port}")).await?,
        ));
    }
    std::fs::write(mesh.folder().join("hosts"), hosts)?;
    for service in services() {
        mesh.start(service).await?;
    }
    let mut field = Field::on(mesh, provider).await?;
    both_are_connected(&field).await?;
    for _ in 0..times {
        for (service, second) in &mut seconds {
            restarted(&mut field, service, second).await?;
        }
        field.next().await;
    }
    field.end(|| server.kept()).await
}

/// Restarts one replica, and the other when that serves again.
async fn restarted(field: &mut Field, service: &str, second: &mut Program) -> Result<()> {
    let ended = field.mesh.program(service)?.terminate().await?;
    ensure!(ended.success(), "{service} ended with {ended}");
    field.mesh.start(service).await?;
    field.whole().await?;
    let ended = second.terminate().await?;
    ensure!(ended.success(), "the second {service} ended with {ended}");
    let listen = format!("127.0.0.2:{}", field.mesh.port(service));
    *second = field.mesh.replica(service, &listen).await?;
    field.whole().await?;
    // As long as a supervisor takes at least to see that it is ready.
    sleep(Duration::from_millis(500)).await;
    Ok(())
}

/// The gateway has said of both replicas of both collectors that it reached them.
async fn both_are_connected(field: &Field) -> Result<()> {
    crate::wait::until("all replicas are connected", async || {
        let said = field.mesh.output(GATEWAY);
        let reached = ["metrics", "quality"].iter().all(|service| {
            let port = field.mesh.port(service);
            ["127.0.0.1", "127.0.0.2"].iter().all(|host| {
                let address = format!("{host}:{port}");
                let mut lines = said.lines();
                lines.any(|line| line.contains("is connected") && line.contains(&address))
            })
        });
        Ok(reached.then_some(()))
    })
    .await
}
