//! What Flagger and Kubernetes would have to say for a fact to pass, read from the objects themselves.

use serde_json::Value;

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

fn is_observed(workload: &Value) -> bool {
    let generation = &workload["metadata"]["generation"];
    generation.is_i64() && workload["status"]["observedGeneration"] == *generation
}

/// Whether a fact may pass.
pub fn may_pass(fact: &str, world: &Value) -> bool {
    let canary = &world["canary"];
    let analysis = &canary["spec"]["analysis"];
    let is_analysed = !analysis.is_null() && canary["spec"]["skipAnalysis"] != true;
    let checks = ["/spec/analysis/metrics", "/spec/analysis/webhooks"];
    match fact {
        "rollout_condition" => {
            is_done(world) && is_analysed && canary["metadata"]["deletionTimestamp"].is_null()
        }
        "canary_analysis" => {
            is_done(world) && is_analysed && checks.iter().any(|it| !list(canary, it).is_empty())
        }
        "canary_weight" => is_done(world) && canary["status"]["canaryWeight"] == 0,
        "available_replicas" => serves(world),
        "container_health" => is_healthy(world),
        _ => false,
    }
}

fn is_daemon_set(world: &Value) -> bool {
    world["canary"]["spec"]["targetRef"]["kind"] == "DaemonSet"
}

fn images(workload: &Value) -> Vec<(String, String)> {
    let template = "/spec/template/spec";
    let keys = ["containers", "initContainers"].map(|it| format!("{template}/{it}"));
    let all = keys.iter().flat_map(|it| list(workload, it));
    let pairs = all.map(|it| (text(it, "/name").to_owned(), text(it, "/image").to_owned()));
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs
}

/// Done, and with nothing newer there.
fn is_done(world: &Value) -> bool {
    let (canary, target) = (&world["canary"], &world["target"]);
    let applied = text(canary, "/status/lastAppliedSpec");
    let kind = text(canary, "/spec/targetRef/kind");
    let is_known = match kind {
        "Service" => true,
        "Deployment" | "DaemonSet" => {
            images(target) == images(&world["primary"])
                && !images(target).is_empty()
                && images(target).iter().all(|(_, image)| !image.is_empty())
                && is_observed(target)
        }
        _ => false,
    };
    is_known
        && text(canary, "/status/phase") == "Succeeded"
        && list(canary, "/status/conditions")
            .iter()
            .all(|it| it["type"] != "Promoted" || it["status"] == "True")
        && !applied.is_empty()
        && text(canary, "/status/lastPromotedSpec") == applied
}

fn serves(world: &Value) -> bool {
    let primary = &world["primary"];
    let (desired, available) = match is_daemon_set(world) {
        true => (
            number(primary, "/status/desiredNumberScheduled"),
            number(primary, "/status/numberAvailable"),
        ),
        false => (
            number(primary, "/spec/replicas").max(1),
            number(primary, "/status/availableReplicas"),
        ),
    };
    let is_none = primary["spec"]["replicas"] == 0 && !is_daemon_set(world);
    is_observed(primary) && !is_none && desired > 0 && available >= desired
}

fn is_healthy(world: &Value) -> bool {
    let (canary, target) = (&world["canary"], &world["target"]);
    let name = text(canary, "/spec/targetRef/name");
    let is_its = |pod: &&Value| {
        let owner = format!("{name}-{}", text(pod, "/metadata/labels/pod-template-hash"));
        let mut owners = list(pod, "/metadata/ownerReferences").iter();
        owners.any(|it| it["controller"] == true && it["name"] == owner.as_str())
    };
    let has_ended = |pod: &Value| ["Failed", "Succeeded"].contains(&text(pod, "/status/phase"));
    let is_well = |pod: &Value| {
        let mut statuses = list(pod, "/status/containerStatuses").iter();
        let mut ready = list(pod, "/status/conditions").iter();
        text(pod, "/status/phase") == "Running"
            && ready.any(|it| it["type"] == "Ready" && it["status"] == "True")
            && statuses.all(|it| it["ready"] == true && !it["state"]["running"].is_null())
    };
    let counted = number(target, "/status/replicas").max(number(target, "/status/updatedReplicas"));
    let its: Vec<_> = list(world, "/pods").iter().filter(is_its).collect();
    let mut living = its.iter().filter(|it| !has_ended(it)).peekable();
    text(canary, "/status/phase") == "Progressing"
        && its.len() as u64 >= counted
        && living.peek().is_some()
        && living.all(|it| is_well(it))
}
