//! Faults that cost what the harmed service gives, and nothing else.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use passport_store::Location;
use tokio::time::sleep;

use super::counts::Counts;
use super::field::{Field, Prepared};
use super::proxy::{Mode, Proxy};
use crate::mesh::{GATEWAY, Mesh, services};
use crate::program::with_mounts;

/// Runs a program with a small disk of its own where files are kept.
const SMALL_DISK: &str = "mkdir -p kept && mount -t tmpfs -o size=16m tmpfs kept";

/// Which service is harmed in which round: those that have sources, and the gateway, more often.
fn victim(round: u32) -> &'static str {
    let others = [
        "cicd",
        "runtime",
        "logs",
        "incidents",
        "work-items",
        "manual",
    ];
    match round % 4 {
        0 => "quality",
        1 => "metrics",
        2 => GATEWAY,
        _ => {
            let number = usize::try_from(round / 4).unwrap_or_default();
            others
                .get(number % others.len())
                .copied()
                .unwrap_or("manual")
        }
    }
}

/// A time that differs from round to round, below `most` milliseconds.
pub(super) fn span(round: u32, most: u64) -> Duration {
    Duration::from_millis((u64::from(round) + 1) * 1_373 % most)
}

pub(super) async fn kill(times: u32) -> Result<Counts> {
    let mut field = Prepared::new().await?.up().await?;
    for round in 0..times {
        let service = victim(round);
        field.harmed(service);
        field.mesh.program(service)?.kill().await?;
        sleep(span(round, 2_500)).await;
        field.mesh.start(service).await?;
        field.well(service).await?;
    }
    field.end_in_folder().await
}

pub(super) async fn stop(times: u32) -> Result<Counts> {
    let mut field = Prepared::new().await?.up().await?;
    for round in 0..times {
        let service = victim(round);
        field.harmed(service);
        field.mesh.program(service)?.signal("STOP").await?;
        // From shorter to longer than callers wait.
        sleep(Duration::from_millis(300) + span(round, 3_700)).await;
        field.mesh.program(service)?.signal("CONT").await?;
        field.well(service).await?;
    }
    field.end_in_folder().await
}

pub(super) async fn restart(times: u32) -> Result<Counts> {
    let mut field = Prepared::new().await?.up().await?;
    for round in 0..times {
        let service = victim(round);
        field.harmed(service);
        let ended = field.mesh.program(service)?.terminate().await?;
        ensure!(ended.success(), "{service} ended with {ended}");
        field.mesh.start(service).await?;
        field.well(service).await?;
    }
    field.end_in_folder().await
}

/// Networks to the two collectors that have sources.
pub(super) struct Networks {
    pub metrics: Proxy,
    pub quality: Proxy,
}

// === impl Networks ===

impl Networks {
    /// A mesh whose gateway reaches both collectors over them.
    pub async fn up() -> Result<(Field, Self)> {
        let Prepared { plan, provider } = Prepared::new().await?;
        let mut mesh = Mesh::prepared(plan).await?;
        let networks = Self {
            metrics: Proxy::to(mesh.port("metrics")).await?,
            quality: Proxy::to(mesh.port("quality")).await?,
        };
        mesh.reach("metrics", networks.metrics.url())?;
        mesh.reach("quality", networks.quality.url())?;
        for service in services() {
            mesh.start(service).await?;
        }
        Ok((Field::on(mesh, provider).await?, networks))
    }
}

pub(super) async fn cut(times: u32) -> Result<Counts> {
    let (mut field, networks) = Networks::up().await?;
    for round in 0..times {
        let (service, network) = match round % 2 {
            0 => ("quality", &networks.quality),
            _ => ("metrics", &networks.metrics),
        };
        field.harmed(service);
        network.set(Mode::Nothing);
        sleep(Duration::from_millis(500) + span(round, 3_500)).await;
        // What was open goes on, or is found to be gone.
        if round % 4 < 2 {
            network.break_all();
        }
        network.set(Mode::Well);
        field.well(service).await?;
    }
    field.end_in_folder().await
}

pub(super) async fn disk(times: u32) -> Result<Counts> {
    let mut prepared = Prepared::new().await?;
    let wrapper = with_mounts(SMALL_DISK);
    prepared.plan.wrappers.insert("quality".to_owned(), wrapper);
    let mut field = prepared.up().await?;
    let id = field.mesh.program("quality")?.pid();
    let kept = small_disk(id, field.mesh.folder());
    for _ in 0..times {
        field.harmed("quality");
        fill(&kept.join("filler"))?;
        sleep(Duration::from_millis(700)).await;
        fs::remove_file(kept.join("filler"))?;
        field.well("quality").await?;
    }
    let folder = field.mesh.folder().join("copied");
    field.end(|| copied(&kept, &folder)).await
}

/// SQLite opens no file by the way that leads into another process, so that its files are copied
/// once nobody writes them any more.
fn copied(from: &Path, to: &Path) -> Result<Location> {
    fs::create_dir(to)?;
    for name in ["quality.sqlite3", "quality.sqlite3-wal"] {
        fs::copy(from.join(name), to.join(name))?;
    }
    Ok(Location::in_folder(to, "quality"))
}

/// A folder as the process sees it.
fn small_disk(process: u32, folder: &Path) -> PathBuf {
    let inside = folder.strip_prefix("/").unwrap_or(folder);
    let root = PathBuf::from(format!("/proc/{process}/root"));
    root.join(inside).join("kept")
}

/// Writes until nothing more can be written.
fn fill(file: &Path) -> Result<()> {
    let mut filler = File::create(file).context("the small disk is not seen")?;
    for size in [64 << 10, 1] {
        let bytes = vec![0; size];
        loop {
            match filler.write(&bytes) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}
