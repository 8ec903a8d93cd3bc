//! A scanner's report that the demo uploads, as a pipeline would. It is an example, and is called so.

use passport_evidence::json;
use passport_proto::collector::Header;
use passport_proto::gateway::IngestEvidenceRequest;

use super::configuration::scope;
use crate::client::Gateway;
use crate::commands::{Session, ingest};
use crate::exit::{Exit, Fault};

/// What is said of it beside its facts.
pub const NOTE: &str = "\
own-telemetry is live: it is what this process just measured of itself. example-scan is an EXAMPLE: a
report of Trivy that comes with this program and that the demo uploaded to itself. It is no scan of
anything.";

/// The source that it is for.
const SOURCE: &str = "example-scan";

const REPORT: &[u8] = include_bytes!("../../../../../deploy/examples/trivy-report.json");

/// Uploads the report as one that was made now.
pub async fn upload(gateway: &Gateway, session: &Session) -> Result<(), Fault> {
    let observed_at = Header {
        name: "passport-observed-at".to_owned(),
        value: json::time(session.now()).into_bytes().into(),
    };
    let request = IngestEvidenceRequest {
        scope: Some((&scope()?).into()),
        source: SOURCE.to_owned(),
        headers: vec![observed_at],
        body: REPORT.into(),
    };
    let ingested = ingest::send(gateway, request).await?;
    match ingested.exit() {
        Exit::Answered => Ok(()),
        Exit::Otherwise | Exit::Wrong | Exit::Unanswered => Err(Fault::unanswered(
            "the example report was not kept",
            "report this as a defect",
        )),
    }
}
