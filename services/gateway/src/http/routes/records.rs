//! What was decided, as it was recorded.

use axum::routing::get;
use passport_policy::passport::Passport;

use super::super::{ledger, passports, passports::Passports, query};
use super::{NO_LEDGER, Refusal, Route, Token, json, plain, refused};

const NO_PASSPORT: Refusal = refused(
    "404",
    "There is no such passport, or none that the caller may read.",
);

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: "get",
        path: "/v1/passports",
        id: "listPassports",
        summary: "Lists the passports of a workspace, newest first.",
        token: Token::Yes,
        query: &query::LIST_KEYS,
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
        query: &query::ONE_KEYS,
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
        query: &query::ONE_KEYS,
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
        method: "get",
        path: "/v1/ledger",
        id: "exportLedger",
        summary: "Gives the whole ledger of a workspace, to be verified elsewhere: an entry on each \
                  line, oldest first, then the head that they lead to. Without that last line it is \
                  not the whole. Wants the verb `read` on the whole workspace.",
        token: Token::Yes,
        query: &query::ONE_KEYS,
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
        query: &query::ONE_KEYS,
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
];
