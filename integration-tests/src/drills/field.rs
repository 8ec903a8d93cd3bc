//! A mesh under load, and one of its services at a time that is harmed.

use std::time::Duration;

use anyhow::{Context as _, Result};
use passport_store::Location;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use super::checked::{FIRST, SCAN, value};
use super::counts::Counts;
use super::kept;
use super::load::Load;
use super::provider::{METRICS, Provider};
use crate::mesh::{Mesh, Plan};
use crate::numbered;
use crate::wait::PATIENCE;

/// Whole replies in a row after which a service has to be well.
const IN_A_ROW: usize = 3;

/// Between two looks whether everything is there again.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Calls go on so long between two faults.
const BETWEEN_FAULTS: Duration = Duration::from_millis(300);

/// A mesh under load.
pub(super) struct Field {
    pub mesh: Mesh,
    pub load: Load,
    rounds: u32,
    recovery: Vec<Duration>,
    _provider: Provider,
}

/// What a mesh is made of before it is started, with the provider of its sources.
pub(super) struct Prepared {
    pub plan: Plan,
    pub provider: Provider,
}

// === impl Prepared ===

impl Prepared {
    pub async fn new() -> Result<Self> {
        let provider = Provider::start().await?;
        Ok(Self {
            plan: Plan::of_sources(sources(&provider, 0)),
            provider,
        })
    }

    /// Starts the mesh.
    pub async fn up(self) -> Result<Field> {
        let mesh = Mesh::up(self.plan).await?;
        Field::on(mesh, self.provider).await
    }
}

/// Two sources that ask, the first for one of the metrics, and one that is pushed to.
pub(super) fn sources(provider: &Provider, of_first: usize) -> Value {
    let metric = |number: usize| METRICS.get(number).map_or("", |(metric, _, _)| metric);
    json!({
        FIRST: provider.source(metric(of_first)),
        "second": provider.source(metric(1)),
        SCAN: numbered::source(),
    })
}

// === impl Field ===

impl Field {
    /// Begins to call a mesh that runs.
    pub async fn on(mesh: Mesh, provider: Provider) -> Result<Self> {
        let load = Load::begin(&mesh, vec![value(0)])?;
        let mut field = Self {
            mesh,
            load,
            rounds: 0,
            recovery: Vec::new(),
            _provider: provider,
        };
        field.whole().await?;
        field.recovery.clear();
        Ok(field)
    }

    /// The provider of its sources.
    pub fn provider(&self) -> &Provider {
        &self._provider
    }

    /// From now on the service may fail, until it is [well](Self::well).
    pub fn harmed(&self, service: &str) {
        self.load.known.situation.harmed(service);
    }

    /// From now on it may not fail.
    pub fn recovered(&self, service: &str) {
        self.load.known.situation.recovered(service);
    }

    /// Waits until everything is right again; from then on the service may not fail.
    pub async fn well(&mut self, service: &str) -> Result<()> {
        self.whole().await?;
        self.load.known.situation.recovered(service);
        self.next().await;
        Ok(())
    }

    /// A round is over in which nothing was to fail.
    pub async fn next(&mut self) {
        self.rounds += 1;
        sleep(BETWEEN_FAULTS).await;
    }

    /// Waits until everything is there and right, and notes how long that took.
    pub async fn whole(&mut self) -> Result<()> {
        let begun = Instant::now();
        let looking = async {
            let mut first = None;
            let mut in_a_row = 0;
            while in_a_row < IN_A_ROW {
                match self.load.is_whole().await {
                    true => {
                        first.get_or_insert_with(|| begun.elapsed());
                        in_a_row += 1;
                    }
                    false => {
                        (first, in_a_row) = (None, 0);
                        sleep(BETWEEN_LOOKS).await;
                    }
                }
            }
            first
        };
        let recovered = timeout(PATIENCE, looking).await;
        let recovered = recovered.with_context(|| {
            let told = self.load.known.counts().told.join("\n");
            format!("it does not recover by itself:\n{told}")
        })?;
        self.recovery.extend(recovered);
        Ok(())
    }

    /// Ends the load, and counts what was acknowledged and is not kept at a place that is looked for
    /// only then.
    pub async fn end(self, at: impl FnOnce() -> Result<Location>) -> Result<Counts> {
        let (mut counts, acknowledged) = self.load.end().await;
        let kept = kept::numbers(&at()?).await?;
        let lost = acknowledged.difference(&kept).count();
        counts.lost = u64::try_from(lost)?;
        counts.rounds = self.rounds;
        counts.recovery = self.recovery;
        Ok(counts)
    }

    /// The same, where it is kept in files in the folder of the mesh.
    pub async fn end_in_folder(self) -> Result<Counts> {
        let at = Location::in_folder(&self.mesh.folder().join("kept"), "quality");
        // Ends the processes only after their files were read.
        self.end(|| Ok(at)).await
    }
}
