//! `passport demo`: the mesh judges the very process that it runs in.

mod configuration;
mod example;
mod traffic;

use std::sync::Arc;
use std::time::Duration;

use passport_evidence::{Clock as _, Status};
use passport_policy::tokens::issue;
use passport_proto::gateway::CollectEvidenceRequest;
use passport_service_kit::clock::SystemClock;
use passport_service_kit::limits::Limits;
use passport_service_kit::listen;
use passport_service_kit::process::{
    Around, Built as _, InUse, Port, Says, awaited_signal, refuse,
};
use passport_service_kit::server::observed;
use passport_service_kit::telemetry::MetricPush;
use secrecy::SecretString;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::{SERVICE, Session, collect, token};
use crate::all_in_one::{AllInOne, Kept};
use crate::cli::Demo;
use crate::client::Gateway;
use crate::exit::{Exit, Fault};
use crate::output::{Answer, Format, render};
use crate::terminal::{Terminal, print, remark};
use configuration::{ENVIRONMENT, EXPECTED, OwnToken, scope};
use traffic::Traffic;

/// Time between two exports of the process's own telemetry.
const EXPORT_INTERVAL: Duration = Duration::from_secs(1);

/// How long the demo waits until every fact could be judged. A counter grows between two exports,
/// so a few of them have to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long one question may take.
const QUESTION: Duration = Duration::from_secs(10);

const YOURS: &str = "\
Now a source of your own. End this demo, which holds the port, and write passport.yaml; for a Prometheus, for example:

  workspaces:
    acme:
      services:
        checkout-api:
          environments:
            production:
              sources:
                prom:
                  connector: prometheus
                  endpoint: http://127.0.0.1:9090
                  scope: { labels: { app: checkout-api } }
                  queries:
                    error_rate:
                      promql: 'sum(rate(http_requests_total{${scope},code=~\"5..\"}[5m])) / sum(rate(http_requests_total{${scope}}[5m]))'
                      unit: ratio
                      threshold: \"< 1%\"

  passport config check passport.yaml
  passport up --config passport.yaml
  passport collect --workspace acme --service checkout-api --environment production";

pub async fn run(args: &Demo, session: &Session) -> Result<Exit, Fault> {
    session.only_text("demo")?;
    let secret = issue("demo", token::random()?).secret;
    let folder = configuration::temporary_folder()?;
    let loaded = match configuration::load(folder.path()) {
        Ok(loaded) => loaded,
        Err(report) => return Ok(refuse(&report)),
    };
    let (settings, digest) = (loaded.settings.telemetry.clone(), loaded.digest.clone());
    let mesh = match AllInOne::build(loaded, Arc::new(OwnToken(secret.clone())), &Kept::default()) {
        Ok(mesh) => mesh,
        Err(report) => return Ok(refuse(&report)),
    };
    let listen = args.listen;
    if !listen::is_loopback(listen) {
        return Err(Fault::wrong(
            format!("listening on {listen} serves other machines, and the demo asks for no token"),
            "leave --listen out, or name a port of 127.0.0.1",
        ));
    }
    let port = Port::take(listen, None).await?;
    let telemetry = Says {
        service: SERVICE,
        settings: &settings,
        log: &args.log,
        environment: Some(ENVIRONMENT),
        pushes: vec![to_itself(&port.url, secret)],
    }
    .init()?;
    let limits = Limits::new(&telemetry.meters().meter());
    let around = Around {
        limits: limits.clone(),
        meters: telemetry.meters().clone(),
        configuration: InUse::new(&digest, SystemClock.now(), &telemetry.meters().meter()),
    };
    let served = mesh.serve(&around).await?;
    let router = observed(served.router, &telemetry.metrics());
    let url = port.url.clone();
    let told = awaited_signal();
    let (end, ended) = oneshot::channel::<()>();
    let serving = tokio::spawn(port.serve(router, limits, served.health.until(ended)));
    let shown = tokio::select! {
        shown = show(&url, args.once, session) => shown,
        () = told => Ok(Exit::Answered),
    };
    telemetry.shutdown().await;
    // Whoever waits for it may be gone already.
    let _ = end.send(());
    let stopped = serving.await;
    drop(folder);
    shown.and_then(|exit| match stopped {
        Ok(Err(fault)) => Err(fault),
        Ok(Ok(_)) | Err(_) => Ok(exit),
    })
}

/// The process's own telemetry, sent to its own port.
fn to_itself(url: &str, secret: SecretString) -> MetricPush {
    MetricPush {
        endpoint: url.to_owned(),
        bearer: Some(secret),
        interval: EXPORT_INTERVAL,
    }
}

/// Makes traffic, asks about it, shows the answer, and stays.
async fn show(url: &str, once: bool, session: &Session) -> Result<Exit, Fault> {
    remark(&format!(
        "The whole mesh runs in this process, at {url}. It exports its own telemetry to itself,\n\
         while it answers requests that it makes to itself for a few seconds. It also uploads an\n\
         example of a scanner's report."
    ));
    let gateway = Gateway::open(url, PATIENCE).await?;
    example::upload(&gateway, session).await?;
    Traffic::new(url, gateway)?.flow().await?;
    let answer = until_judged(url, session).await?;
    let table = render(&answer, Format::Table, session.terminal)?;
    let json = render(&answer, Format::Json, session.terminal)?;
    print(&format!(
        "\n{table}\n\n{}\n\nThe same as JSON:\n\n{json}\n\n{YOURS}",
        example::NOTE
    ))?;
    if once {
        return Ok(match is_judged(&answer) {
            true => Exit::Answered,
            false => Exit::Unanswered,
        });
    }
    print(&format!("\nThis mesh stays up at {url}; Ctrl-C ends it."))?;
    std::future::pending().await
}

/// Asks until every fact is judged, or patience ends; then the last answer is shown as it is.
async fn until_judged(url: &str, session: &Session) -> Result<Answer, Fault> {
    let quiet = Session {
        global: session.global.clone(),
        terminal: Terminal {
            progress: false,
            ..session.terminal
        },
    };
    let scope = scope()?;
    let question = CollectEvidenceRequest {
        scope: Some((&scope).into()),
        ..CollectEvidenceRequest::default()
    };
    let patience = Instant::now() + PATIENCE;
    loop {
        let gateway = Gateway::open(url, QUESTION).await?;
        let answer = collect::ask(&gateway, question.clone(), &scope, &quiet).await?;
        if is_judged(&answer) || Instant::now() >= patience {
            return Ok(answer);
        }
        sleep(EXPORT_INTERVAL).await;
    }
}

/// Whether real data decided every fact that is expected, for better or worse.
fn is_judged(answer: &Answer) -> bool {
    let facts: Vec<_> = answer
        .evidence()
        .iter()
        .flat_map(|evidence| evidence.facts())
        .collect();
    EXPECTED.iter().all(|expected| {
        let mut named = facts
            .iter()
            .filter(|fact| fact.name().as_str() == *expected);
        named.any(|fact| matches!(fact.status(), Status::Passed | Status::Failed))
    })
}
