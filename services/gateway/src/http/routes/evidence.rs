//! Evidence, and the sources that it comes from.

use axum::routing::{get, post};

use super::super::{collect, ingest, query, sources};
use super::{Refusal, Route, Token, json, plain, refused};
use crate::{
    gateway::Collected,
    listing::{Connectors, ListedCheck, ListedNotice, Sources},
};

const INGEST_HEADERS: [(&str, &str); 1] = [(
    "Passport-Observed-At",
    "When what is delivered was true, as RFC 3339, for reports that carry no time of their own. \
     All headers are handed on but credentials, cookies and those of connections and proxies.",
)];

const INGEST_PROBLEMS: [Refusal; 7] = [
    refused("400", "The request or the report can't be read."),
    refused(
        "401",
        "No token with the verb `ingest` for the source, or a signature that is wrong; the same where there is no such source.",
    ),
    refused(
        "404",
        "There is no such source; told to callers who were granted its scope.",
    ),
    refused(
        "408",
        "The body did not come in within the time of the call.",
    ),
    refused("413", "The body has more than 32 MiB."),
    refused(
        "422",
        "The connector does not take what the body says, for example a report about something else. The answer is the connector's own.",
    ),
    Refusal {
        passes: true,
        ..refused(
            "503",
            "Not kept: too much is being delivered, the store is full or away, or the collector can't be reached. The same may be sent again.",
        )
    },
];

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: "post",
        path: "/v1/evidence/collect",
        id: "collectEvidence",
        summary: "Asks every source that the request selects; one outcome for each. As events: \
                  one named `evidence` or `failure` for each outcome, then `done`.",
        token: Token::Yes,
        query: &[],
        takes: &[json::<collect::CollectBody>()],
        status: "200",
        gives: &[json::<Collected>(), plain(collect::EVENT_STREAM)],
        headers: &[],
        problems: &[],
        handler: || post(collect::collect),
    },
    Route {
        method: "post",
        path: "/v1/evidence/ingest/{source}",
        id: "ingestEvidence",
        summary: "Takes a pushed report or a provider's webhook of up to 32 MiB, as the provider \
                  sends it. Success means that it is kept durably; the same delivery again is \
                  kept once and answered alike. The answer is the one that its sender expects.",
        token: Token::OrSignature,
        query: &query::KEYS,
        takes: &[plain("*/*")],
        status: "202",
        gives: &[plain("*/*")],
        headers: &INGEST_HEADERS,
        problems: &INGEST_PROBLEMS,
        handler: || post(ingest::ingest),
    },
    Route {
        method: "get",
        path: "/v1/connectors",
        id: "listConnectors",
        summary: "Lists the connectors of every collector.",
        token: Token::Yes,
        query: &[],
        takes: &[],
        status: "200",
        gives: &[json::<Connectors>()],
        headers: &[],
        problems: &[],
        handler: || get(sources::connectors),
    },
    Route {
        method: "get",
        path: "/v1/sources",
        id: "listSources",
        summary: "Lists the sources of a scope and how each is doing.",
        token: Token::Yes,
        query: &query::KEYS,
        takes: &[],
        status: "200",
        gives: &[json::<Sources>()],
        headers: &[],
        problems: &[],
        handler: || get(sources::list),
    },
    Route {
        method: "post",
        path: "/v1/sources/{id}/check",
        id: "checkSource",
        summary: "Asks a provider whether the credential of a source works and is narrow enough.",
        token: Token::Yes,
        query: &query::KEYS,
        takes: &[],
        status: "200",
        gives: &[json::<ListedCheck>()],
        headers: &[],
        problems: &[],
        handler: || post(sources::check),
    },
    Route {
        method: "post",
        path: "/v1/sources/{id}/notice",
        id: "sendNotice",
        summary: "Has a source send what it is configured to tell people about a release, such as a \
                  request for approval: once, however often that is asked for and by whom. What came \
                  of it stands in the evidence of the source from then on.",
        token: Token::Yes,
        query: &query::KEYS,
        takes: &[json::<sources::NoticeBody>()],
        status: "200",
        gives: &[json::<ListedNotice>()],
        headers: &[],
        problems: &[],
        handler: || post(sources::notice),
    },
];
