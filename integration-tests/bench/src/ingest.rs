//! Taking in reports of Trivy, beside a bare durable insert of the same bytes.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use futures::future::try_join_all;
use passport_evidence::Clock as _;
use passport_proto::collector::collector_service_client::CollectorServiceClient;
use passport_proto::collector::{Header, IngestRequest, IngestResult};
use passport_proto::gateway::IngestEvidenceRequest;
use passport_service_kit::clock::SystemClock;
use serde_json::Value;
use tempfile::TempDir;
use tonic::transport::Channel;

use crate::configuration::{SCAN, StoreAt, scope, trivy, with_collector};
use crate::database::Bare;
use crate::load::{Figures, Load};
use crate::process::Process;
use crate::report::{Aim, Loads};
use crate::{Arguments, ask};

const POSTGRES: &str = "PASSPORT_TEST_POSTGRES";
const CALLERS: [usize; 3] = [1, 8, 32];
/// As many pipelines send in turn.
const WORKSPACES: usize = 32;
const REPORT: &str = include_str!("../../../deploy/examples/trivy-report.json");

/// Both databases; the environment has to say where the PostgreSQL is.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let url = std::env::var(POSTGRES).with_context(|| format!("{POSTGRES} is not set"))?;
    let folder = TempDir::new()?;
    let mut report = Loads::new("reports of 2 kB taken in", "of the bare insert");
    let bare = Bare::sqlite(&folder.path().join("bare.sqlite3")).await?;
    let store = StoreAt::Folder(folder.path());
    beside("SQLite", &bare, store, arguments, &mut report).await?;
    let bare = Bare::postgres(&url).await?;
    let store = StoreAt::PostgresOf(POSTGRES);
    beside("PostgreSQL", &bare, store, arguments, &mut report).await?;
    Ok(report.text())
}

async fn beside(
    database: &str,
    bare: &Bare,
    store: StoreAt<'_>,
    arguments: &Arguments,
    report: &mut Loads,
) -> Result<()> {
    let (quality, gateway) = apart(&arguments.programs, store).await?;
    let aim = Some(Aim::AtLeast(0.5));
    for callers in CALLERS {
        let load = arguments.load(callers);
        let series = Series::new()?;
        let bound = load
            .run(async |_, call| bare.insert(&series.body(call)?).await)
            .await?;
        report.bound(&format!("{database}: bare insert"), callers, bound);
        let direct = direct(load, &quality.url).await?;
        let ratio = direct.per_second / bound.per_second;
        let name = format!("{database}: collector");
        report.compared(&name, callers, direct, ratio, aim);
        let through = through(load, &gateway.url).await?;
        let ratio = through.per_second / bound.per_second;
        let name = format!("{database}: gateway and collector");
        report.compared(&name, callers, through, ratio, aim);
    }
    Ok(())
}

async fn apart(programs: &Path, store: StoreAt<'_>) -> Result<(Process, Process)> {
    let configuration = trivy(WORKSPACES, store);
    let quality = Process::start(programs, "passport-quality", &configuration).await?;
    let configuration = with_collector(&configuration, "quality", &quality.url);
    let gateway = Process::start(programs, "passport-gateway", &configuration).await?;
    Ok((quality, gateway))
}

async fn direct(load: Load, url: &str) -> Result<Figures> {
    let clients = (0..load.callers).map(async |_| {
        let channel = Channel::from_shared(url.to_owned())?.connect().await?;
        anyhow::Ok(CollectorServiceClient::new(channel))
    });
    let clients = try_join_all(clients).await?;
    let series = Series::new()?;
    load.run(async |caller, call| {
        let mut client = clients.get(caller).context("no such caller")?.clone();
        let answer = client.ingest(IngestRequest {
            scope: Some(scope(call % WORKSPACES)),
            source: SCAN.to_owned(),
            headers: headers(),
            body: series.body(call)?,
        });
        kept(answer.await?.into_inner().result())
    })
    .await
}

async fn through(load: Load, url: &str) -> Result<Figures> {
    let clients = ask::clients(url, load.callers).await?;
    let series = Series::new()?;
    load.run(async |caller, call| {
        let mut client = clients.get(caller).context("no such caller")?.clone();
        let answer = client.ingest_evidence(IngestEvidenceRequest {
            scope: Some(scope(call % WORKSPACES)),
            source: SCAN.to_owned(),
            headers: headers(),
            body: series.body(call)?,
        });
        kept(answer.await?.into_inner().result())
    })
    .await
}

/// A duplicate would cost no insert.
fn kept(result: IngestResult) -> Result<()> {
    let name = result.as_str_name();
    ensure!(result == IngestResult::Accepted, "not kept: {name}");
    Ok(())
}

fn headers() -> Vec<Header> {
    let header = |name: &str, value: String| Header {
        name: name.to_owned(),
        value: Bytes::from(value),
    };
    vec![
        header("content-type", "application/json".to_owned()),
        header("passport-observed-at", SystemClock.now().to_rfc3339()),
    ]
}

/// Reports of which no two are alike.
struct Series {
    report: Value,
    began: i64,
}

// === impl Series ===

impl Series {
    fn new() -> Result<Self> {
        Ok(Self {
            report: serde_json::from_str(REPORT)?,
            began: SystemClock.now().timestamp_micros(),
        })
    }

    /// The example, with a title of its own.
    fn body(&self, call: usize) -> Result<Bytes> {
        let mut report = self.report.clone();
        let title = report.pointer_mut("/Results/0/Vulnerabilities/0/Title");
        let own = format!("Report {call} of {}", self.began);
        *title.context("the example has no title")? = own.into();
        Ok(serde_json::to_vec(&report)?.into())
    }
}
