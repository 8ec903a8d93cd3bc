//! Every route, once: the router and the OpenAPI document are both made from this table.

use axum::routing::{MethodRouter, get, post};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{Shared, collect, ingest, openapi, operate, sources};
use crate::{
    gateway::Collected,
    listing::{Connectors, ListedCheck, Sources},
};

/// One route and what is said of it.
pub(crate) struct Route {
    /// `get` or `post`, as the document has it.
    pub method: &'static str,
    /// With parameters in braces, which axum and OpenAPI write alike.
    pub path: &'static str,
    /// Names the operation for generated clients.
    pub id: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Who may use it.
    pub token: Token,
    /// Whether the query names a scope.
    pub scoped: bool,
    /// What the request's body is; empty: none.
    pub takes: &'static [Content],
    /// Status of the good answer.
    pub status: &'static str,
    /// What the good answer is, for each media type.
    pub gives: &'static [Content],
    /// Headers that it reads beside those of every route, and what each says.
    pub headers: &'static [(&'static str, &'static str)],
    /// Statuses of problems that its callers have to tell apart.
    pub problems: &'static [Refusal],
    /// What answers.
    pub handler: fn() -> MethodRouter<Shared>,
}

/// A problem that callers of a route have to tell from others.
pub(crate) struct Refusal {
    /// Its status.
    pub status: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Whether it says in `Retry-After` when to send the same again.
    pub passes: bool,
}

/// Whether a route wants a bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// For everybody.
    No,
    /// Wanted.
    Yes,
    /// Wanted, unless the sender signs.
    OrSignature,
}

/// A body of one media type.
pub(crate) struct Content {
    pub media: &'static str,
    /// `None`: bytes or text.
    pub schema: Option<fn(&mut SchemaGenerator) -> Schema>,
}

const fn json<T: JsonSchema>() -> Content {
    Content {
        media: "application/json",
        schema: Some(|generator| generator.subschema_for::<T>()),
    }
}

const fn plain(media: &'static str) -> Content {
    Content {
        media,
        schema: None,
    }
}

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

const fn refused(status: &'static str, meaning: &'static str) -> Refusal {
    Refusal {
        status,
        meaning,
        passes: false,
    }
}

/// All of them.
pub(crate) const ROUTES: [Route; 10] = [
    Route {
        method: "post",
        path: "/v1/evidence/collect",
        id: "collectEvidence",
        summary: "Asks every source that the request selects; one outcome for each. As events: \
                  one named `evidence` or `failure` for each outcome, then `done`.",
        token: Token::Yes,
        scoped: false,
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
        scoped: true,
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
        scoped: false,
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
        scoped: true,
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
        scoped: true,
        takes: &[],
        status: "200",
        gives: &[json::<ListedCheck>()],
        headers: &[],
        problems: &[],
        handler: || post(sources::check),
    },
    Route {
        method: "get",
        path: "/healthz",
        id: "alive",
        summary: "Whether the process lives.",
        token: Token::No,
        scoped: false,
        takes: &[],
        status: "200",
        gives: &[json::<operate::Alive>()],
        headers: &[],
        problems: &[],
        handler: || get(operate::alive),
    },
    Route {
        method: "get",
        path: "/readyz",
        id: "ready",
        summary: "Whether the gateway takes calls, and which collectors answer.",
        token: Token::No,
        scoped: false,
        takes: &[],
        status: "200",
        gives: &[json::<operate::Readiness>()],
        headers: &[],
        problems: &[],
        handler: || get(operate::ready),
    },
    Route {
        method: "get",
        path: "/metrics",
        id: "metrics",
        summary: "The process's own metrics in the Prometheus text format.",
        token: Token::No,
        scoped: false,
        takes: &[],
        status: "200",
        gives: &[plain("text/plain")],
        headers: &[],
        problems: &[],
        handler: || get(operate::metrics),
    },
    Route {
        method: "get",
        path: "/",
        id: "statusPage",
        summary: "A plain page: the version and the collectors.",
        token: Token::No,
        scoped: false,
        takes: &[],
        status: "200",
        gives: &[plain("text/html")],
        headers: &[],
        problems: &[],
        handler: || get(operate::page),
    },
    Route {
        method: "get",
        path: "/openapi.json",
        id: "openapi",
        summary: "This document.",
        token: Token::No,
        scoped: false,
        takes: &[],
        status: "200",
        gives: &[plain("application/json")],
        headers: &[],
        problems: &[],
        handler: || get(openapi::serve),
    },
];
