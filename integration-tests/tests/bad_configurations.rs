//! What the program says of bad configurations. Nothing starts on them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use passport_integration_tests::{all_in_one, golden, workspace};

#[tokio::test]
async fn every_bad_file_is_refused_with_its_reasons_and_nothing_starts() -> Result<()> {
    let root = workspace::root();
    let folders = [
        "shared/service-kit/testdata/config/bad",
        "integration-tests/configurations/bad",
    ];
    let mut said = String::new();
    let mut count = 0;
    for file in folders.iter().map(|folder| files(&root.join(folder))) {
        for file in file? {
            count += 1;
            said.push_str(&refused(&file).await?);
            said.push('\n');
        }
    }
    assert!(count >= 25, "only {count} files");
    golden::check("bad-configurations.txt", &said)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    files.sort();
    Ok(files)
}

/// What is said of the file, without the folder that it lies in.
async fn refused(file: &Path) -> Result<String> {
    let path = file.to_str().context("a path that is no text")?;
    let output = all_in_one::run(["up", "--listen", "127.0.0.1:0", "--config", path]).await?;
    assert_eq!(output.status.code(), Some(2), "{path}");
    assert_eq!(String::from_utf8(output.stdout)?, "", "{path}");
    let folder = file.parent().context("no folder")?.to_string_lossy();
    Ok(String::from_utf8(output.stderr)?.replace(&format!("{folder}/"), ""))
}
