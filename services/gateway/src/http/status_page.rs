//! A plain page for whoever opens the address in a browser.

use std::collections::BTreeMap;

/// The version and the collectors; nothing of any workspace.
pub(super) fn page(collectors: &BTreeMap<String, bool>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let rows: String = collectors.iter().map(row).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>Passport Mesh</title></head><body>\n\
         <h1>Passport Mesh {version}</h1>\n\
         <table><tr><th>Collector</th><th>State</th></tr>\n{rows}</table>\n\
         <p><a href=\"/openapi.json\">OpenAPI</a> · <a href=\"/readyz\">Readiness</a> · \
         <a href=\"/metrics\">Metrics</a></p>\n</body></html>\n"
    )
}

fn row((name, answers): (&String, &bool)) -> String {
    let state = if *answers {
        "answers"
    } else {
        "does not answer"
    };
    format!("<tr><td>{}</td><td>{state}</td></tr>\n", escaped(name))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
