//! Decisions, and what pipelines ask in their own words.

use axum::routing::{get, post};
use passport_policy::passport::Passport;

use super::super::{
    collect, gate,
    hooks::{argo_rollouts, flagger},
};
use super::{NO_LEDGER, Refusal, Route, Token, json, plain, refused};

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

pub(super) const ROUTES: &[Route] = &[
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
];
