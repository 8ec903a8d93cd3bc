//! `passport ingest`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use passport_gateway::gateway::MAX_BODY;
use passport_proto::collector::{Header, IngestResult};
use passport_proto::gateway::IngestEvidenceRequest;

use super::Session;
use crate::cli::{Ingest, SentHeader};
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::output::Ingested;

pub async fn run(args: &Ingest, session: &Session) -> Result<Exit, Fault> {
    let request = IngestEvidenceRequest {
        scope: Some((&args.scope.scope()).into()),
        source: args.source.to_string(),
        headers: headers(args)?,
        body: read(&args.file)?.into(),
    };
    let gateway = Gateway::connect(&session.global).await?;
    let ingested = send(&gateway, request).await?;
    session.show(&ingested)?;
    Ok(ingested.exit())
}

/// Sends a report, and waits until it is kept or is not.
pub async fn send(gateway: &Gateway, request: IngestEvidenceRequest) -> Result<Ingested, Fault> {
    let source = request.source.clone();
    let what = format!("hand the report to the source {source}");
    let request = gateway.request(request);
    let mut client = gateway.client();
    let reply = gateway
        .answer(&what, client.ingest_evidence(request))
        .await?;
    let reply = reply.into_inner();
    match reply.result() {
        IngestResult::Unspecified => Err(protocol(&what, "it does not say what became of it")),
        IngestResult::Accepted | IngestResult::Duplicate | IngestResult::Rejected => {
            Ok(Ingested::read(source, reply))
        }
    }
}

fn headers(args: &Ingest) -> Result<Vec<Header>, Fault> {
    let named = |it: &SentHeader| {
        let same = args.all_headers().filter(|other| other.name == it.name);
        same.count()
    };
    if let Some(at) = args.observed_at.as_ref().filter(|at| named(at) > 1) {
        return Err(Fault::wrong(
            format!("the header {} is given twice", at.name),
            "leave out --observed-at or that --header",
        ));
    }
    let on_wire = |it: &SentHeader| Header {
        name: it.name.to_string(),
        value: it.value.as_bytes().to_vec().into(),
    };
    Ok(args.all_headers().map(on_wire).collect())
}

// === reading ===

/// The whole report. One that is too large is told before anything is sent.
fn read(file: &Path) -> Result<Vec<u8>, Fault> {
    let is_standard_input = file == Path::new("-");
    let (name, bytes) = match is_standard_input {
        true => (
            "standard input".to_owned(),
            within_limit(io::stdin().lock()),
        ),
        false => {
            let bytes = File::open(file).and_then(within_limit);
            (file.display().to_string(), bytes)
        }
    };
    match bytes {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Fault::wrong(
            format!("{name} has more than {} MiB", MAX_BODY >> 20),
            "send a smaller report, for example of fewer targets at once",
        )),
        Err(error) => Err(Fault::wrong(
            format!("could not read {name}: {error}"),
            "name a file that can be read, or - for standard input",
        )),
    }
}

/// `None` where there is more than a delivery may have.
fn within_limit(from: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BODY).unwrap_or(u64::MAX);
    from.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= MAX_BODY).then_some(bytes))
}
