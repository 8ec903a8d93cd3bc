//! The token of a job of GitHub Actions, from the runner that it runs on ("OpenID Connect reference", methods for
//! requesting the OIDC token).

use std::env;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, StatusCode};
use passport_http_guard::{
    AddressPolicy, ClientOptions, Endpoint, EndpointRules, GuardedClient, Reply, Request, SendError,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use super::AUDIENCE;
use crate::exit::Fault;

/// Where the runner is asked. It stands there only in jobs with `permissions: { id-token: write }`.
const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";

/// What it is shown.
const SHOWN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// For one token, from the name to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes that an answer may have.
const LIMIT: usize = 64 << 10;

/// How often it is asked.
const TRIES: usize = 3;

#[derive(Deserialize)]
struct Answer {
    value: SecretString,
}

/// The job's own token, which says for whom it is.
///
/// # Errors
/// This is no job that may ask for one, or the runner gives none.
pub async fn token(audience: &str) -> Result<SecretString, Fault> {
    let read = |name| env::var(name).ok().filter(|it| !it.is_empty());
    let (Some(url), Some(shown)) = (read(URL), read(SHOWN).map(SecretString::from)) else {
        return Err(not_a_job());
    };
    let url = asked(&url, audience)?;
    let client = client(&url)?;
    let mut last = None;
    for _ in 0..TRIES {
        match ask(&client, &url, &shown).await? {
            Ok(reply) if reply.status == StatusCode::OK => return of_answer(&reply),
            Ok(reply) => last = Some(format!("it answered with status {}", reply.status)),
            Err(error) => last = Some(error.to_string()),
        }
    }
    Err(no_token(&last.unwrap_or_default()))
}

/// The runner's URL with the audience, which is what makes the token ours alone.
fn asked(url: &str, audience: &str) -> Result<Url, Fault> {
    let mut url = Url::parse(url).map_err(|_| no_token("its URL can't be read"))?;
    url.query_pairs_mut().append_pair("audience", audience);
    Ok(url)
}

/// The job's own runner names where: it may lie in any network, and is asked with TLS, but on this machine.
fn client(url: &Url) -> Result<GuardedClient, Fault> {
    let nets = [
        "127.0.0.0/8",
        "::1/128",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
    ];
    let nets = nets.iter().filter_map(|it| it.parse().ok());
    let addresses = AddressPolicy::allowing(nets);
    let rules = EndpointRules {
        allow_plain_http: false,
        addresses: &addresses,
    };
    let origin = url.origin().ascii_serialization();
    let endpoint = Endpoint::parse(&origin, rules);
    let endpoint = endpoint.map_err(|problem| no_token(&problem.to_string()))?;
    let options = ClientOptions {
        request_timeout: TIMEOUT,
        body_limit: LIMIT,
        addresses,
        ..ClientOptions::default()
    };
    GuardedClient::new(endpoint, options).map_err(|error| no_token(&error.to_string()))
}

async fn ask(
    client: &GuardedClient,
    url: &Url,
    shown: &SecretString,
) -> Result<Result<Reply, SendError>, Fault> {
    let unusable = || no_token("what it is to be asked with can't be sent");
    let link = client.endpoint().same_origin(url.as_str());
    let bearer = format!("Bearer {}", shown.expose_secret());
    let bearer = HeaderValue::from_str(&bearer).map_err(|_| unusable())?;
    let request = Request::follow(link.ok_or_else(unusable)?)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .header(AUTHORIZATION, bearer);
    Ok(client.send(request).await)
}

fn of_answer(reply: &Reply) -> Result<SecretString, Fault> {
    let answer: Result<Answer, _> = serde_json::from_slice(&reply.body);
    match answer {
        Ok(answer) if !answer.value.expose_secret().is_empty() => Ok(answer.value),
        Ok(_) | Err(_) => Err(no_token("its answer holds no token")),
    }
}

fn not_a_job() -> Fault {
    Fault::wrong(
        format!("{AUDIENCE} is set, and nobody here gives tokens: {URL} and {SHOWN} are not"),
        "run it in a job of GitHub Actions with `permissions: { id-token: write }`, or set PASSPORT_TOKEN",
    )
}

/// Nothing of what the runner said is repeated.
fn no_token(why: &str) -> Fault {
    Fault::unanswered(
        format!("the runner gave no token: {why}"),
        "try again, or see whether the job has `permissions: { id-token: write }`",
    )
}
