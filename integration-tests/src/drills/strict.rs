//! What costs nothing at all: no reply may be without anything.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::checked::value;
use super::counts::Counts;
use super::faults::{Networks, span};
use super::field::{Field, Prepared, sources};
use super::proxy::Mode;
use crate::mesh::{GATEWAY, services};
use crate::wait::until;

pub(super) async fn slow(times: u32) -> Result<Counts> {
    let (mut field, networks) = Networks::up().await?;
    for round in 0..times {
        let slow = Mode::Slow(Duration::from_millis(50) + span(round, 250));
        networks.metrics.set(slow);
        networks.quality.set(slow);
        sleep(Duration::from_secs(1)).await;
        networks.metrics.set(Mode::Well);
        networks.quality.set(Mode::Well);
        field.whole().await?;
        field.next().await;
    }
    field.end_in_folder().await
}

pub(super) async fn certificates(times: u32) -> Result<Counts> {
    let mut field = Prepared::new().await?.up().await?;
    let all: Vec<_> = services().collect();
    for _ in 0..times {
        let before = said(&field, &all, "certificates were read anew");
        field.mesh.issue(&all).await?;
        field.mesh.hang_up().await?;
        taken(&field, &all, "certificates were read anew", &before).await?;
        field.whole().await?;
        field.next().await;
    }
    field.end_in_folder().await
}

pub(super) async fn configuration(times: u32) -> Result<Counts> {
    const TAKEN: &str = "the configuration was read anew and is in use";
    let mut field = Prepared::new().await?.up().await?;
    let both = ["metrics", GATEWAY];
    for round in 0..times {
        let (old, new) = match round % 2 {
            0 => (0, 2),
            _ => (2, 0),
        };
        let before = said(&field, &both, TAKEN);
        field.load.known.set_first(vec![value(old), value(new)]);
        let other = sources(field.provider(), new);
        field.mesh.replan(other)?;
        field.mesh.hang_up().await?;
        taken(&field, &both, TAKEN, &before).await?;
        field.load.known.set_first(vec![value(new)]);
        field.whole().await?;
        field.next().await;
    }
    field.end_in_folder().await
}

/// How often each service has said something.
fn said(field: &Field, services: &[&str], what: &str) -> Vec<usize> {
    let all = services.iter().map(|service| field.mesh.output(service));
    all.map(|said| said.matches(what).count()).collect()
}

/// Waits until each service has said it once more.
async fn taken(field: &Field, services: &[&str], what: &str, before: &[usize]) -> Result<()> {
    until(what, async || {
        let now = said(field, services, what);
        let all = now.iter().zip(before).all(|(now, before)| now > before);
        Ok(all.then_some(()))
    })
    .await
}
