//! What else whoever reaches the endpoint may do. The engine knows no users: it is all or, behind a proxy,
//! what the proxy lets through.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, Request, credential_scope::Breadth};
use passport_evidence::Fact;

use super::{client::Client, model::Info, version::Version};

/// Reads that no source needs and that do no harm.
const NEEDLESS: [&str; 2] = ["volumes", "secrets"];
/// In the words of an engine that would tell, were it one of a swarm.
const NO_SWARM: &[u8] = b"swarm manager";
const ROOTLESS: &str = "name=rootless";

/// What became of a read that should be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Refused,
    /// By the engine itself, if with an excuse.
    Answered,
    /// Nothing that tells.
    Nothing,
}

/// Asks for what should be refused. Nothing is changed by it.
pub async fn ask(client: &Client, version: Version, request: &CollectRequest) -> Fact {
    let [volumes, secrets] = NEEDLESS.map(|it| probe(client, version, it, request));
    let (volumes, secrets) = tokio::join!(volumes, secrets);
    let found = [volumes, secrets];
    let all = found.map(|(told, _)| told);
    let breadth = if all.contains(&Told::Answered) {
        tell_of_root(client, version, request).await;
        Breadth::WriteCapable
    } else if all.contains(&Told::Nothing) {
        Breadth::Unverifiable
    } else {
        Breadth::Narrow
    };
    let as_of = found.iter().map(|(_, at)| *at).fold(request.now, Ord::min);
    breadth.fact(as_of)
}

async fn probe(
    client: &Client,
    version: Version,
    what: &str,
    request: &CollectRequest,
) -> (Told, DateTime<Utc>) {
    let asked = Request::get([&version.to_string(), what]);
    let Ok(reply) = client.provider.send_unsorted(asked, request).await else {
        return (Told::Nothing, request.now);
    };
    let is_excuse = || {
        reply
            .body()
            .windows(NO_SWARM.len())
            .any(|it| it == NO_SWARM)
    };
    let told = match reply.status().as_u16() {
        401 | 403 | 404 | 405 => Told::Refused,
        200..=299 => Told::Answered,
        503 if is_excuse() => Told::Answered,
        _ => Told::Nothing,
    };
    (told, reply.observed_at())
}

/// Where the source allows it: whether the whole host is at stake, or what one user of it may do.
async fn tell_of_root(client: &Client, version: Version, request: &CollectRequest) {
    if !client.wanted.allow_info {
        return;
    }
    let path = [&version.to_string(), "info"];
    let Ok((info, _)) = client.read::<Info>(&path, request).await else {
        return;
    };
    let options = info.security_options.unwrap_or_default();
    let is_rootless = options.iter().any(|it| it == ROOTLESS);
    tracing::warn!(is_rootless, "the engine's socket is not filtered");
}
