//! Evidence out of the collector's cache, beside a bare answer of the same bytes.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use passport_proto::gateway::CollectEvidenceResponse;

use crate::configuration::prometheus;
use crate::load::{Figures, Load};
use crate::process::{Process, apart};
use crate::provider::{Provider, READS};
use crate::report::{Aim, Loads};
use crate::{Arguments, ask, echo, near};

const CALLERS: [usize; 2] = [1, 8];
/// The longest time that an answer is kept, and the max age that gives it.
const KEPT: Duration = Duration::from_secs(15);
const MAX_AGE: &str = "150s";

/// Loads on one source of one workspace.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let provider = Provider::serve(1, Duration::ZERO).await?;
    let configuration = prometheus(1, &provider.origins, MAX_AGE);
    let near = near::client(&configuration).await?;
    let together = Process::start(&arguments.programs, "passport", &configuration).await?;
    let (_metrics, gateway) = apart(&arguments.programs, &configuration).await?;
    let ceiling = echo::serve(one_answer(&together.url).await?).await?;
    let handed_on = echo::hand_on(&ceiling).await?;
    let mut report = Loads::new("cached evidence of one source", "of the ceiling");
    for callers in CALLERS {
        let load = arguments.load(callers);
        let bound = far(load, &ceiling).await?;
        report.bound("ceiling: bare tonic", callers, bound);
        let mut compared = |name, figures: Figures, aim| {
            let ratio = figures.per_second / bound.per_second;
            report.compared(name, callers, figures, ratio, aim);
        };
        compared(
            "bare tonic, handed on once",
            far(load, &handed_on).await?,
            None,
        );
        let clients = vec![near.clone(); callers];
        let figures = ask::load(load, &clients, 1, |_| ask::about(0));
        let figures = out_of_cache(&provider, figures).await?;
        compared("all in one, no socket", figures, None);
        let figures = out_of_cache(&provider, far(load, &together.url)).await?;
        compared("all in one", figures, None);
        let figures = out_of_cache(&provider, far(load, &gateway.url)).await?;
        compared(
            "gateway and collector apart",
            figures,
            Some(Aim::AtLeast(0.6)),
        );
    }
    Ok(report.text())
}

async fn far(load: Load, url: &str) -> Result<Figures> {
    let clients = ask::clients(url, load.callers).await?;
    ask::load(load, &clients, 1, |_| ask::about(0)).await
}

/// Whether the provider was asked only when a kept answer had come of age.
async fn out_of_cache(
    provider: &Provider,
    figures: impl Future<Output = Result<Figures>>,
) -> Result<Figures> {
    let (before, began) = (provider.asked(), Instant::now());
    let figures = figures.await?;
    let asked = provider.asked() - before;
    let most = (began.elapsed().as_secs() / KEPT.as_secs() + 1) * READS;
    ensure!(asked <= most, "the provider was asked {asked} times");
    Ok(figures)
}

async fn one_answer(url: &str) -> Result<CollectEvidenceResponse> {
    let clients = ask::clients(url, 1).await?;
    let mut client = clients.into_iter().next().context("no client")?;
    let answer = client.collect_evidence(ask::about(0)).await?;
    Ok(answer.into_inner())
}
