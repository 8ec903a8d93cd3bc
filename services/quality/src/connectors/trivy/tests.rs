mod advisories;
mod bench;

mod cases;
mod changed;
mod changed_forms;
mod choosing;
mod clusters;
mod example;
mod fed;
mod filters;
mod form_oracle;
mod form_reports;
mod forms;
mod judging;
mod losing;
mod mutated;
mod planting;
mod properties;
mod recorded;
mod refusing;
mod uploading;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/trivy/cases");
