//! Whatever is changed in a good application, nothing passes that it does not say.

use passport_evidence::{Fact, Status, Subject};
use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use crate::connectors::argo_cd::{
    facts,
    model::Application,
    settings::{Compare, ScopeSettings, Wanted},
};

const CHANGED: u32 = 20_000;
const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
const OLDER: &str = "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b";
const CHART: &str = "1.8.2";
const IMAGE: &str = "images.example.com/acme/checkout-api";
const DIGEST: &str = "sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

/// What is read, and some of what is not.
const POINTERS: [&str; 39] = [
    "/metadata/name",
    "/metadata/deletionTimestamp",
    "/operation",
    "/spec/project",
    "/spec/source",
    "/spec/source/targetRevision",
    "/spec/sources",
    "/spec/sources/0",
    "/spec/destination",
    "/spec/destination/namespace",
    "/status",
    "/status/sync",
    "/status/sync/status",
    "/status/sync/revision",
    "/status/sync/revisions",
    "/status/sync/revisions/0",
    "/status/sync/revisions/1",
    "/status/sync/comparedTo",
    "/status/sync/comparedTo/source/targetRevision",
    "/status/sync/comparedTo/sources/1",
    "/status/health",
    "/status/health/status",
    "/status/operationState",
    "/status/operationState/phase",
    "/status/operationState/finishedAt",
    "/status/operationState/operation/sync",
    "/status/operationState/operation/sync/dryRun",
    "/status/operationState/syncResult",
    "/status/operationState/syncResult/revision",
    "/status/operationState/syncResult/revisions/0",
    "/status/conditions",
    "/status/conditions/0",
    "/status/history",
    "/status/history/0/revision",
    "/status/history/0/id",
    "/status/history/1/revision",
    "/status/reconciledAt",
    "/status/summary",
    "/status/summary/images/0",
];

const WORDS: [&str; 30] = [
    "",
    "Synced",
    "synced",
    "Synced ",
    "OutOfSync",
    "Unknown",
    "Healthy",
    "Progressing",
    "Degraded",
    "Suspended",
    "Missing",
    "Succeeded",
    "Succeeded!",
    "Running",
    "Terminating",
    "Failed",
    "Error",
    "ComparisonError",
    "SharedResourceWarning",
    "none",
    "main",
    REVISION,
    "4f1c2e9",
    OLDER,
    CHART,
    "1.8",
    DIGEST,
    "2026-05-03T09:14:00Z",
    "2026-05-03T09:29:00Z",
    "true",
];

/// An application of one source, or of two, about which nothing is wrong.
fn good(several: bool) -> Value {
    let git =
        json!({"repoURL": "https://git.example.com/acme/deploy.git", "targetRevision": "main"});
    let chart =
        json!({"repoURL": "https://charts.example.com", "chart": "a", "targetRevision": CHART});
    let of = |commit: &str| match several {
        true => json!({"revision": "", "revisions": [commit, CHART], "sources": [git, chart]}),
        false => json!({"revision": commit, "source": git}),
    };
    let mut spec = json!({"project": "shop", "source": git, "destination": {"namespace": "shop"}});
    let mut compared = json!({"destination": {"namespace": "shop"}, "source": git});
    if several {
        let sources = json!([git, chart]);
        spec["source"] = json!({"repoURL": ""});
        spec["sources"] = sources.clone();
        compared = json!({"destination": {"namespace": "shop"}, "sources": sources});
    }
    let with = |mut of: Value, key: &str, value: Value| {
        of[key] = value;
        of
    };
    let sync = with(of(REVISION), "status", json!("Synced"));
    json!({
        "metadata": {"name": "checkout-api-prod", "namespace": "argocd"},
        "spec": spec,
        "status": {
            "sync": with(sync, "comparedTo", compared),
            "health": {"status": "Healthy"},
            "reconciledAt": "2026-05-03T09:28:30Z",
            "history": [with(of(OLDER), "id", json!(40)), with(of(REVISION), "id", json!(41))],
            "operationState": {
                "operation": {"sync": {"revision": REVISION}},
                "phase": "Succeeded", "finishedAt": "2026-05-03T09:15:00Z",
                "syncResult": of(REVISION),
            },
            "summary": {"images": [format!("{IMAGE}@{DIGEST}")]},
        },
    })
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        1 => select(vec![json!(0), json!(-1), json!(1.5), json!(u64::MAX), json!(40), json!(true)]),
        2 => select(vec![
            json!([]), json!({}), json!([{"type": "SyncError"}]), json!([REVISION]),
            json!([CHART, REVISION]), json!({"sync": {"dryRun": true}}), json!({"type": "x"}),
            json!(["Healthy"]), json!(["Succeeded"]), json!([[format!("{IMAGE}@{DIGEST}")]]),
        ]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let pointer = || select(&POINTERS[..]);
    prop_oneof![
        1 => pointer().prop_map(Change::lost),
        4 => (pointer(), value()).prop_map(Change::set),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
    ]
}

// What Argo CD would have to say, read from the object itself.

fn text<'a>(app: &'a Value, pointer: &str) -> &'a str {
    app.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn list<'a>(app: &'a Value, pointer: &str) -> &'a [Value] {
    app.pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn is_there(app: &Value, pointer: &str) -> bool {
    app.pointer(pointer).is_some_and(|it| !it.is_null())
}

