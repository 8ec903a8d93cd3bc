//! Gates that are decided from cached evidence and recorded, beside a bare durable insert of the same
//! bytes.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::TryStreamExt as _;
use passport_proto::evidence::Subject;
use passport_proto::gateway::gateway_service_client::GatewayServiceClient;
use passport_proto::gateway::{Decision, EvaluateGateRequest, ExportLedgerRequest};
use serde_json::Value;
use tempfile::TempDir;
use tonic::transport::Channel;

use crate::configuration::{StoreAt, gated, scope};
use crate::database::Bare;
use crate::load::{Figures, Load};
use crate::process::Process;
use crate::provider::Provider;
use crate::report::{Aim, Loads};
use crate::{Arguments, ask, gate};

const POSTGRES: &str = "PASSPORT_TEST_POSTGRES";
const CALLERS: [usize; 3] = [1, 8, 32];
/// Its evidence is kept for fifteen seconds.
const MAX_AGE: &str = "150s";
const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// Both databases; the environment has to say where the PostgreSQL is.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let url = std::env::var(POSTGRES).with_context(|| format!("{POSTGRES} is not set"))?;
    let folder = TempDir::new()?;
    let mut report = Loads::new("gates decided and recorded", "of the bare insert");
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
    let provider = Provider::serve(1, Duration::ZERO).await?;
    let folder = TempDir::new()?;
    let key = folder.path().join("key.pem");
    std::fs::write(&key, gate::key().await?)?;
    // A key that others may read is refused.
    std::fs::set_permissions(&key, Permissions::from_mode(0o600))?;
    let configuration = gated(&provider.origins, MAX_AGE, store, &key);
    let program = Process::start(&arguments.programs, "passport", &configuration).await?;
    let body = one_record(&program.url).await?;
    for callers in CALLERS {
        let load = arguments.load(callers);
        let bound = load.run(async |_, _| bare.insert(&body).await).await?;
        let name = format!("{database}: bare insert of {} bytes", body.len());
        report.bound(&name, callers, bound);
        let figures = evaluated(load, &program.url).await?;
        let ratio = figures.per_second / bound.per_second;
        let name = format!("{database}: EvaluateGate");
        report.compared(&name, callers, figures, ratio, Some(Aim::AtLeast(0.5)));
    }
    Ok(())
}

async fn evaluated(load: Load, url: &str) -> Result<Figures> {
    let clients = ask::clients(url, load.callers).await?;
    load.run(async |caller, _| {
        let client = clients.get(caller).context("no such caller")?;
        allowed(&mut client.clone()).await
    })
    .await
}

async fn allowed(client: &mut GatewayServiceClient<Channel>) -> Result<()> {
    let answer = client.evaluate_gate(EvaluateGateRequest {
        scope: Some(scope(0)),
        subject: Some(Subject {
            revision: REVISION.to_owned(),
            ..Subject::default()
        }),
        ..EvaluateGateRequest::default()
    });
    let passport = answer.await?.into_inner().passport;
    let passport = passport.context("no passport")?;
    let is_allowed = passport.decision() == Decision::Allow;
    ensure!(is_allowed, "not allowed: {:?}", passport.requirements);
    Ok(())
}

/// What is kept of a decision.
async fn one_record(url: &str) -> Result<Bytes> {
    let client = ask::clients(url, 1).await?.into_iter().next();
    let mut client = client.context("no client")?;
    allowed(&mut client).await?;
    let of = ExportLedgerRequest {
        workspace_id: scope(0).workspace_id,
    };
    let exported = client.export_ledger(of).await?.into_inner();
    let parts: Vec<_> = exported.map_ok(|part| part.text).try_collect().await?;
    let text = parts.concat();
    let first = text.split(|it| *it == b'\n').next().context("no entry")?;
    let entry: Value = serde_json::from_slice(first)?;
    let body = entry.get("body").and_then(Value::as_str);
    Ok(BASE64_STANDARD.decode(body.context("no body")?)?.into())
}
