//! What persons say of releases.

use axum::routing::{delete, get, post};
use passport_policy::gate::{Approval, Waiver};

use super::super::{
    persons::{self, approvals, waivers},
    query,
};
use super::{NO_LEDGER, Refusal, Route, Token, json, refused};

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

pub(super) const ROUTES: &[Route] = &[
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
        query: &query::ENDING_KEYS,
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
        query: &query::ONE_KEYS,
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
        query: &query::ONE_KEYS,
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
        query: &query::ENDING_KEYS,
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
        query: &query::ONE_KEYS,
        takes: &[json::<persons::RevokeBody>()],
        status: "200",
        gives: &[json::<Approval>()],
        headers: &[],
        problems: &[NO_APPROVAL, NOT_TAKEN, NO_LEDGER],
        handler: || delete(approvals::revoke),
    },
];
