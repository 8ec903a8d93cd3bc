//! What else whoever reaches the endpoint may do. The engine knows no users: it is all or, behind a proxy,
//! what the proxy lets through.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, Request, credential_scope::Breadth};
use passport_evidence::Fact;

use super::{client::Client, model::Info, version::Version};

/// Reads that no source needs and that do no harm. Proxies let through or keep back by section: whoever
/// gets at the files of any container, or at what runs in one, is in the sections in which one also makes
/// them. Asked about one that is not there, the engine says so itself, and a proxy that keeps it back does not.
const NEEDLESS: [&[&str]; 4] = [
    &["volumes"],
    &["secrets"],
    &["containers", NOBODY, "archive"],
    &["exec", NOBODY, "json"],
];
/// A container that is not there.
const NOBODY: &str = "passport-mesh-probe";
/// How engines say that they looked for it: in small letters, and in two ways.
const MISSED: [&str; 3] = [
    "no such container",
    "no such exec",
    "no container with name",
];
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
    let found = NEEDLESS.map(|it| probe(client, version, it, request));
    let found = futures::future::join_all(found).await;
    let all: Vec<_> = found.iter().map(|(told, _)| *told).collect();
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
    what: &[&str],
    request: &CollectRequest,
) -> (Told, DateTime<Utc>) {
    let version = version.to_string();
    let path = [version.as_str()].into_iter().chain(what.iter().copied());
    let asked = Request::get(path);
    let asked = match what.last() {
        Some(&"archive") => asked.query("path", "/"),
        Some(_) | None => asked,
    };
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
        404 if is_missed(reply.body()) => Told::Answered,
        401 | 403 | 404 | 405 => Told::Refused,
        200..=299 => Told::Answered,
        503 if is_excuse() => Told::Answered,
        _ => Told::Nothing,
    };
    (told, reply.observed_at())
}

/// Whether the engine itself looked for what is not there.
fn is_missed(body: &[u8]) -> bool {
    let said = String::from_utf8_lossy(body).to_lowercase();
    said.contains(NOBODY) && MISSED.iter().any(|it| said.contains(it))
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
