//! Evidence from a provider that takes its time: what a gateway over many sources adds to it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use passport_proto::evidence::Subject;
use passport_proto::gateway::CollectEvidenceRequest;

use crate::configuration::prometheus;
use crate::load::{Figures, Load};
use crate::process::apart;
use crate::provider::{Provider, READS};
use crate::report::{Aim, Loads};
use crate::{Arguments, ask};

const DELAY: Duration = Duration::from_millis(50);
const CALLERS: [usize; 2] = [1, 8];
const SOURCES: [usize; 3] = [1, 8, 32];
/// A budget of 20 reads in a second belongs to one workspace, origin and credential. Eight callers
/// who wait 50 ms make at most 160 calls in a second: over so many workspaces that is 5 reads.
const WORKSPACES: usize = 64;

/// Loads in which every call reads every source anew: each source is an origin of its own, and each
/// call is about another subject, which the cache does not know.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let most = SOURCES.into_iter().max().context("no sources")?;
    let provider = Provider::serve(most, DELAY).await?;
    let mut report = Loads::new("a provider that takes 50 ms", "p99, of one source's");
    let mut of_one = Vec::new();
    for sources in SOURCES {
        let origins = provider.origins.get(..sources).context("too few origins")?;
        let configuration = prometheus(WORKSPACES, origins, "5m");
        let (_metrics, gateway) = apart(&arguments.programs, &configuration).await?;
        warm(&gateway.url, sources).await?;
        for callers in CALLERS {
            let load = arguments.load(callers);
            let before = provider.asked();
            let figures = asked(load, &gateway.url, sources, "release").await?;
            let reads = provider.asked() - before;
            let expected = (load.total() * sources) as u64 * READS;
            ensure!(reads == expected, "{reads} reads, not {expected}");
            let name = format!("{sources} sources");
            match of_one.iter().find(|(it, _)| *it == callers) {
                None => {
                    of_one.push((callers, figures.p99_ms));
                    report.bound("1 source", callers, figures);
                }
                Some((_, one)) => {
                    let aim = (sources == most).then_some(Aim::AtMost(1.2));
                    report.compared(&name, callers, figures, figures.p99_ms / one, aim);
                }
            }
        }
    }
    Ok(report.text())
}

/// Every source once, so that its connections stand.
async fn warm(url: &str, sources: usize) -> Result<()> {
    let load = Load {
        calls: WORKSPACES,
        runs: 1,
        callers: 1,
    };
    asked(load, url, sources, "before").await.map(drop)
}

async fn asked(load: Load, url: &str, sources: usize, series: &str) -> Result<Figures> {
    let clients = ask::clients(url, load.callers).await?;
    let callers = load.callers;
    ask::load(load, &clients, sources, |call| CollectEvidenceRequest {
        subject: Some(Subject {
            version: format!("{series}-{callers}-{call}"),
            ..Subject::default()
        }),
        ..ask::about(call % WORKSPACES)
    })
    .await
}
