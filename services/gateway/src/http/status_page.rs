//! A plain page for whoever opens the address in a browser.

use std::collections::BTreeMap;

use passport_evidence::json;

use crate::presence::Presence;

/// The version and the collectors; nothing of any workspace.
pub(super) fn page(collectors: &BTreeMap<String, Presence>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let rows: String = collectors.iter().map(row).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>Passport Mesh</title></head><body>\n\
         <h1>Passport Mesh {version}</h1>\n\
         <table><tr><th>Collector</th><th>State</th><th>Since</th></tr>\n{rows}</table>\n\
         <p><a href=\"/openapi.json\">OpenAPI</a> · <a href=\"/readyz\">Readiness</a> · \
         <a href=\"/metrics\">Metrics</a></p>\n</body></html>\n"
    )
}

fn row((name, presence): (&String, &Presence)) -> String {
    let state = presence.state.as_words();
    let since = presence.since.map(json::time).unwrap_or_default();
    format!(
        "<tr><td>{}</td><td>{state}</td><td>{since}</td></tr>\n",
        escaped(name)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
