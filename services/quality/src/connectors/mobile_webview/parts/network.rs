//! Requests in an HTTP Archive (HAR 1.2, sections "entries", "request" and "response"). The text
//! `_failureText` is Playwright's own.

mod template;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use serde::Deserialize;

use crate::{
    connectors::mobile_webview::summary::{Flaw, Network, Of},
    strict_json::Bounds,
};
use template::Target;

#[derive(Deserialize)]
struct Archive {
    log: Object<Log>,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Object<Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: DateTime<Utc>,
    request: Object<Request>,
    response: Object<Response>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
}

#[derive(Deserialize)]
struct Response {
    status: i64,
    #[serde(rename = "_failureText")]
    failure_text: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Answered,
    Aborted,
    Failed,
}

/// How the attempts for one method and path ended.
#[derive(Debug, Clone, Copy, Default)]
struct Course {
    has_failed: bool,
    last_failed: bool,
}

const BOUNDS: Bounds = Bounds {
    lists: &["entries"],
    items: 200_000,
};
/// What browsers write where the page itself gave a request up.
const ABORTED: &str = "net::ERR_ABORTED";
const NO_CONTENT: i64 = 204;

/// Adds an archive.
pub fn add(of: &mut Of<Network>, file: &[u8], hosts: &BTreeSet<String>) -> Result<(), Flaw> {
    let archive: Archive = super::object(file, &BOUNDS)?;
    of.files += 1;
    let Object(Log { mut entries }) = archive.log;
    // Readers may not rely on the order of entries. Those of one moment stay as they are.
    entries.sort_by_key(|it| it.started_date_time);
    let mut courses = HashMap::new();
    for Object(entry) in &entries {
        if let Err(flaw) = count(entry, &mut of.found, &mut courses) {
            of.flaws.insert(flaw);
        }
    }
    conclude(&courses, &mut of.found, hosts);
    Ok(())
}

/// What is no request over a network, such as `data:`, is passed over.
fn count(
    entry: &Entry,
    found: &mut Network,
    courses: &mut HashMap<Target, Course>,
) -> Result<(), Flaw> {
    let target = Target::of(&entry.request.method, &entry.request.url).ok_or(Flaw::Shape)?;
    if !target.is_remote() {
        return Ok(());
    }
    found.attempts += 1;
    let end = entry.response.end()?;
    if (400..500).contains(&entry.response.status) {
        found.refused += 1;
    }
    if end == End::Aborted {
        found.aborted += 1;
    }
    courses.entry(target).or_default().add(end);
    Ok(())
}

fn conclude(courses: &HashMap<Target, Course>, found: &mut Network, hosts: &BTreeSet<String>) {
    for (target, course) in courses {
        if course.last_failed {
            found.failed += 1;
            let host = hosts.get(target.host()).map_or("other", String::as_str);
            *found.failed_at.entry(host.to_owned()).or_default() += 1;
        } else if course.has_failed {
            found.recovered += 1;
        }
    }
}

// === impl Response ===

impl Response {
    fn end(&self) -> Result<End, Flaw> {
        match (self.status, self.failure_text.as_deref()) {
            (500.., _) => Ok(End::Failed),
            // An answer without content leaves a page where it is, and the browser says so.
            (NO_CONTENT, Some(ABORTED)) => Ok(End::Answered),
            (_, Some(ABORTED)) => Ok(End::Aborted),
            (_, Some(_)) | (..=0, None) => Ok(End::Failed),
            (100..500, None) => Ok(End::Answered),
            (_, None) => Err(Flaw::Domain),
        }
    }
}

// === impl Course ===

impl Course {
    /// An attempt that was given up mends nothing.
    fn add(&mut self, end: End) {
        match end {
            End::Aborted => {}
            End::Answered => self.last_failed = false,
            End::Failed => {
                *self = Self {
                    has_failed: true,
                    last_failed: true,
                }
            }
        }
    }
}
