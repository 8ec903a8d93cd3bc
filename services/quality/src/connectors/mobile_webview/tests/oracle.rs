//! What may pass, read from a bundle in another way than the connector reads it: every condition on
//! the JSON itself, and none of them summed up before.

use serde_json::Value;

use super::bundle::{ARTIFACT, Bundle, digest};

/// A bundle and those of its files that are what the manifest says.
pub struct Oracle<'a> {
    manifest: &'a Value,
    /// By kind; `None`: not there, or others.
    files: Vec<(&'a str, Option<&'a str>)>,
}

// === impl Oracle ===

impl<'a> Oracle<'a> {
    pub fn of(bundle: &'a Bundle) -> Self {
        let files = bundle.manifest["files"].as_array().into_iter().flatten();
        let intact = |it: &'a Value| {
            let text = bundle.file(it["name"].as_str()?)?;
            (it["sha256"] == digest(text).as_str()).then_some(text)
        };
        Self {
            manifest: &bundle.manifest,
            files: files
                .map(|it| (it["kind"].as_str().unwrap_or_default(), intact(it)))
                .collect(),
        }
    }

    /// Whether a fact may pass.
    pub fn may_pass(&self, fact: &str) -> bool {
        self.manifest["build"]["artifactDigest"] == ARTIFACT
            && match fact {
                "bundle_integrity" => {
                    !self.files.is_empty() && self.files.iter().all(|it| it.1.is_some())
                }
                "ui_test_result" => tests(self),
                "screenshot_diff_ratio" => screenshots(self),
                "console_error_count" => console(self),
                "network_failure_count" => network(self),
                _ => false,
            }
    }
}

/// All files of a kind as JSON, one a line or one in all; `None`: one of them is not.
fn whole(bundle: &Oracle<'_>, kind: &str) -> Option<Vec<Value>> {
    let files = bundle.files.iter().filter(|it| it.0 == kind);
    let files: Option<Vec<_>> = files.map(|it| it.1).collect();
    let files = files.filter(|it| !it.is_empty())?;
    let parse = |text: &str| serde_json::from_str(text).ok();
    match kind {
        "console" => {
            let lines = files.iter().flat_map(|it| it.lines());
            let lines = lines.filter(|it| !it.trim().is_empty());
            lines.map(parse).collect()
        }
        _ => files.into_iter().map(parse).collect(),
    }
}

fn tests(bundle: &Oracle<'_>) -> bool {
    let Some(reports) = whole(bundle, "playwright-json") else {
        return false;
    };
    let some = reports
        .iter()
        .any(|it| it["stats"]["expected"].as_u64() > Some(0));
    some && reports.iter().all(|report| {
        let stats = &report["stats"];
        let shard = &report["config"]["shard"];
        stats["unexpected"] == 0
            && stats["flaky"] == 0
            && report["errors"].as_array().is_some_and(Vec::is_empty)
            && (shard.is_null() || shard["total"] == 1)
            && lists_well(report)
    })
}

/// Whether nothing below says that a test went wrong.
fn lists_well(json: &Value) -> bool {
    let children = match json {
        Value::Array(items) => return items.iter().all(lists_well),
        Value::Object(keys) => keys,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return true,
    };
    let status = children
        .get("status")
        .map(|it| it.as_str().unwrap_or("none"));
    let is_test = children.contains_key("results");
    let is_well = match (status, is_test) {
        (None, _) => true,
        (Some(status), true) => matches!(status, "expected" | "skipped"),
        (Some(status), false) => status != "interrupted" && status != "none",
    };
    children.get("ok") != Some(&Value::Bool(false)) && is_well && children.values().all(lists_well)
}

fn screenshots(bundle: &Oracle<'_>) -> bool {
    let (Some(lists), Some(reports)) = (
        whole(bundle, "screenshot-diff"),
        whole(bundle, "playwright-json"),
    ) else {
        return false;
    };
    let baseline = &bundle.manifest["baseline"];
    let pairs: Option<Vec<_>> = lists.iter().map(|it| it["pairs"].as_array()).collect();
    let pairs: Vec<_> = pairs.unwrap_or_default().into_iter().flatten().collect();
    let is_earlier = baseline["artifactDigest"].is_string()
        && baseline["artifactDigest"] != ARTIFACT
        && baseline["createdAt"] == "2026-04-20T10:00:00Z";
    is_earlier
        && reports
            .iter()
            .all(|it| it["config"]["updateSnapshots"] == "none")
        && !pairs.is_empty()
        && pairs.into_iter().all(|it| is_alike(it) == Some(true))
}

fn is_alike(pair: &Value) -> Option<bool> {
    let number = |key: &str| pair[key].as_u64();
    let size = [number("width")?, number("height")?];
    let of_baseline = ["baselineWidth", "baselineHeight"].map(number);
    let is_of_one_size = (0..2).all(|at| of_baseline[at].is_none_or(|it| it == size[at]));
    let seen = (size[0] * size[1]).checked_sub(number("ignoredPixels")?)?;
    pair["baselineSha256"].as_str()?;
    Some(is_of_one_size && seen > 0 && number("diffPixels")? * 200 <= seen)
}

fn console(bundle: &Oracle<'_>) -> bool {
    let lines = whole(bundle, "console").unwrap_or_default();
    let is_harmless = |it: &Value| {
        matches!(it["level"].as_str(), Some("info" | "warning")) && it["count"].as_u64() > Some(0)
    };
    !lines.is_empty() && lines.iter().all(is_harmless)
}

fn network(bundle: &Oracle<'_>) -> bool {
    let archives = whole(bundle, "har").unwrap_or_default();
    let entries: Option<Vec<_>> = archives
        .iter()
        .map(|it| it["log"]["entries"].as_array())
        .collect();
    let entries: Vec<_> = entries.unwrap_or_default().into_iter().flatten().collect();
    let is_well = |it: &&Value| {
        let response = &it["response"];
        let status = response["status"].as_i64();
        let is_answer = status.is_some_and(|it| (100..500).contains(&it));
        let text = &response["_failureText"];
        is_answer && (text.is_null() || (status == Some(204) && text == "net::ERR_ABORTED"))
    };
    !entries.is_empty() && entries.iter().all(is_well)
}
