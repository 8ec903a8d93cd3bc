//! What the README and the examples say is so.

use std::fs;

use anyhow::{Context, Result};
use passport_collector_kit::Category;
use passport_connector_sdk::Registry;
use passport_evidence::Descriptor;
use passport_gateway::Catalog;
use passport_integration_tests::{all_in_one, workspace};

const BEGIN: &str =
    "<!-- matrix: begin (made from the descriptors; UPDATE_GOLDEN=1 writes it) -->\n";
const END: &str = "<!-- matrix: end -->";

/// Every collector, as `passport` hosts them.
fn categories() -> Vec<Category> {
    vec![
        passport_cicd::category(),
        passport_runtime::category(),
        passport_metrics::category(),
        passport_logs::category(),
        passport_incidents::category(),
        passport_work_items::category(),
        passport_quality::category(),
        passport_manual::category(),
    ]
}

/// The status, and the one that it was announced with where that is another.
fn status(of: &Descriptor) -> String {
    let status = of.status.as_str();
    match of.promotion {
        Some(it) => format!(
            "{status} (announced as {}; {})",
            it.from.as_str(),
            it.because
        ),
        None => status.to_owned(),
    }
}

fn matrix() -> String {
    let registries = categories().into_iter().map(|it| it.registry);
    let registry = registries.fold(Registry::default(), Registry::and);
    let row = |it: &Descriptor| {
        let (category, status) = (it.category.title(), status(it));
        format!(
            "| {} | {category} | {status} | {} | {} | {} | {} |\n",
            it.display_name, it.credential, it.evidence, it.minimum_scope, it.avoid
        )
    };
    let head = "| connector | category | status | credential | evidence | minimum scope | avoid |\n\
                |---|---|---|---|---|---|---|\n";
    let rows: String = registry.descriptors().map(row).collect();
    format!("{head}{rows}")
}

#[test]
fn the_matrix_of_the_readme_is_that_of_the_descriptors() -> Result<()> {
    let path = workspace::root().join("README.md");
    let readme = fs::read_to_string(&path)?;
    let (before, rest) = readme.split_once(BEGIN).context("no matrix begins")?;
    let (shown, after) = rest.split_once(END).context("no matrix ends")?;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", matrix()))?;
        return Ok(());
    }
    assert_eq!(shown, matrix(), "UPDATE_GOLDEN=1 writes it");
    Ok(())
}

#[test]
fn the_gateways_list_of_connectors_is_that_of_the_descriptors() -> Result<()> {
    let path = workspace::root().join("services/gateway/src/catalog.json");
    let catalog = categories().iter().fold(Catalog::default(), |catalog, it| {
        catalog.with(it.name, it.registry.descriptors())
    });
    let list = catalog.list()? + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, list)?;
        return Ok(());
    }
    assert_eq!(
        fs::read_to_string(&path)?,
        list,
        "UPDATE_GOLDEN=1 writes it"
    );
    Ok(())
}

#[tokio::test]
async fn the_examples_and_the_readmes_first_source_are_good_configurations() -> Result<()> {
    let root = workspace::root();
    let mut files: Vec<_> = fs::read_dir(root.join("deploy/examples"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    let readme = fs::read_to_string(root.join("README.md"))?;
    let first = readme
        .split("```yaml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("passport.yaml");
    fs::write(&file, first.context("the README shows no configuration")?)?;
    files.push(file);
    for file in files {
        let file = file.to_str().context("a path that is no text")?.to_owned();
        let output = all_in_one::run(["config", "check", &file]).await?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{file}: {said}");
    }
    Ok(())
}
