//! What Argo Rollouts would have to say for a fact to pass, read from the objects themselves.

use serde_json::Value;

/// The digest that is released.
pub const DIGEST: &str = "sha256:468da1d69d2dc56a022a8971136ea7329a6a7ff572a79120aaa39cde4dfa4990";
const OF_HASH: &str = "/metadata/labels/rollouts-pod-template-hash";
const REVISION: &str = "/metadata/annotations/rollout.argoproj.io~1revision";

fn text<'a>(of: &'a Value, pointer: &str) -> &'a str {
    of.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn list<'a>(of: &'a Value, pointer: &str) -> &'a [Value] {
    of.pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn number(of: &Value, pointer: &str) -> u64 {
    of.pointer(pointer)
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

fn is_there(of: &Value, pointer: &str) -> bool {
    of.pointer(pointer).is_some_and(|it| !it.is_null())
}

/// Whether a fact may pass.
pub fn may_pass(fact: &str, world: &Value) -> bool {
    let rollout = &world["rollout"];
    match fact {
        "rollout_condition" => is_done(rollout),
        "available_replicas" => {
            let available = number(rollout, "/status/availableReplicas");
            let own = "/spec/replicas";
            let counted = ["/status/HPAReplicas", "/status/replicas"];
            let refers = is_there(rollout, "/spec/workloadRef");
            let desired = match (is_there(rollout, own), refers) {
                (true, _) => number(rollout, own),
                (false, true) => {
                    let first = counted.into_iter().find(|it| is_there(rollout, it));
                    first.map_or(0, |it| number(rollout, it))
                }
                (false, false) if number(rollout, "/status/replicas") > 1 => u64::MAX,
                (false, false) => 1,
            };
            is_observed(rollout) && desired > 0 && available >= desired
        }
        "canary_step" => {
            let steps = list(rollout, "/spec/strategy/canary/steps");
            is_observed(rollout)
                && !steps.is_empty()
                && rollout["status"]["currentStepIndex"] == steps.len()
                && rollout["status"]["abort"] != true
                && rollout["status"]["canary"]["weights"]["verified"] != false
        }
        "analysis_result" => is_observed(rollout) && is_analysed(world),
        "image_digest" => runs_the_subject(world),
        // The others tell, and judge nothing for the better.
        _ => false,
    }
}

fn is_observed(rollout: &Value) -> bool {
    const WORKLOAD: &str = "/metadata/annotations/rollout.argoproj.io~1workload-generation";
    let generation = rollout.pointer("/metadata/generation");
    let seen = text(rollout, "/status/observedGeneration").parse::<i64>();
    let of_workload = !is_there(rollout, "/spec/workloadRef")
        || !is_there(rollout, WORKLOAD)
        || rollout.pointer(WORKLOAD) == rollout.pointer("/status/workloadObservedGeneration");
    generation.and_then(Value::as_i64) == seen.ok()
        && is_there(rollout, "/metadata/generation")
        && of_workload
}

fn is_done(rollout: &Value) -> bool {
    let status = &rollout["status"];
    let hash = text(rollout, "/status/currentPodHash");
    is_observed(rollout)
        && !is_there(rollout, "/metadata/deletionTimestamp")
        && status["phase"] == "Healthy"
        && status["abort"] != true
        && status["controllerPause"] != true
        && list(rollout, "/status/pauseConditions").is_empty()
        && !hash.is_empty()
        && status["stableRS"] == hash
}

fn is_analysed(world: &Value) -> bool {
    let rollout = &world["rollout"];
    let uid = text(rollout, "/metadata/uid");
    let owned = |run: &&Value| {
        let mut owners = list(run, "/metadata/ownerReferences").iter();
        owners.any(|it| it["controller"] == true && it["uid"] == uid)
    };
    let runs: Vec<_> = list(world, "/runs").iter().filter(owned).collect();
    let is_current = |run: &&&Value| {
        is_there(rollout, REVISION) && run.pointer(REVISION) == rollout.pointer(REVISION)
    };
    let current: Vec<_> = runs.iter().filter(is_current).collect();
    let has = |kind: &str, step: Option<usize>| {
        current.iter().any(|run| {
            let index = text(run, "/metadata/labels/step-index");
            text(run, "/metadata/labels/rollout-type") == kind
                && step.is_none_or(|it| index == it.to_string())
        })
    };
    let steps = list(rollout, "/spec/strategy/canary/steps").iter();
    let mut of_steps = steps
        .enumerate()
        .filter(|(_, it)| is_there(it, "/analysis"));
    let beside = list(rollout, "/spec/strategy/canary/analysis/templates");
    let before = is_there(rollout, "/spec/strategy/blueGreen/prePromotionAnalysis");
    rollout["status"]["promoteFull"] != true
        && !current.is_empty()
        && !runs
            .iter()
            .any(|it| ["Failed", "Error"].contains(&text(it, "/status/phase")))
        && current.iter().all(|it| is_good(it))
        && of_steps.all(|(step, _)| has("Step", Some(step)))
        && (beside.is_empty() || has("Background", None))
        && (!before || has("PrePromotion", None))
        && runs
            .iter()
            .all(|it| it.pointer(OF_HASH) == rollout.pointer("/status/currentPodHash"))
}

fn is_good(run: &Value) -> bool {
    let results = list(run, "/status/metricResults");
    let is_dry = |it: &&Value| it["dryRun"] == true;
    let measured = |it: &Value| {
        let mut made = list(it, "/measurements").iter();
        number(it, "/successful") >= 1
            && made.any(|it| it["phase"] == "Successful" && it["message"] != "metric terminated")
    };
    let names: Vec<_> = list(run, "/spec/metrics")
        .iter()
        .map(|it| &it["name"])
        .collect();
    let of = |name: &Value| {
        results
            .iter()
            .filter(|it| it["name"] == *name)
            .collect::<Vec<_>>()
    };
    let all_real = |name: &&Value| {
        let results = of(name);
        results.iter().any(is_dry) || results.iter().any(|it| measured(it))
    };
    let any_counts = names.iter().any(|it| !of(it).iter().any(is_dry));
    text(run, "/status/phase") == "Successful"
        && run["spec"]["terminate"] != true
        && text(run, "/status/completedAt").starts_with("2026-05-03")
        && results
            .iter()
            .all(|it| is_dry(&it) || it["phase"] == "Successful")
        && any_counts
        && names.iter().all(all_real)
}

fn runs_the_subject(world: &Value) -> bool {
    let rollout = &world["rollout"];
    let hash = text(rollout, "/status/currentPodHash");
    let owner = format!("checkout-api-{hash}");
    let is_its = |pod: &&Value| {
        let mut owners = list(pod, "/metadata/ownerReferences").iter();
        let by_name = |it: &Value| it["controller"] == true && it["name"] == owner.as_str();
        text(pod, OF_HASH) == hash && owners.any(by_name)
    };
    let has_ended = |pod: &Value| ["Failed", "Succeeded"].contains(&text(pod, "/status/phase"));
    let pods = list(world, "/pods").iter().filter(is_its);
    let living: Vec<_> = pods.filter(|it| !has_ended(it)).collect();
    let runs_it = |pod: &&Value| {
        let mut named = list(pod, "/status/containerStatuses").iter();
        named.all(|it| it["name"] != "api" || text(it, "/imageID").ends_with(DIGEST))
    };
    !hash.is_empty()
        && !living.is_empty()
        && living.len() as u64 >= number(rollout, "/status/updatedReplicas")
        && living.iter().all(runs_it)
}
