//! Three times as many callers as are answered at once: what is left of the peak, and what stays.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use passport_proto::evidence::Subject;
use passport_proto::gateway::{
    CollectEvidenceRequest, gateway_service_client::GatewayServiceClient,
};
use tonic::{Code, transport::Channel};

use crate::configuration::{limited, prometheus};
use crate::load::Figures;
use crate::process::Process;
use crate::provider::Provider;
use crate::report::{Aim, table};
use crate::{Arguments, ask};

const DELAY: Duration = Duration::from_millis(50);
/// Calls that are answered at once.
const LIMIT: usize = 8;
const CALLERS: [usize; 2] = [LIMIT, 3 * LIMIT];
/// So many that no budget of a provider is measured: see `pulled`.
const WORKSPACES: usize = 64;

type Client = GatewayServiceClient<Channel>;

/// What came of callers who ask again at once when they are refused.
struct Loaded {
    answered: Figures,
    refused_per_second: f64,
}

/// The peak, and the same with too many callers.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let provider = Provider::serve(1, DELAY).await?;
    let configuration = limited(prometheus(WORKSPACES, &provider.origins, "5m"), LIMIT);
    let gateway = Process::start(&arguments.programs, "passport", &configuration).await?;
    let mut lines = table(&[
        "at most 8 at once",
        "answered/s",
        "p50 ms",
        "p99 ms",
        "refused/s",
        "MiB",
        "first answer ms",
        "of the peak",
        "aim",
    ]);
    warm(&gateway.url).await?;
    let mut peak = None;
    for callers in CALLERS {
        let calls = arguments.load(callers).total();
        let loaded = loaded(&gateway.url, callers, calls).await?;
        let first = first_answer(&gateway.url, callers).await?;
        let answered = loaded.answered;
        let (ratio, aim) = match peak {
            None => (String::new(), String::new()),
            Some(peak) => {
                let ratio = answered.per_second / peak;
                (format!("{ratio:.2}"), Aim::AtLeast(0.8).judged(ratio))
            }
        };
        peak.get_or_insert(answered.per_second);
        lines.add_row([
            format!("{callers} callers"),
            format!("{:.0}", answered.per_second),
            format!("{:.2}", answered.p50_ms),
            format!("{:.2}", answered.p99_ms),
            format!("{:.0}", loaded.refused_per_second),
            format!("{:.1}", gateway.resident_mib()?),
            format!("{:.1}", first.as_secs_f64() * 1_000.0),
            ratio,
            aim,
        ]);
    }
    Ok(lines.to_string())
}

/// Every workspace once, so that its connections stand.
async fn warm(url: &str) -> Result<()> {
    loaded(url, 1, WORKSPACES).await.map(drop)
}

/// Calls until so many are answered.
async fn loaded(url: &str, callers: usize, calls: usize) -> Result<Loaded> {
    let clients = ask::clients(url, callers).await?;
    let (begun, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let began = Instant::now();
    let asking = clients.iter().map(async |client| {
        let mut took = Vec::new();
        loop {
            let call = begun.fetch_add(1, Ordering::Relaxed);
            if call >= calls {
                return anyhow::Ok(took);
            }
            took.push(loop {
                match once(client, callers, call).await? {
                    Some(time) => break time,
                    None => refused.fetch_add(1, Ordering::Relaxed),
                };
            });
        }
    });
    let took = try_join_all(asking).await?.concat();
    let whole = began.elapsed();
    Ok(Loaded {
        answered: Figures::of(took, whole)?,
        refused_per_second: refused.into_inner() as f64 / whole.as_secs_f64(),
    })
}

/// How long an answer took; `None` where the call was refused.
async fn once(client: &Client, callers: usize, call: usize) -> Result<Option<Duration>> {
    let question = CollectEvidenceRequest {
        subject: Some(Subject {
            version: format!("overload-{callers}-{call}"),
            ..Subject::default()
        }),
        ..ask::about(call % WORKSPACES)
    };
    let began = Instant::now();
    match client.clone().collect_evidence(question.clone()).await {
        Ok(answer) => {
            let took = began.elapsed();
            ask::check(&question, answer.get_ref(), 1)?;
            Ok(Some(took))
        }
        Err(status) => {
            ensure!(status.code() == Code::ResourceExhausted, "{status}");
            Ok(None)
        }
    }
}

/// How long a call takes when all others have just ended.
async fn first_answer(url: &str, callers: usize) -> Result<Duration> {
    let clients = ask::clients(url, 1).await?;
    let client = clients.first().context("no client")?;
    let took = once(client, callers, usize::MAX).await?;
    took.context("refused after the load had ended")
}