/// The revisions of a part of the object, if they are the subject's.
fn is_deployed(app: &Value, part: &str) -> bool {
    let several = !list(app, "/spec/sources").is_empty();
    match several {
        false => text(app, &format!("{part}/revision")).eq_ignore_ascii_case(REVISION),
        true => list(app, &format!("{part}/revisions")) == [json!(REVISION), json!(CHART)],
    }
}

fn is_dry_run(app: &Value) -> bool {
    app.pointer("/status/operationState/operation/sync/dryRun") == Some(&json!(true))
}

/// Whether the comparison is no older than the end of the last operation. Without its time nothing
/// passes later on.
fn is_settled(app: &Value) -> bool {
    let ended = text(app, "/status/operationState/finishedAt");
    let compared = text(app, "/status/reconciledAt");
    compared.is_empty() || ended <= compared || is_dry_run(app)
}

fn may_pass(app: &Value, fact: &Fact) -> bool {
    let sync = text(app, "/status/sync/status");
    let conditions = list(app, "/status/conditions");
    let ran = text(app, "/status/operationState/phase") == "Succeeded"
        && !is_there(app, "/operation")
        && !is_dry_run(app);
    match fact.name().as_str() {
        "sync_status" => sync == "Synced" && is_settled(app),
        "app_health" => {
            let is_error = |it: &Value| text(it, "/type").ends_with("Error");
            text(app, "/status/health/status") == "Healthy"
                && ["Synced", "OutOfSync"].contains(&sync)
                && !is_there(app, "/metadata/deletionTimestamp")
                && !conditions.iter().any(is_error)
                && is_settled(app)
        }
        "last_operation" => ran,
        "deployed_revision" => {
            let parts = ["/status/sync", "/status/operationState/syncResult"];
            ran && sync != "Unknown" && parts.iter().all(|it| is_deployed(app, it))
        }
        "rollback_target" => {
            let shown = fact.value_text().unwrap();
            let named = list(app, "/status/history").iter().map(|it| {
                let several: Vec<_> = list(it, "/revisions")
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                let revision = match list(it, "/sources").is_empty() {
                    true => text(it, "/revision").to_owned(),
                    false => several.join(","),
                };
                format!("id={} revision={revision}", it["id"])
            });
            named.into_iter().any(|it| it == shown)
        }
        "app_conditions" => conditions.is_empty(),
        "image_digest" => {
            let images = list(app, "/status/summary/images");
            fact.item() == Some(IMAGE) && images.contains(&json!(format!("{IMAGE}@{DIGEST}")))
        }
        _ => false,
    }
}

fn wanted(several: bool) -> Wanted {
    let scope = json!({"project": "shop", "application": "checkout-api-prod"});
    let compare = match several {
        true => vec![Compare::Revision, Compare::Version],
        false => vec![Compare::Revision],
    };
    Wanted {
        scope: serde_json::from_value::<ScopeSettings>(scope).unwrap(),
        compare,
        allow_drift: false,
        sync_window: false,
    }
}

fn passed(app: &Value, several: bool) -> Vec<Fact> {
    let subject = Subject {
        revision: Some(REVISION.to_owned()),
        version: Some(CHART.to_owned()),
        artifact_digests: vec![DIGEST.to_owned()],
    };
    let Ok(app) = serde_json::from_value::<Application>(app.clone()) else {
        return Vec::new();
    };
    let facts = facts::of(&app, &wanted(several), Some(&subject));
    let passed = facts.into_iter().filter(|it| it.status() == Status::Passed);
    passed.collect()
}

#[test]
fn an_application_about_which_nothing_is_wrong_passes_in_all() {
    for several in [false, true] {
        let app = good(several);
        let facts = passed(&app, several);
        assert_eq!(facts.len(), 7, "{facts:?}");
        assert!(facts.iter().all(|it| may_pass(&app, it)), "{facts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn a_changed_application_passes_nothing_that_it_does_not_say(
        several in any::<bool>(),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let mut app = good(several);
        for change in &changes {
            change.apply(&mut app);
        }
        let found = passed(&app, several);
        let unearned: Vec<_> = found.iter().filter(|it| !may_pass(&app, it)).collect();
        prop_assert!(unearned.is_empty(), "{app}: {unearned:?}");
        let at = text(&app, "/status/reconciledAt").parse().ok();
        prop_assert!(found.iter().all(|it| it.observed_at() == at));
    }
}
