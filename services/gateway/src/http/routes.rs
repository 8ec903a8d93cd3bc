//! Every route, once: the router and the OpenAPI document are both made from this table.

use axum::routing::{MethodRouter, delete, get, post};
use passport_policy::{
    gate::{Approval, Waiver},
    passport::Passport,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::hooks::{argo_rollouts, flagger};
use super::passports::Passports;
use super::persons::{self, approvals, waivers};
use super::{Shared, collect, gate, ingest, ledger, openapi, operate, passports, query, sources};
use crate::{
    gateway::Collected,
    listing::{Connectors, ListedCheck, Sources},
};

/// One route and what is said of it.
pub(crate) struct Route {
    /// `get`, `post` or `delete`, as the document has it.
    pub method: &'static str,
    /// With parameters in braces, which axum and OpenAPI write alike.
    pub path: &'static str,
    /// Names the operation for generated clients.
    pub id: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Who may use it.
    pub token: Token,
    /// Keys of the query: name, whether it is wanted, and what it says.
    pub query: &'static [(&'static str, bool, &'static str)],
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
    /// Whether it is a line of text, and not a problem document.
    pub is_text: bool,
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
    /// A hook's own, in the path.
    InPath,
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

const NO_LEDGER: Refusal = Refusal {
    passes: true,
    ..refused(
        "503",
        "The ledger can't be reached: nothing is decided that is not recorded.",
    )
};

const NO_HOOK: Refusal = refused(
    "401",
    "The token in the path is unknown, has ended, or is not one of a hook.",
);

const STOPPED: Refusal = Refusal {
    is_text: true,
    ..refused(
        "409",
        "The decision says no: do not go on, or do not roll back.",
    )
};

const NO_PASSPORT: Refusal = refused(
    "404",
    "There is no such passport, or none that the caller may read.",
);

const NO_WAIVER: Refusal = refused(
    "404",
    "There is no such waiver, or none that the caller may waive for.",
);

const NO_APPROVAL: Refusal = refused(
    "404",
    "There is no such approval, or none that the caller may approve for.",
);

const NOT_CONFIGURED: Refusal = refused("404", "The scope is not configured.");

const NO_MORE: Refusal = refused(
    "409",
    "So many were recorded for this release that no more are.",
);

const NOT_TAKEN: Refusal = refused(
    "409",
    "It has ended, it is confirmed already, or the same person made it.",
);

const fn refused(status: &'static str, meaning: &'static str) -> Refusal {
    Refusal {
        status,
        meaning,
        passes: false,
        is_text: false,
    }
}

/// All of them.
pub(crate) const ROUTES: [Route; 26] = [
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
        method: "post",
        path: "/v1/gate/evaluate",
        id: "evaluateGate",
        summary: "Decides whether a release may go, by the policy of its scope, and records that. As \
                  events: one named `passport` at once, and for each decision that says something \
                  else after that; `failed` where it can't go on, and `done` in the end.",
        token: Token::Yes,
        query: &[],
        takes: &[json::<gate::EvaluateBody>()],
        status: "200",
        gives: &[json::<Passport>(), plain(collect::EVENT_STREAM)],
        headers: &[],
        problems: &[NO_LEDGER],
        handler: || post(gate::evaluate),
    },
    Route {
        method: "post",
        path: "/v1/hooks/{token}/flagger/{hook}",
        id: "answerFlagger",
        summary: "Decides for a webhook of Flagger, by the policy of the hook's scope, and records \
                  that. 200 means: go on; of `rollback`: take it back. The answer is one line.",
        token: Token::InPath,
        query: &[],
        takes: &[json::<flagger::FlaggerBody>()],
        status: "200",
        gives: &[plain("text/plain")],
        headers: &[],
        problems: &[NO_HOOK, STOPPED, NO_LEDGER],
        handler: || post(flagger::answer),
    },
    Route {
        method: "get",
        path: "/v1/hooks/argo-rollouts",
        id: "measureForArgoRollouts",
        summary: "Decides for a web metric of Argo Rollouts, and records that. A decision of any kind \
                  is answered with 200.",
        token: Token::Yes,
        query: &argo_rollouts::KEYS,
        takes: &[],
        status: "200",
        gives: &[json::<argo_rollouts::Measured>()],
        headers: &[],
        problems: &[NO_LEDGER],
        handler: || get(argo_rollouts::get),
    },
    Route {
        method: "post",
        path: "/v1/hooks/argo-rollouts",
        id: "evaluateForArgoRollouts",
        summary: "The same for a metric that sends a body.",
        token: Token::Yes,
        query: &[],
        takes: &[json::<gate::EvaluateBody>()],
        status: "200",
        gives: &[json::<argo_rollouts::Measured>()],
        headers: &[],
        problems: &[NO_LEDGER],
        handler: || post(argo_rollouts::post),
    },
    Route {
        method: "get",
        path: "/v1/passports",
        id: "listPassports",
        summary: "Lists the passports of a workspace, newest first.",
        token: Token::Yes,
        query: &passports::LIST_KEYS,
        takes: &[],
        status: "200",
        gives: &[json::<Passports>()],
        headers: &[],
        problems: &[NO_LEDGER],
        handler: || get(passports::list),
    },
    Route {
        method: "get",
        path: "/v1/passports/{id}",
        id: "getPassport",
        summary: "Gives one passport.",
        token: Token::Yes,
        query: &passports::ONE_KEYS,
        takes: &[],
        status: "200",
        gives: &[json::<Passport>()],
        headers: &[],
        problems: &[NO_PASSPORT, NO_LEDGER],
        handler: || get(passports::get),
    },
    Route {
        method: "get",
        path: "/v1/passports/{id}/attestation",
        id: "getAttestation",
        summary: "Gives a passport as an in-toto Statement in a signed DSSE envelope.",
        token: Token::Yes,
        query: &passports::ONE_KEYS,
        takes: &[],
        status: "200",
        gives: &[plain(passports::ENVELOPE)],
        headers: &[],
        problems: &[
            NO_PASSPORT,
            refused(
                "409",
                "The gateway has no signing key, or the passport names nothing with a digest.",
            ),
            NO_LEDGER,
        ],
        handler: || get(passports::attestation),
    },
    Route {
        method: "post",
        path: "/v1/waivers",
        id: "createWaiver",
        summary: "Records a person's time-limited acceptance of a named failed or missing fact.",
        token: Token::Yes,
        query: &[],
        takes: &[json::<waivers::WaiveBody>()],
        status: "201",
        gives: &[json::<Waiver>()],
        headers: &[],
        problems: &[NOT_CONFIGURED, NO_MORE, NO_LEDGER],
        handler: || post(waivers::create),
    },
    Route {
        method: "get",
        path: "/v1/waivers",
        id: "listWaivers",
        summary: "Lists waivers, newest first.",
        token: Token::Yes,
        query: &persons::LIST_KEYS,
        takes: &[],
        status: "200",
        gives: &[json::<waivers::Waivers>()],
        headers: &[],
        problems: &[NO_LEDGER],
        handler: || get(waivers::list),
    },
    Route {
        method: "post",
        path: "/v1/waivers/{id}/confirm",
        id: "confirmWaiver",
        summary: "Records that a second person agrees to a waiver.",
        token: Token::Yes,
        query: &passports::ONE_KEYS,
        takes: &[],
        status: "200",
        gives: &[json::<Waiver>()],
        headers: &[],
        problems: &[NO_WAIVER, NOT_TAKEN, NO_LEDGER],
        handler: || post(waivers::confirm),
    },
    Route {
        method: "delete",
        path: "/v1/waivers/{id}",
        id: "revokeWaiver",
        summary: "Ends a waiver before its time.",
        token: Token::Yes,
        query: &passports::ONE_KEYS,
        takes: &[json::<persons::RevokeBody>()],
        status: "200",
        gives: &[json::<Waiver>()],
        headers: &[],
        problems: &[NO_WAIVER, NOT_TAKEN, NO_LEDGER],
        handler: || delete(waivers::revoke),
    },
    Route {
        method: "post",
        path: "/v1/approvals",
        id: "approveRelease",
        summary: "Records a person's time-limited consent to a release.",
        token: Token::Yes,
        query: &[],
        takes: &[json::<approvals::ApproveBody>()],
        status: "201",
        gives: &[json::<Approval>()],
        headers: &[],
        problems: &[NOT_CONFIGURED, NO_MORE, NO_LEDGER],
        handler: || post(approvals::create),
    },
    Route {
        method: "get",
        path: "/v1/approvals",
        id: "listApprovals",
        summary: "Lists approvals, newest first.",
        token: Token::Yes,
        query: &persons::LIST_KEYS,
        takes: &[],
        status: "200",
        gives: &[json::<approvals::Approvals>()],
        headers: &[],
        problems: &[NO_LEDGER],
        handler: || get(approvals::list),
    },
    Route {
        method: "delete",
        path: "/v1/approvals/{id}",
        id: "revokeApproval",
        summary: "Takes an approval back before its time.",
        token: Token::Yes,
        query: &passports::ONE_KEYS,
        takes: &[json::<persons::RevokeBody>()],
        status: "200",
        gives: &[json::<Approval>()],
        headers: &[],
        problems: &[NO_APPROVAL, NOT_TAKEN, NO_LEDGER],
        handler: || delete(approvals::revoke),
    },
    Route {
        method: "get",
        path: "/v1/ledger",
        id: "exportLedger",
        summary: "Gives the whole ledger of a workspace, to be verified elsewhere: an entry on each \
                  line, oldest first, then the head that they lead to. Without that last line it is \
                  not the whole. Wants the verb `read` on the whole workspace.",
        token: Token::Yes,
        query: &passports::ONE_KEYS,
        takes: &[],
        status: "200",
        gives: &[plain(ledger::LINES)],
        headers: &[],
        problems: &[NO_LEDGER],
        handler: || get(ledger::export),
    },
    Route {
        method: "get",
        path: "/v1/ledger/head",
        id: "getLedgerHead",
        summary: "Gives the sealed head of a workspace's ledger, to be kept elsewhere as a \
                  checkpoint. Wants the verb `read` on the whole workspace.",
        token: Token::Yes,
        query: &passports::ONE_KEYS,
        takes: &[],
        status: "200",
        gives: &[plain("application/json")],
        headers: &[],
        problems: &[
            refused("404", "Nothing was recorded of the workspace yet."),
            NO_LEDGER,
        ],
        handler: || get(ledger::head),
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
        method: "get",
        path: "/healthz",
        id: "alive",
        summary: "Whether the process lives.",
        token: Token::No,
        query: &[],
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
        query: &[],
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
        query: &[],
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
        query: &[],
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
        query: &[],
        takes: &[],
        status: "200",
        gives: &[plain("application/json")],
        headers: &[],
        problems: &[],
        handler: || get(openapi::serve),
    },
];
