//! What an engine would have to say for a fact to pass, read from the objects themselves.

use passport_evidence::Fact;
use serde_json::Value;

use super::world::{DIGEST, REPLICAS};
use crate::connectors::docker_compose::settings::ServiceKind;

/// When the window for restarts begins.
const WINDOW_BEGINS: &str = "2026-05-03T08:30:00Z";
const LABELS: &str = "com.docker.compose.";

/// A service with all that was read of it.
pub struct World<'a> {
    pub kind: ServiceKind,
    pub all: &'a Value,
}

fn label<'a>(listed: &'a Value, name: &str) -> &'a str {
    let label = listed["Labels"].get(format!("{LABELS}{name}"));
    label.and_then(Value::as_str).unwrap_or_default()
}

fn label_of<'a>(listed: &'a Value, name: &str) -> Option<&'a str> {
    listed["Labels"].get(format!("{LABELS}{name}"))?.as_str()
}

fn is_there(value: &Value) -> bool {
    !value.is_null()
}

impl World<'_> {
    /// The containers that count; `None` where it can't be told.
    fn kept(&self) -> Option<Vec<&Value>> {
        let all = self.all["list"].as_array()?;
        let is_of_it = |it: &Value| label(it, "project") == "shop" && label(it, "service") == "api";
        if !all.iter().all(is_of_it) {
            return None;
        }
        let mut kept: Vec<&Value> = Vec::new();
        for one in all
            .iter()
            .filter(|it| label(it, "oneoff").to_lowercase() != "true")
        {
            if !kept.iter().any(|it| it["Id"] == one["Id"]) {
                kept.push(one);
            }
        }
        let folders: std::collections::BTreeSet<_> = kept
            .iter()
            .map(|it| label(it, "project.working_dir"))
            .collect();
        let replaced = kept.iter().any(|it| {
            let by = label(it, "replace");
            let mut others = kept.iter().filter(|other| other["Id"] != it["Id"]);
            is_there(&it["Labels"][format!("{LABELS}replace")])
                && others.any(|other| other["Id"] == by)
        });
        (folders.len() <= 1 && !replaced).then_some(kept)
    }

    fn container(&self, listed: &Value) -> &Value {
        let id = listed["Id"].as_str().unwrap_or_default();
        let found = &self.all["containers"][id];
        match found["Id"] == listed["Id"] {
            true => found,
            false => &Value::Null,
        }
    }

    fn serves(container: &Value) -> bool {
        let health = &container["State"]["Health"]["Status"];
        let is_well = health.is_null() || ["", "none", "healthy"].iter().any(|it| health == it);
        container["State"]["Status"] == "running" && is_well
    }

    fn is_well(&self, container: &Value) -> bool {
        let state = &container["State"];
        if self.kind == ServiceKind::OneShot {
            let end = state["FinishedAt"].as_str().unwrap_or_default();
            let has_ended = chrono::DateTime::parse_from_rfc3339(end).is_ok();
            return state["Status"] == "exited" && state["ExitCode"] == 0 && has_ended;
        }
        let runs = state["Health"]["Log"].as_array();
        let newest = runs.into_iter().flatten();
        let newest = newest.filter_map(|it| it["End"].as_str()).max();
        let check = &container["Config"]["Healthcheck"];
        let seconds = |key: &str| match check[key].as_i64().unwrap_or_default() {
            nanoseconds if nanoseconds > 0 => nanoseconds / 1_000_000_000,
            _ => 30,
        };
        let most = seconds("Interval") * 3 + seconds("Timeout");
        let is_lately = newest.is_some_and(|it| {
            let at = chrono::DateTime::parse_from_rfc3339(it).unwrap();
            let age = super::world::now().signed_duration_since(at).num_seconds();
            (-60..=most).contains(&age)
        });
        state["Status"] == "running" && state["Health"]["Status"] == "healthy" && is_lately
    }

    fn is_unrestarted(container: &Value) -> bool {
        let count = container["RestartCount"].as_u64();
        let started = container["State"]["StartedAt"].as_str();
        count == Some(0) || count.is_some() && started.is_some_and(|it| it < WINDOW_BEGINS)
    }

    fn runs_the_subject(&self, container: &Value) -> bool {
        let id = container["Image"].as_str().unwrap_or_default();
        let image = &self.all["images"][id];
        let digests = image["RepoDigests"].as_array().into_iter().flatten();
        let mut digests = digests.filter_map(Value::as_str);
        let manifest = &container["ImageManifestDescriptor"]["digest"];
        let is_it = digests.any(|it| it.ends_with(&format!("@{DIGEST}"))) || manifest == DIGEST;
        image["Id"] == id && is_it
    }

    /// Whether as many containers of a service run as the project shall have.
    fn runs_enough(&self, service: &str) -> bool {
        let wanted = match service {
            "api" => 2,
            "db" => 1,
            _ => return false,
        };
        let Some(all) = self.all["project"].as_array() else {
            return false;
        };
        let counts = |it: &&Value| label(it, "oneoff").to_lowercase() != "true";
        let kept: Vec<_> = all.iter().filter(counts).collect();
        let folders: std::collections::BTreeSet<_> = kept
            .iter()
            .map(|it| label_of(it, "project.working_dir"))
            .collect();
        let its = kept.iter().filter(|it| label(it, "service") == service);
        let running = its.filter(|it| it["State"] == "running");
        let ids: std::collections::BTreeSet<_> = running.map(|it| it["Id"].as_str()).collect();
        all.iter().all(|it| label(it, "project") == "shop")
            && kept.iter().all(|it| it["State"].is_string())
            && folders.len() <= 1
            && ids.len() >= wanted
    }

    /// Whether a fact may pass.
    pub fn may_pass(&self, fact: &Fact) -> bool {
        if fact.name().as_str() == "declared_services" {
            return self.runs_enough(fact.item().unwrap_or_default());
        }
        let Some(kept) = self.kept() else {
            return false;
        };
        let all: Vec<_> = kept.iter().map(|it| self.container(it)).collect();
        let are_read = !all.is_empty() && all.iter().all(|it| is_there(it));
        match fact.name().as_str() {
            "available_replicas" => {
                let serving = all.iter().filter(|it| Self::serves(it)).count();
                self.kind == ServiceKind::LongRunning && serving >= REPLICAS as usize
            }
            "container_health" => are_read && all.iter().all(|it| self.is_well(it)),
            "recent_restarts" => are_read && all.iter().all(|it| Self::is_unrestarted(it)),
            "image_digest" => are_read && all.iter().all(|it| self.runs_the_subject(it)),
            _ => false,
        }
    }
}
